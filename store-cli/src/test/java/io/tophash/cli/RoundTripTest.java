package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What export writes, load reads back exactly. */
@Tag("contract")
class RoundTripTest extends CommandTest {
  private static final String[] ODD_TEXTS = {
    "",
    " ",
    " padded ",
    "\t",
    "\n",
    "\r\n",
    "\\",
    "\\n",
    "\"",
    "\"quoted\"",
    "a,b",
    "#comment",
    "a\tb\nc\rd\\e\"f,g",
    "null",
    "{\"json\": [1, \"2\"]}",
    "\u0000\u0001\u001f\u007f\u0085\u2028",
    "ü€😀",
    "\ufeffbom",
    "hex:",
    "hex:00ff",
    "hex:zz"
  };

  @ParameterizedTest
  @ValueSource(strings = {"a.tsv", "a.csv", "a.jsonl", "a.tsv.gz", "a.csv.gz", "a.jsonl.gz"})
  void textsComeBack(String fileName) {
    Map<String, String> texts = new HashMap<>();
    for (String key : ODD_TEXTS) {
      for (String value : ODD_TEXTS) {
        texts.put(key + "/" + value, value);
      }
      texts.put(key, key);
    }
    Path from = path("from.tph");
    try (HashStore<String, String> store =
        HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(from)) {
      store.putAll(texts);
    }
    Path file = path(fileName);
    Result exported = run("export", "--json", "-o", file, from).ok();
    assertEquals((long) texts.size(), exported.json().get("entries"));
    Path to = path("to.tph");
    run("load", to, file).ok();
    try (HashStore<String, String> store =
        HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(to)) {
      assertEquals(texts, new HashMap<>(store));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tsv", "csv", "jsonl"})
  void bytesComeBack(String format) {
    Map<String, byte[]> values = new HashMap<>();
    for (String text : ODD_TEXTS) {
      values.put("text " + text, text.getBytes(StandardCharsets.UTF_8));
    }
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      values.put("random " + i, bytes);
    }
    Path from = path("from.tph");
    try (HashStore<byte[], byte[]> store =
        HashStore.builder(Codecs.bytes(), Codecs.bytes()).open(from)) {
      values.forEach((key, value) -> store.put(key.getBytes(StandardCharsets.UTF_8), value));
      store.put(new byte[] {(byte) 0xFE, 0}, new byte[] {(byte) 0xFF});
    }
    byte[] text = run("export", "--format", format, from).ok().bytes();
    Path to = path("to.tph");
    runWith(
            text,
            "load",
            "--format",
            format,
            "--key-codec",
            "bytes",
            "--value-codec",
            "bytes",
            to,
            "-")
        .ok();
    try (HashStore<byte[], byte[]> store =
        HashStore.builder(Codecs.bytes(), Codecs.bytes()).open(to)) {
      assertEquals(values.size() + 1, store.size());
      values.forEach(
          (key, value) ->
              assertArrayEquals(value, store.get(key.getBytes(StandardCharsets.UTF_8)), key));
      assertArrayEquals(new byte[] {(byte) 0xFF}, store.get(new byte[] {(byte) 0xFE, 0}));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tsv", "csv", "jsonl"})
  void numbersAndUuidsComeBack(String format) {
    Path longs = path("longs.tph");
    Map<Long, Integer> numbers =
        Map.of(0L, 0, Long.MIN_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE);
    try (HashStore<Long, Integer> store =
        HashStore.builder(Codecs.int64(), Codecs.int32()).open(longs)) {
      store.putAll(numbers);
    }
    Path copy = path("longs2.tph");
    byte[] text = run("export", "--format", format, longs).ok().bytes();
    runWith(text, "load", "--format", format, "--key-codec=int64", "--value-codec=int32", copy, "-")
        .ok();
    try (HashStore<Long, Integer> store =
        HashStore.builder(Codecs.int64(), Codecs.int32()).open(copy)) {
      assertEquals(numbers, new HashMap<>(store));
    }

    Path ids = path("ids.tph");
    Map<UUID, UUID> uuids =
        Map.of(new UUID(1, 2), new UUID(-1, -2), new UUID(0, 0), new UUID(9, 9));
    try (HashStore<UUID, UUID> store = HashStore.builder(Codecs.uuid(), Codecs.uuid()).open(ids)) {
      store.putAll(uuids);
    }
    Path idsCopy = path("ids2.tph");
    text = run("export", "--format", format, ids).ok().bytes();
    runWith(
            text,
            "load",
            "--format",
            format,
            "--key-codec=uuid",
            "--value-codec=uuid",
            idsCopy,
            "-")
        .ok();
    try (HashStore<UUID, UUID> store =
        HashStore.builder(Codecs.uuid(), Codecs.uuid()).open(idsCopy)) {
      assertEquals(uuids, new HashMap<>(store));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tsv", "a.csv", "a.jsonl", "a.csv.gz"})
  void aFirstKeyThatBeginsWithAByteOrderMarkComesBack(String fileName) {
    for (String key : new String[] {"\ufeff", "\ufeffk", "\ufeff\ufeffk,\n"}) {
      Path from = path("from.tph");
      run("put", from, key, "v").ok();
      run("export", "-o", path(fileName), from).ok();
      Path to = path("to.tph");
      run("load", to, path(fileName)).ok();
      assertEquals("v\n", run("get", to, key).ok().out());
      assertEquals(1L, run("stat", "--json", to).ok().json().get("entries"));
      run("delete", from, key).ok();
      run("delete", to, key).ok();
    }
  }

  @Test
  void exportChoosesTheFormat() throws Exception {
    Path store = path("a.tph");
    run("put", store, "k,1", "v").ok();
    assertEquals("k,1\tv\n", run("export", store).ok().out());
    assertEquals("\"k,1\",v\n", run("export", "--format", "csv", store).ok().out());
    String json = "{\"key\":\"k,1\",\"value\":\"v\"}\n";
    assertEquals(json, run("export", "--format", "jsonl", store).ok().out());
    assertEquals(json, run("export", "--json", store).ok().out());
    Path file = path("out.csv");
    run("export", "-o", file, store).ok();
    assertEquals("\"k,1\",v\n", Files.readString(file));
    run("export", "-o", file, "--format", "tsv", store).ok();
    assertEquals("k,1\tv\n", Files.readString(file));
    run("export", "--format", "xml", store).fails(2, "xml");
    run("export", "--json", "--format", "csv", store).fails(2, "exclude");
  }

  @Test
  void exportNeverLeavesHalfAFile() throws Exception {
    Path store = path("a.tph");
    run("put", store, "k", "v").ok();
    run("export", "-o", dir, store).fails(4, "directory");
    run("export", "-o", path("missing/out.tsv"), store).fails(4, "no such file");
    run("export", "-o", store, "--format", "tsv", store).fails(2, "the store itself");
    assertEquals("v\n", run("get", store, "k").ok().out());
    try (var files = Files.list(dir)) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".part")));
    }
    assertFalse(Files.exists(path("missing")));
  }
}
