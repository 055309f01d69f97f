package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.testing.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Space of what was removed goes back to the file system. */
@Tag("contract")
class SpaceTest {
  private static final int ENTRIES = 30_000;

  @TempDir Path directory;

  private HashStore<String, byte[]> open() {
    return HashStore.builder(Codecs.utf8(), Codecs.bytes())
        .windowBytes(1 << 20)
        .open(directory.resolve("space.tph"));
  }

  private static String key(int i) {
    return "key-" + i;
  }

  // Mostly small ones of several sizes, now and then one with pages of its own.
  private static byte[] value(int i) {
    byte[] value = new byte[i % 500 == 0 ? 70_000 : 50 + i % 7 * 60];
    Arrays.fill(value, (byte) i);
    return value;
  }

  private static void fill(HashStore<String, byte[]> store) {
    for (int i = 0; i < ENTRIES; i++) {
      store.set(key(i), value(i));
    }
  }

  private long bytes() throws IOException {
    return Files.size(directory.resolve("space.tph"));
  }

  @Test
  void anEmptiedStoreIsSmall() throws IOException {
    try (HashStore<String, byte[]> store = open()) {
      fill(store);
      assertTrue(bytes() > 8 << 20);
      for (int i = 0; i < ENTRIES; i++) {
        store.delete(key(i));
      }
      store.compact();
      assertTrue(bytes() <= 512 << 10, "bytes=" + bytes());
      store.set("a", new byte[] {1});
      Stores.assertClean(store);
    }
    try (HashStore<String, byte[]> store = open()) {
      assertArrayEquals(new byte[] {1}, store.get("a"));
      fill(store);
      for (int i = 0; i < ENTRIES; i++) {
        store.delete(key(i));
      }
      store.delete("a");
    }
    assertTrue(bytes() <= 512 << 10, "closed without compact(), bytes=" + bytes());
  }

  @Test
  void compactMovesRecordsTogether() throws IOException {
    long full;
    try (HashStore<String, byte[]> store = open()) {
      fill(store);
      full = bytes();
      for (int i = 0; i < ENTRIES; i++) {
        if (i % 10 != 0) {
          store.delete(key(i));
        }
      }
      store.compact();
      // What stays: 60 large values of 80 KiB, 1 MB of small ones, 1.2 MB of buckets.
      assertTrue(bytes() < 9 << 20, "full=" + full + " bytes=" + bytes() + " " + store.stats());
      assertTenth(store);
    }
    try (HashStore<String, byte[]> store = open()) {
      assertTenth(store);
      fill(store);
      assertEquals(ENTRIES, store.size());
      Stores.assertClean(store);
    }
  }

  private static void assertTenth(HashStore<String, byte[]> store) {
    assertEquals(ENTRIES / 10, store.size());
    for (int i = 0; i < ENTRIES; i++) {
      assertArrayEquals(i % 10 == 0 ? value(i) : null, store.get(key(i)), key(i));
    }
    Stores.assertClean(store);
  }

  private static long fitting(long hint) {
    long n = 0;
    try (LongHashStore store =
        HashStore.longs()
            .windowBytes(1 << 20)
            .maxBytes(8 << 20)
            .expectedEntries(hint)
            .openTemporary()) {
      assertThrows(
          StoreFullException.class,
          () -> {
            for (long i = 0; ; i++) {
              store.put(i, i);
            }
          });
      n = store.sizeLong();
    }
    return n;
  }

  @Test
  void aHintIsNoLimit() {
    long without = fitting(0);
    for (long hint : new long[] {10_000, 1_000_000, 10_000_000, Long.MAX_VALUE}) {
      long with = fitting(hint);
      assertTrue(with > without * 9 / 10, "hint=" + hint + " with=" + with + " without=" + without);
    }
  }

  @Test
  void whatAWrongHintHasTakenIsGivenBack() throws IOException {
    Path path = directory.resolve("hinted.tph");
    try (LongHashStore store = HashStore.longs().expectedEntries(10_000_000).open(path)) {
      for (long i = 0; i < 1_000; i++) {
        store.put(i * 31, i);
      }
      assertTrue(Files.size(path) > 100 << 20, "the hint is taken at its word");
    }
    assertTrue(Files.size(path) < 1 << 20, () -> "length=" + path.toFile().length());
    try (LongHashStore store = HashStore.longs().open(path)) {
      Stores.assertClean(store.asMap());
      assertEquals(1_000, store.sizeLong());
      for (long i = 0; i < 1_000; i++) {
        assertEquals(i, store.get(i * 31));
      }
      for (long i = 0; i < 100_000; i++) {
        store.put(i * 31, i);
      }
      Stores.assertClean(store.asMap());
    }
  }
}
