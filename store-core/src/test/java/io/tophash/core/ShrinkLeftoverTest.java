package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.CrashHook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A kill while a table is shrunk leaves a bucket array that is filled, as the next one. It must not
 * become the table's, neither by a growth nor by a compaction: what it holds is of that moment.
 */
@Tag("hook")
@Tag("crash")
class ShrinkLeftoverTest {
  private static final int ENTRIES =
      13_000; // as full as a shrunk array gets, so some chains have two buckets

  @TempDir Path directory;

  /** Copies the file where an array is filled, as a kill would leave it. */
  private final class Copier implements CrashHook.Tracer {
    final List<Path> copies = new ArrayList<>();
    final Path file;

    Copier(Path file) {
      this.file = file;
    }

    @Override
    public void reached(String point) {
      if (point.equals("shrink.filled")) {
        Path copy = directory.resolve("copy-" + copies.size());
        try {
          Files.copy(file, copy);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        copies.add(copy);
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {}

    @Override
    public void fence() {}
  }

  @Test
  void itIsDropped() {
    Path file = directory.resolve("a.tph");
    Copier copier = new Copier(file);
    try (LongHashStore store = HashStore.longs().expectedEntries(200_000).open(file)) {
      for (long key = 0; key < ENTRIES; key++) {
        store.put(key, key);
      }
      CrashHook.trace(copier);
      try {
        store.compact();
      } finally {
        CrashHook.trace(null);
      }
    }
    assertEquals(2, copier.copies.size());
    for (Path copy : copier.copies) {
      try (LongHashStore store = HashStore.longs().open(copy)) {
        for (long key = 0; key < ENTRIES; key += 2) {
          assertEquals(key, store.remove(key));
        }
        store.compact();
        check(store);
        for (long key = ENTRIES; key < 4 * ENTRIES; key++) {
          store.put(key, key); // through growths
        }
        for (long key = ENTRIES; key < 4 * ENTRIES; key++) {
          assertEquals(key, store.remove(key));
        }
        check(store);
      }
    }
  }

  private static void check(LongHashStore store) {
    assertEquals(ENTRIES / 2, store.sizeLong());
    for (long key = 0; key < ENTRIES; key++) {
      assertEquals(key % 2 == 0 ? -1 : key, store.getOrDefault(key, -1));
    }
    assertTrue(store.verify().isClean(), () -> store.verify().findings().toString());
  }
}
