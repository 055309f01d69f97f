package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.tophash.core.HashStore;
import io.tophash.core.codec.Codecs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** put, get, delete. */
@Tag("contract")
class EntryCommandsTest extends CommandTest {
  @Test
  void getPrintsWhatPutStored() {
    Path store = path("a.tph");
    assertEquals("", run("put", store, "kéy", "välue").ok().out());
    assertEquals("välue\n", run("get", store, "kéy").ok().out());
    assertEquals("välue", run("get", "--raw", store, "kéy").ok().out());
    assertEquals(
        Map.of("key", "kéy", "value", "välue"), run("get", "--json", store, "kéy").ok().json());
  }

  @Test
  void aProgramReadsWhatPutStored() {
    Path path = path("a.tph");
    run("put", path, "k", "v").ok();
    try (HashStore<String, String> store =
        HashStore.builder(Codecs.utf8(), Codecs.utf8()).open(path)) {
      assertEquals(Map.of("k", "v"), Map.copyOf(store));
    }
  }

  @Test
  void putSaysWhetherItReplaced() {
    Path store = path("a.tph");
    assertEquals(false, run("put", "--json", store, "k", "1").ok().json().get("replaced"));
    assertEquals(true, run("put", "--json", store, "k", "2").ok().json().get("replaced"));
    assertEquals("2\n", run("get", store, "k").ok().out());
  }

  @Test
  void anAbsentKeyIsExitCode1WithoutOutput() {
    Path store = path("a.tph");
    run("put", store, "k", "v").ok();
    Result get = run("get", store, "other");
    assertEquals(1, get.code());
    assertEquals("", get.out() + get.err());
    Result delete = run("delete", store, "other");
    assertEquals(1, delete.code());
    assertEquals("", delete.out() + delete.err());
    assertEquals("v\n", run("get", store, "k").ok().out());
  }

  @Test
  void deleteRemovesTheEntry() {
    Path store = path("a.tph");
    run("put", store, "k", "v").ok();
    run("put", store, "stays", "v").ok();
    assertEquals("", run("delete", store, "k").ok().out());
    assertEquals(1, run("get", store, "k").code());
    assertEquals("v\n", run("get", store, "stays").ok().out());
    assertEquals(
        Map.of("key", "stays", "deleted", true),
        run("delete", "--json", store, "stays").ok().json());
    Result again = run("delete", "--json", store, "stays");
    assertEquals(1, again.code());
    assertEquals(false, again.json().get("deleted"));
  }

  @Test
  void valuesComeFromStandardInputAndFilesToTheLastByte() throws Exception {
    byte[] binary = {0, 1, (byte) 0xFF, '\n', (byte) 0x80};
    Path store = path("b.tph");
    runWith(binary, "put", "--value-codec", "bytes", store, "in", "-").ok();
    Path file = Files.write(path("value.bin"), binary);
    run("put", store, "file", "--value-file", file).ok();
    assertArrayEquals(binary, run("get", "--raw", store, "in").ok().bytes());
    assertArrayEquals(binary, run("get", "--raw", store, "file").ok().bytes());
    assertEquals("hex:0001ff0a80\n", run("get", store, "file").ok().out());
  }

  @Test
  void aTextStoreRefusesBytesThatAreNoText() throws Exception {
    Path store = path("a.tph");
    byte[] binary = {(byte) 0xFF};
    runWith(binary, "put", store, "k", "-").fails(5, "not valid UTF-8", "--value-codec bytes");
    assertFalse(Files.exists(store), "a store was made for nothing");
  }

  @Test
  void keysAndValuesFitTheCodecsOfTheStore() {
    UUID id = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
    Path longs = path("longs.tph");
    try (HashStore<Long, Integer> store =
        HashStore.builder(Codecs.int64(), Codecs.int32()).open(longs)) {
      store.put(-5L, 7);
    }
    Path ids = path("ids.tph");
    try (HashStore<UUID, byte[]> store =
        HashStore.builder(Codecs.uuid(), Codecs.bytes()).open(ids)) {
      store.put(id, "text".getBytes(StandardCharsets.UTF_8));
    }
    assertEquals("7\n", run("get", longs, "--", "-5").ok().out());
    assertEquals(
        Map.of("key", -5L, "value", 7L), run("get", "--json", longs, "--", "-5").ok().json());
    run("put", longs, "6", "8").ok();
    run("put", longs, "x", "8")
        .fails(5, "the key does not fit", "int64", "no whole number", "key=x");
    run("put", longs, "6", "3000000000").fails(5, "the value does not fit", "int32");
    assertEquals("text\n", run("get", ids, id.toString().toUpperCase()).ok().out());
    run("get", ids, "1-2-3-4-5").fails(5, "uuid");
    run("put", ids, id, "hex:zz").fails(5, "the value does not fit", "bytes");
    try (HashStore<Long, Integer> store =
        HashStore.builder(Codecs.int64(), Codecs.int32()).open(longs)) {
      assertEquals(Map.of(-5L, 7, 6L, 8), Map.copyOf(store));
    }
  }

  @Test
  void otherCodecsThanTheStoresAreRefused() {
    Path store = path("a.tph");
    run("put", store, "1", "v").ok();
    run("put", "--key-codec", "int64", store, "1", "v").fails(4, "key codec", "stored=utf8");
    assertEquals("v\n", run("get", store, "1").ok().out());
  }

  @Test
  void aKeyThatIsTooLargeIsBadInput() {
    run("put", path("a.tph"), "k".repeat(70_000), "v").fails(5, "the key is too large");
  }

  @Test
  void wrongUsageIsExitCode2() {
    Path store = path("a.tph");
    run("put", store, "k").fails(2, "either VALUE or --value-file", "tophash put --help");
    run("put", store, "k", "v", "--value-file", store).fails(2, "either VALUE or --value-file");
    run("put", store, "k", "v", "--value-codec", "nonsense").fails(2, "nonsense", "INT64");
    run("put", store, "k", "v", "--max-bytes", "0").fails(2, "--max-bytes");
    run("get", store).fails(2, "KEY");
    run("get", store, "k", "--raw", "--json").fails(2, "exclude");
    run("frobnicate").fails(2, "frobnicate");
    assertFalse(Files.exists(store));
  }
}
