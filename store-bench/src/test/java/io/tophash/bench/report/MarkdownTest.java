package io.tophash.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("contract")
class MarkdownTest {
  @TempDir Path directory;

  private static Path canned() throws URISyntaxException {
    return Path.of(MarkdownTest.class.getResource("results.json").toURI());
  }

  private String page() throws Exception {
    Path file = directory.resolve("benchmarks.md");
    Markdown.write(Results.read(canned()), file);
    return Files.readString(file);
  }

  private static void assertHasLine(String page, String line) {
    assertTrue(page.lines().anyMatch(line::equals), () -> "no line '" + line + "' in\n" + page);
  }

  @Test
  void tablesHaveMedians() throws Exception {
    String page = page();
    assertHasLine(
        page,
        "| Medians | unit | HashStore | SyncStore | ConcurrentHashMap | Chronicle Map | LMDB | best"
            + " other | by ours |");
    assertHasLine(
        page,
        "| get, each key from the last value | ns | 100 | 200 | 170 | 250 | [failed](#what-failed)"
            + " | ConcurrentHashMap | 1.70× |");
    assertHasLine(
        page,
        "| open and first get | ms | 1.50 | – | – | 3,000 | [failed](#what-failed) | Chronicle Map"
            + " | 2,000× |");
  }

  @Test
  void allRowsWithTheirSpreadAreBesideThePage() throws Exception {
    String page = page();
    assertTrue(page.contains("[benchmarks.csv](benchmarks.csv)"), page);
    String rows = Files.readString(directory.resolve("benchmarks.csv"));
    assertHasLine(rows, "entries,kind,figure,title,unit,store,median,smallest,largest");
    assertHasLine(
        rows,
        "10000000,long to long,dependentGet,\"get, each key from the last value\",ns,HashStore,"
            + "100,90.0,120");
    assertHasLine(
        rows, "10000000,long to long,open,open and first get,ms,Chronicle Map,3000,3000,3000");
    Results canned = Results.read(canned());
    assertEquals(canned.measurements().size() + 1L, rows.lines().count());
  }

  @Test
  void rowsThatAnotherStoreLeadsStandOut() throws Exception {
    Results canned = Results.read(canned());
    int entries = 10_000_000;
    canned.add(Figure.MISS, "tophash", entries, List.of(90.0));
    canned.add(Figure.MISS, "tophash-fast", entries, List.of(50.0));
    canned.add(Figure.MISS, "agrona", entries, List.of(45.0));
    String page = Markdown.page(canned, "");
    assertTrue(page.contains("| get of an absent key | ns | 90.0 | 50.0 |"), page);
    assertTrue(page.contains("| Agrona Long2LongHashMap | **0.50×** |"), page);
  }

  @Test
  void aFigureStandsAtTheLargestNumberOfEntries() throws Exception {
    Results canned = Results.read(canned());
    canned.add(Figure.DEPENDENT_GET, "tophash", 1000, List.of(17.0));
    canned.add(Figure.GROWTH_9999, "tophash", 1000, List.of(18.0));
    canned.add(Figure.DEPENDENT_GET, "tophash", 100_000_000, List.of(19.0));
    String page = Markdown.page(canned, "");
    assertFalse(page.contains("| 17.0 |"), page);
    assertTrue(page.contains("| 18.0 |") && page.contains("| 19.0 |"), page);
    assertTrue(page.contains("| get, each key from the last value | ns | 100 | "), page);
  }

  @Test
  void theDistanceToTheFloorIsShown() throws Exception {
    Results canned = Results.read(canned());
    int entries = 10_000_000;
    canned.add(Figure.DEPENDENT_GET, "sync-fast", entries, List.of(160.0));
    canned.add(Figure.DEPENDENT_GET, "floor", entries, List.of(80.0));
    canned.add(Figure.INDEPENDENT_GET, "floor", entries, List.of(10.0));
    canned.add(Figure.GET_ALL_32, "sync-fast", entries, List.of(45.0));
    String page = Markdown.page(canned, "");
    assertTrue(page.contains("| The time of how many bare reads | HashStore | SyncStore | "), page);
    assertTrue(
        page.contains("| get, each key from the last value | 1.25× | 2.50× | 2.00× |"), page);
    assertHasLine(page, "| getAll, 32 keys at once, per key | – | – | 4.50× | – | – |");
  }

  @Test
  void theResidentMemoryIsTheSumOfItsParts() throws Exception {
    Results canned = Results.read(canned());
    int entries = 10_000_000;
    canned.add(Figure.MEMORY_OWN, "tophash", entries, List.of(80.0));
    canned.add(Figure.MEMORY_MAPPED, "tophash", entries, List.of(420.0));
    canned.add(Figure.MEMORY_OWN, "chm", entries, List.of(1_480.0));
    canned.add(Figure.MEMORY_MAPPED, "chm", entries, List.of(20.0));
    String page = Markdown.page(canned, "");
    assertHasLine(
        page,
        "| resident memory | MiB | 500 | – | 1,500 | – | [failed](#what-failed) |"
            + " ConcurrentHashMap | 3.00× |");
    assertFalse(page.contains("mapped files |"), page);
    assertTrue(Rows.of(canned).contains("\"of it, mapped files\",MiB,HashStore,420,"));
  }

  @Test
  void eachShapeHasItsSection() throws Exception {
    String page = page();
    assertHasLine(page, "## 10,000,000 entries, long to long");
    assertHasLine(page, "## 1,000,000 entries, string to 100 bytes");
    assertHasLine(page, "## Go's benchmarks of sync.Map, 2 threads");
    assertTrue(page.contains("| get, value copied to a new array | ns | 250 | 500 |"), page);
    assertTrue(page.contains("| LoadMostlyHits | ns | "), page);
    assertTrue(page.contains("](benchmarks-strings.svg)"));
    assertTrue(page.contains("](benchmarks-sync-map.svg)"));
  }

  @Test
  void severalRunsMakeOnePage() throws Exception {
    Results canned = Results.read(canned());
    Results twice = Results.merged(List.of(canned, Results.read(canned())));
    assertEquals(canned.settings(), twice.settings());
    assertEquals(canned.measurements().size(), twice.measurements().size());
    assertEquals(6, twice.measurements().get(0).values().size());
    assertEquals(2, twice.failures().size());
  }

  @Test
  void namesFlagsMachineAndFailures() throws Exception {
    String page = page();
    assertHasLine(page, "- Processor: A processor");
    assertHasLine(page, "| ConcurrentHashMap | untouched | `-Xmx8g` |");
    assertHasLine(page, "- LMDB, fill, 10,000,000 entries: `UnsatisfiedLinkError: no lmdb`");
  }

  @Test
  void chartsAreDrawnAndStayTheSame() throws Exception {
    String page = page();
    assertTrue(page.contains("](benchmarks-throughput.svg)"));
    assertTrue(page.contains("](benchmarks-space.svg)"));
    Path chart = directory.resolve("benchmarks-throughput.svg");
    String first = Files.readString(chart);
    assertTrue(first.startsWith("<svg"), () -> first.substring(0, 20));
    assertTrue(first.contains("Chronicle Map"));
    page();
    assertEquals(first, Files.readString(chart));
  }

  @Test
  void resultsAreReadAsTheyWereWritten() throws Exception {
    Results results = Results.read(canned());
    Path file = directory.resolve("again.json");
    results.write(file);
    assertEquals(results, Results.read(file));
  }

  @Test
  void resultsThatAreCutOffWhileWrittenStayAsTheyWere() throws Exception {
    Results results = Results.read(canned());
    Path file = directory.resolve("again.json");
    results.write(file);
    // Where the next ones are written first: a folder there stands for what fails.
    Path next = Files.createDirectory(directory.resolve("again.json.next"));
    results.add(Figure.PUT, "sync", 7, List.of(1.0));
    assertThrows(IOException.class, () -> results.write(file));
    assertEquals(Results.read(canned()), Results.read(file));
    Files.delete(next);
    results.write(file);
    assertEquals(results, Results.read(file));
  }

  @Test
  void withoutMeasurementsThereIsNoChart() throws Exception {
    Results canned = Results.read(canned());
    Results empty =
        Results.of(canned.environment(), canned.settings(), canned.flags(), canned.tuning());
    Path file = directory.resolve("empty.md");
    Markdown.write(empty, file);
    assertFalse(Files.readString(file).contains(".svg"));
  }

  @Test
  void curvesAreDrawnAndResultsOfOlderSuitesHaveNone() throws Exception {
    Results canned = Results.read(canned());
    assertEquals(List.of(), canned.series());
    canned.add(
        new Results.Series(
            Results.Series.CURVE,
            "sync",
            1000,
            List.of(0.0, 50.0, 99.99),
            List.of(0.2, 1.0, 80.0)));
    canned.add(
        new Results.Series(
            Results.Series.TIME_LINE, "chm", 1000, List.of(0.0, 1.0), List.of(2.0, 50_000.0)));
    Path file = directory.resolve("a/new/folder/page.md");
    Markdown.write(canned, file);
    String curve = Files.readString(file.resolveSibling("page-latency.svg"));
    assertTrue(curve.contains("99.99 %") && curve.contains("SyncStore"), curve);
    assertTrue(Files.readString(file.resolveSibling("page-growth.svg")).contains("Concurrent"));
    Path again = directory.resolve("again.md");
    Markdown.write(canned, again);
    assertEquals(curve, Files.readString(again.resolveSibling("again-latency.svg")));
    Path copy = directory.resolve("copy.json");
    canned.write(copy);
    assertEquals(canned.series(), Results.read(copy).series());
  }

  @Test
  void medianOfAnEvenNumberIsBetweenTheMiddleOnes() {
    assertEquals(new Summary(2.5, 1, 4), Summary.of(List.of(4.0, 1.0, 3.0, 2.0)));
  }
}
