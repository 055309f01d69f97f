package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** load: formats, bad lines, files that cannot be loaded. */
@Tag("contract")
class LoadCommandTest extends CommandTest {
  private Map<String, String> entries(Path store) {
    Map<String, String> entries = new TreeMap<>();
    for (Map<String, Object> entry : run("scan", "--json", store).ok().jsonLines()) {
      entries.put((String) entry.get("key"), (String) entry.get("value"));
    }
    return entries;
  }

  @Test
  void loadsTabSeparatedLines() {
    Path file = file("a.tsv", "k\tv\r\ntab\\t\\\\\tline\\n\\r\n\nempty\t\n\tno key\nlast\tü");
    Path store = path("a.tph");
    Result result = run("load", store, file).ok();
    assertTrue(result.out().startsWith("loaded 5 entries in "), result::out);
    assertEquals(
        Map.of("k", "v", "tab\t\\", "line\n\r", "empty", "", "", "no key", "last", "ü"),
        entries(store));
  }

  @Test
  void loadsCommaSeparatedValues() {
    Path file = file("a.csv", "key,value\r\nk,v\n\"a \"\"b\"\"\",\"x,\ny\"\n\ne,\n");
    Path store = path("a.tph");
    run("load", "--header", store, file).ok();
    assertEquals(Map.of("k", "v", "a \"b\"", "x,\ny", "e", ""), entries(store));
  }

  @Test
  void loadsJsonLines() {
    Path file =
        file(
            "a.jsonl",
            "{\"key\":\"k\",\"value\":\"v\"}\n"
                + "{\"more\":[1,{}],\"value\":{\"a\": [1, 2.50]},\"key\":\"o\"}\n"
                + "{\"key\":7,\"value\":1.10}\n{\"key\":\"t\",\"value\":true}\n"
                + "{\"key\":\"n\",\"value\":null}\n{\"key\":\"u\",\"value\":\"\\u00fc\\ud83d\\ude00\"}");
    Path store = path("a.tph");
    run("load", store, file).ok();
    assertEquals(
        Map.of(
            "k", "v", "o", "{\"a\": [1, 2.50]}", "7", "1.10", "t", "true", "n", "null", "u", "ü😀"),
        entries(store));
  }

  @Test
  void takesKeysAndValuesFromOtherFields() {
    Path file = file("a.ndjson", "{\"id\":\"k\",\"doc\":{\"x\":1}}\n");
    Path store = path("a.tph");
    run("load", "--key-field", "id", "--value-field", "doc", store, file).ok();
    assertEquals(Map.of("k", "{\"x\":1}"), entries(store));
  }

  @Test
  void oneFieldCanBeKeyAndValue() {
    Path file = file("a.jsonl", "{\"id\":\"k\"}\n");
    Path store = path("a.tph");
    run("load", "--key-field", "id", "--value-field", "id", store, file).ok();
    assertEquals(Map.of("k", "k"), entries(store));
  }

  @Test
  void readsGzipAndStandardInput() throws Exception {
    Path file = path("a.tsv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("k\tv\n".getBytes(StandardCharsets.UTF_8));
    }
    Path store = path("a.tph");
    run("load", store, file).ok();
    runWith("x\ty\n".getBytes(StandardCharsets.UTF_8), "load", store, "-").ok();
    runWith("c,d\n".getBytes(StandardCharsets.UTF_8), "load", "--format", "csv", store, "-").ok();
    assertEquals(Map.of("k", "v", "x", "y", "c", "d"), entries(store));
  }

  @Test
  void countsWhatIsNewAndWhatIsReplaced() {
    Path store = path("a.tph");
    run("put", store, "a", "0").ok();
    Map<String, Object> json =
        run("load", "--json", "--expected", "100", store, file("a.tsv", "a\t1\nb\t2\nb\t3\n"))
            .ok()
            .json();
    assertEquals(3L, json.get("loaded"));
    assertEquals(1L, json.get("added"));
    assertEquals(2L, json.get("replaced"));
    assertEquals(0L, json.get("bad"));
    assertEquals(2L, json.get("entries"));
    assertEquals(Map.of("a", "1", "b", "3"), entries(store));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tsv   | no tab                      | columns=1",
        "tsv   | a~b~c                       | columns=3",
        "tsv   | a~b\\x                      | backslash",
        "tsv   | a~b\\                       | backslash",
        "csv   | a,b,c                       | columns=3",
        "csv   | a                           | columns=1",
        "jsonl | {\"key\":\"a\"              | not valid JSON",
        "jsonl | [1]                         | expected a JSON object",
        "jsonl | 17                          | expected a JSON object",
        "jsonl | nonsense                    | not valid JSON",
        "jsonl | {\"key\":\"a\"}             | no field value",
        "jsonl | {\"value\":\"a\"}           | no field key",
        "jsonl | {\"key\":null,\"value\":1}  | the key must be",
        "jsonl | {\"key\":[1],\"value\":1}   | the key must be",
        "jsonl | {\"key\":1,\"key\":2,\"value\":1} | not valid JSON",
        "jsonl | {\"key\":1,\"value\":2} 3   | more behind",
        "jsonl | {\"key\":\"\\ud800\",\"value\":2} | surrogate",
      })
  void aBadLineStopsTheLoadAndIsNamed(String format, String bad, String says) {
    String good = format.equals("jsonl") ? "{\"key\":\"g%d\",\"value\":\"v\"}" : "g%d~v";
    String text =
        (good.formatted(1) + "\n\n" + bad + "\n" + good.formatted(2) + "\n")
            .replace('~', format.equals("csv") ? ',' : '\t');
    Path file = file("bad." + format, text);
    Path store = path("a.tph");
    run("load", store, file).fails(5, "line 3: ", says, "--skip-bad", "loaded=1");
    assertEquals(Map.of("g1", "v"), entries(store));

    Result skipped = run("load", "--skip-bad", "--json", store, file);
    assertEquals(0, skipped.code(), skipped.err());
    assertTrue(skipped.err().contains("line 3 left out: "), skipped.err());
    assertEquals(1L, skipped.json().get("bad"));
    assertEquals(Map.of("g1", "v", "g2", "v"), entries(store));
  }

  @Test
  void onlyTheFirstBadLinesAreShown() {
    Path store = path("a.tph");
    Result result = run("load", "--skip-bad", "--json", store, file("a.tsv", "x\n".repeat(20)));
    assertEquals(20L, result.json().get("bad"));
    assertEquals(5, result.err().lines().count());
  }

  @Test
  void bytesThatAreNoTextAreABadLine() throws Exception {
    byte[] line = {'a', '\t', (byte) 0xFF, '\n'};
    Path store = path("a.tph");
    runWith(line, "load", store, "-").fails(5, "line 1: it is not valid UTF-8");
    byte[] lines = {'a', '\t', (byte) 0xC3, '\n', 'b', '\t', 'c', '\n'};
    assertEquals(0, runWith(lines, "load", "--skip-bad", store, "-").code());
    assertEquals(Map.of("b", "c"), entries(store));
    byte[] csv = {'a', ',', (byte) 0xFF, '\n'};
    runWith(csv, "load", "--format", "csv", "--skip-bad", store, "-")
        .fails(5, "not valid UTF-8", "nothing behind it can be read");
  }

  @Test
  void brokenCsvCannotBeSkipped() {
    Path file = file("a.csv", "k,v\n\"open,v\nb,c\n");
    run("load", "--skip-bad", path("a.tph"), file).fails(5, "line 2: not valid CSV");
  }

  @Test
  void keysThatDoNotFitTheCodecAreBadLines() {
    Path file = file("a.tsv", "1\tv\nx\tv\n3\tv\n");
    Path store = path("a.tph");
    run("load", "--key-codec", "int64", store, file).fails(5, "line 2: ", "int64", "key=x");
    assertEquals(0, run("load", "--skip-bad", store, file).code());
    assertEquals(2L, run("stat", "--json", store).ok().json().get("entries"));
  }

  @Test
  void filesThatCannotBeReadMakeNoStore() {
    Path store = path("a.tph");
    run("load", store, path("missing.tsv")).fails(4, "there is no such file", "missing.tsv");
    run("load", "--format", "tsv", store, dir).fails(4, "is a directory");
    run("load", store, file("a.txt", "k\tv\n")).fails(2, "--format");
    run("load", "--format", "xml", store, file("a.xml", "")).fails(2, "xml");
    run("load", store, file("a.tsv.gz", "this is not gzip")).fails(4, "GZIP");
    assertFalse(Files.exists(store));
  }

  @Test
  void theSizeLimitEndsTheLoadAndKeepsWhatIsThere() {
    Path store = path("a.tph");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      lines.append(i).append('\t').append("x".repeat(2000)).append('\n');
    }
    Path file = file("a.tsv", lines.toString());
    run("load", "--max-bytes", "1000000", store, file).fails(4, "size limit", "1000000");
    long kept = (Long) run("stat", "--json", store).ok().json().get("entries");
    assertTrue(kept > 100 && kept < 1000, () -> "entries=" + kept);
    run("verify", store).ok();
  }

  @Test
  void aLoadThatStoresNothingLeavesNoNewStore() {
    Path store = path("a.tph");
    Path file = file("a.tsv", "k\t" + "x".repeat(400_000) + "\n");
    run("load", "--max-bytes", "300000", store, file).fails(4, "size limit");
    assertFalse(Files.exists(store));
    assertFalse(Files.exists(path("a.tph.lock")));
    run("load", store, file("b.tsv", "k\tv\n")).ok();
    run("load", store, file("c.tsv", "no tab\n")).fails(5, "line 1");
    assertTrue(Files.exists(store), "it was there before");
  }

  @Test
  void showsTheProgressIfAsked() {
    Result quiet = run("load", path("a.tph"), file("a.tsv", "k\tv\n".repeat(10))).ok();
    assertTrue(quiet.out().contains("loaded 10 entries"), quiet::out);
    Result asked = run("load", "--progress", path("a.tph"), file("a.tsv", "k\tv\n"));
    assertEquals(0, asked.code());
  }

  private Path bytes(String name, byte[] first, String text) throws Exception {
    Path file = file(name, text);
    byte[] rest = Files.readAllBytes(file);
    try (OutputStream out =
        name.endsWith(".gz")
            ? new GZIPOutputStream(Files.newOutputStream(file))
            : Files.newOutputStream(file)) {
      out.write(first);
      out.write(rest);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a.tsv    | k~v",
        "a.csv    | k,v",
        "a.csv    | \"k\",v",
        "a.csv.gz | k,v",
        "a.jsonl  | {\"key\":\"k\",\"value\":\"v\"}",
      })
  void aByteOrderMarkIsNoPartOfTheFirstKey(String name, String line) throws Exception {
    byte[] mark = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    Path file = bytes(name, mark, line.replace('~', '\t') + "\n");
    Path store = path("a.tph");
    run("load", store, file).ok();
    assertEquals(Map.of("k", "v"), entries(store));
    byte[] nothing = {};
    run("load", store, bytes("only.tsv", mark, "")).ok();
    run("load", store, bytes("short.tsv", new byte[] {(byte) 0xEF}, "")).fails(5, "UTF-8");
    run("load", store, bytes("one.tsv", nothing, "a\t")).ok();
    assertEquals(Map.of("k", "v", "a", ""), entries(store));
  }

  @Test
  void textInUtf16IsRefusedAsSuch() throws Exception {
    for (byte[] mark : new byte[][] {{(byte) 0xFF, (byte) 0xFE}, {(byte) 0xFE, (byte) 0xFF}}) {
      run("load", path("a.tph"), bytes("a.tsv", mark, "k\tv\n")).fails(5, "UTF-16");
    }
    assertFalse(Files.exists(path("a.tph")));
  }

  @ParameterizedTest
  @CsvSource({
    "a.tsv,no tab",
    "a.csv,'a,b,c'",
    "a.jsonl,{}",
    "a.jsonl,'{\"key\":\"\",\"value\":'",
  })
  void aFailedLoadMakesNoStore(String name, String text) {
    Path store = path("a.tph");
    for (String kind : new String[] {"hash", "sync"}) {
      run("load", "--kind", kind, store, file(name, text)).fails(5, "line 1: ");
      assertFalse(Files.exists(store));
      assertFalse(Files.exists(path("a.tph.lock")));
    }
    run("load", store, file("empty.tsv", "")).ok(); // that is no failure
    assertTrue(Files.exists(store));
  }

  @ParameterizedTest
  @CsvSource({"hash", "sync"})
  void anEntryThatIsTooLargeMakesNoStoreAndOneThatIsNotDoes(String kind) {
    Path store = path("a.tph");
    String most = "k".repeat(64 << 10);
    run("put", "--kind", kind, store, most + "k", "v").fails(5, "the key is too large");
    run("load", "--kind", kind, store, file("a.tsv", most + "k\tv\n")).fails(5, "too large");
    assertFalse(Files.exists(store));
    run("load", "--kind", kind, store, file("b.tsv", most + "\tv\n")).ok();
    run("put", store, most + "k", "v").fails(5, "the key is too large");
    assertEquals(Map.of(most, "v"), entries(store));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a.jsonl | nonsense                             | not valid JSON, column=",
        "a.jsonl | {\"key\":1                            | it ends too early",
        "a.jsonl | {\"key\":1,\"key\":2,\"value\":1}     | a field twice",
        "a.csv   | \"a\"b,c                              | behind its last quote",
        "a.csv   | \"a                                  | does not end",
      })
  void messagesAreInTheWordsOfThisProgram(String name, String line, String says) {
    Result result = run("load", path("a.tph"), file(name, line + "\n")).fails(5, says);
    for (String word : new String[] {"Source", "Exception", "StreamRead", "REDACTED", "token"}) {
      assertFalse(result.err().contains(word), result.err());
    }
  }

  @Test
  void aFileThatEndsInTheMiddleIsNoBadLine() throws Exception {
    byte[] whole;
    try (var bytes = new java.io.ByteArrayOutputStream()) {
      try (OutputStream out = new GZIPOutputStream(bytes)) {
        out.write("\"k\",\"v\"\n".repeat(10_000).getBytes(StandardCharsets.UTF_8));
      }
      whole = bytes.toByteArray();
    }
    for (String name : new String[] {"a.csv.gz", "a.tsv.gz"}) {
      Path file = Files.write(path(name), java.util.Arrays.copyOf(whole, whole.length - 9));
      run("load", "--skip-bad", "--format", "csv", path("a.tph"), file).fails(4, "failed");
    }
  }

  @Test
  void deepAndLongJsonIsTaken() {
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    String name = "n".repeat(60_000);
    Path store = path("a.tph");
    run(
            "load",
            store,
            file("a.jsonl", "{\"key\":\"k\",\"%s\":1,\"value\":%s}\n".formatted(name, deep)))
        .ok();
    assertEquals(Map.of("k", deep), entries(store));
  }
}
