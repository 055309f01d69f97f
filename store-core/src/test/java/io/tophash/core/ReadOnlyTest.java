package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A read-only opener answers everything, refuses each change, and changes no byte. */
@Tag("fast")
@Tag("contract")
class ReadOnlyTest {
  @TempDir Path directory;

  private static void assertRefused(Executable change) {
    assertThrows(UnsupportedOperationException.class, change);
  }

  @Test
  void changesAreRefusedAndNoByteOfTheFileChanges() throws IOException {
    Path path = directory.resolve("store");
    HashStoreBuilder<String, String> builder =
        HashStore.builder(Codecs.utf8(), Codecs.utf8()).windowBytes(1 << 16).expectedEntries(27);
    try (HashStore<String, String> store = builder.open(path)) {
      for (int n = 0; n < 53; n++) {
        store.put("key" + n, "value" + n);
      }
      assertTrue(store.stats().growing());
    }
    byte[] before = Files.readAllBytes(path);
    try (HashStore<String, String> store = builder.readOnly(true).open(path)) {
      assertEquals(53, store.size());
      for (int n = 0; n < 53; n++) {
        assertEquals("value" + n, store.get("key" + n));
      }
      assertClean(store);
      assertTrue(store.stats().growing());
      assertEquals(2, store.getAll(List.of("key1", "key2", "absent")).size());
      assertTrue(store.containsValue("value7"));

      assertRefused(() -> store.put("key1", "x"));
      assertRefused(() -> store.put("new", "x"));
      assertRefused(() -> store.set("key1", "x"));
      assertRefused(() -> store.remove("key1"));
      assertRefused(() -> store.remove("absent"));
      assertRefused(() -> store.remove("key1", (Object) "value1"));
      assertRefused(() -> store.delete("key1"));
      assertRefused(() -> store.replace("key1", "x"));
      assertRefused(() -> store.replace("key1", "value1", "x"));
      assertRefused(() -> store.putIfAbsent("new", "x"));
      assertRefused(() -> store.putAll(Map.of("new", "x")));
      assertRefused(() -> store.computeIfAbsent("new", k -> "x"));
      assertRefused(() -> store.computeIfPresent("key1", (k, v) -> "x"));
      assertRefused(() -> store.compute("key1", (k, v) -> "x"));
      assertRefused(() -> store.merge("key1", "x", String::concat));
      assertRefused(() -> store.replaceAll((k, v) -> "x"));
      assertRefused(store::clear);
      assertRefused(store::compact);
      Iterator<Map.Entry<String, String>> iterator = store.entrySet().iterator();
      Map.Entry<String, String> entry = iterator.next();
      assertRefused(iterator::remove);
      assertRefused(() -> entry.setValue("x"));
      assertRefused(() -> store.keySet().remove("key1"));
      assertRefused(() -> store.values().clear());
      assertEquals(53, store.size());
    }
    assertArrayEquals(before, Files.readAllBytes(path));
  }

  @Test
  void thePrimitiveStoreRefusesChangesAsWell() throws IOException {
    Path path = directory.resolve("store");
    try (LongHashStore store = HashStore.longs().open(path)) {
      store.put(1, 2);
    }
    byte[] before = Files.readAllBytes(path);
    try (LongHashStore store = HashStore.longs().readOnly(true).open(path)) {
      assertEquals(2, store.get(1));
      assertRefused(() -> store.put(1, 3));
      assertRefused(() -> store.addAndGet(1, 3));
      assertRefused(() -> store.remove(1));
      assertRefused(store::clear);
    }
    assertArrayEquals(before, Files.readAllBytes(path));
  }

  @Test
  void anEmptyStoreCanBeReadToo() throws IOException {
    Path path = directory.resolve("store");
    HashStore.longs().open(path).close();
    byte[] before = Files.readAllBytes(path);
    try (LongHashStore store = HashStore.longs().readOnly(true).open(path)) {
      assertTrue(store.isEmpty());
      assertEquals(0, store.get(1));
      assertTrue(store.verify().isClean());
    }
    assertArrayEquals(before, Files.readAllBytes(path));
  }

  @Test
  void whatIsNotThereIsNotMade() {
    Path path = directory.resolve("absent");
    assertThrows(StoreException.class, () -> HashStore.longs().readOnly(true).open(path));
    assertTrue(Files.notExists(path));
    assertTrue(Files.notExists(directory.resolve("absent.lock")));
  }
}
