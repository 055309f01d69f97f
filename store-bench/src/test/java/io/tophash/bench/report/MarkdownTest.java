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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void tablesHaveMediansAndRanges() throws Exception {
    String page = page();
    assertHasLine(
        page, "| Time | unit | HashStore | SyncStore | ConcurrentHashMap | Chronicle Map | LMDB |");
    assertHasLine(
        page,
        "| get, each key from the last value | ns | 100 (90.0–120) | 200 | 170 (160–180) | 250 |"
            + " [failed](#what-failed) |");
    assertHasLine(
        page, "| open and first get | ms | 1.50 | – | – | 3,000 | [failed](#what-failed) |");
    assertHasLine(
        page,
        "| file, or memory of a store without one, per entry | B | 30.0 | 80.0 | 36.0 |"
            + " [failed](#what-failed) |");
  }

  @Test
  void ratiosAreOverOneWhereTophashIsBetter() throws Exception {
    String page = page();
    assertHasLine(
        page, "| Their median by that of HashStore | ConcurrentHashMap | Chronicle Map |");
    assertHasLine(page, "| get, each key from the last value | 1.70× | 2.50× |");
    assertHasLine(page, "| open and first get | – | 2,000× |");
  }

  @Test
  void rowsThatAnotherStoreLeadsStandOut() throws Exception {
    String page = page();
    assertHasLine(
        page,
        "| In which rows Tophash leads, and in which not | the best other one | by HashStore | by"
            + " SyncStore |");
    assertHasLine(
        page, "| get, each key from the last value | ConcurrentHashMap | 1.70× | **0.85×** |");
    assertHasLine(page, "| open and first get | Chronicle Map | 2,000× | – |");
  }

  @Test
  void bothModesAndTheDistanceToTheFloorAreShown() throws Exception {
    Results canned = Results.read(canned());
    int entries = 10_000_000;
    canned.add(Figure.DEPENDENT_GET, "sync-fast", entries, List.of(160.0));
    canned.add(Figure.DEPENDENT_GET, "floor", entries, List.of(80.0));
    canned.add(Figure.INDEPENDENT_GET, "floor", entries, List.of(10.0));
    canned.add(Figure.GET_ALL_32, "sync-fast", entries, List.of(45.0));
    String page = Markdown.page(canned, "");
    assertHasLine(
        page,
        "| Their median by that of SyncStore, SyncStore fast | ConcurrentHashMap | Chronicle Map |");
    assertHasLine(page, "| get, each key from the last value | 0.85×, 1.06× | 1.25×, 1.56× |");
    assertTrue(page.contains("| The time of how many bare reads | HashStore | SyncStore | "), page);
    assertTrue(
        page.contains("| get, each key from the last value | 1.25× | 2.50× | 2.00× |"), page);
    assertHasLine(page, "| getAll, 32 keys at once, per key | – | – | 4.50× | – | – |");
  }

  @Test
  void partsOfTheResidentMemoryAreNotComparedButTheirSum() throws Exception {
    Results canned = Results.read(canned());
    int entries = 10_000_000;
    canned.add(Figure.MEMORY_OWN, "tophash", entries, List.of(80.0));
    canned.add(Figure.MEMORY_MAPPED, "tophash", entries, List.of(420.0));
    canned.add(Figure.MEMORY_OWN, "chm", entries, List.of(1_480.0));
    canned.add(Figure.MEMORY_MAPPED, "chm", entries, List.of(20.0));
    String page = Markdown.page(canned, "");
    assertHasLine(page, "| resident memory | MiB | 500 | 1,500 | – | [failed](#what-failed) |");
    assertHasLine(page, "| of it, mapped files | MiB | 420 | 20.0 | – | [failed](#what-failed) |");
    assertHasLine(page, "| resident memory | 3.00× | – |");
    assertHasLine(page, "| resident memory | ConcurrentHashMap | 3.00× | – |");
    assertFalse(page.contains("| of it, mapped files | 0.05×"), page);
  }

  @Test
  void twoThreadsAreComparedWithOne() throws Exception {
    String page = page();
    assertHasLine(page, "| How many times as many | SyncStore | ConcurrentHashMap |");
    assertHasLine(
        page, "| gets by 2 threads, each key from the last value, by those of 1 | 2.00× | 1.70× |");
  }

  @Test
  void eachShapeHasItsSection() throws Exception {
    String page = page();
    assertHasLine(page, "## 10,000,000 entries, long to long");
    assertHasLine(page, "## 1,000,000 entries, string to 100 bytes");
    assertHasLine(page, "## Go's benchmarks of sync.Map, 2 threads");
    assertHasLine(page, "| get, value copied to a new array | ns | 250 | 500 |");
    assertHasLine(page, "| LoadMostlyHits | 3.00× |");
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
