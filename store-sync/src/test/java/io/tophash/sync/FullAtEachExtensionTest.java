package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.FullDisk;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.testing.Seeds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk is full at the n-th extension of the file, for each n: nothing is lost, what needs no
 * space goes on, and all goes on when there is space again.
 */
@Tag("crash")
class FullAtEachExtensionTest {
  private static final int OPERATIONS = 700;

  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private static SyncStoreBuilder<String, byte[]> records() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .windowBytes(1 << 20)
        .shards(2)
        .maxSegmentBytes(4_000);
  }

  private static LongSyncStoreBuilder longs() {
    return SyncStore.longs().windowBytes(1 << 20).shards(2).maxSegmentBytes(4_000);
  }

  /** One refusal, or all from there on. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void records(boolean stays) throws Exception {
    int n = 0;
    boolean wasFull = true;
    while (wasFull) {
      n += Seeds.LONG || n < 30 ? 1 : 3;
      Path path = dir.resolve("records-" + n + "-" + stays);
      wasFull = recordsFullAt(n, stays, path);
      Files.deleteIfExists(path);
    }
    System.out.println("full at each extension: records, stays=" + stays + " extensions=" + n);
    assertTrue(n > 20, "extensions=" + n);
  }

  private boolean recordsFullAt(int n, boolean stays, Path path) {
    Map<String, byte[]> model = new HashMap<>();
    try (FullDisk disk = new FullDisk(n, stays ? Integer.MAX_VALUE : n)) {
      if (!disk.tryTo(() -> records().open(path).close())) {
        assertTrue(!Files.exists(path), "a store that could not be made");
        disk.makeSpace();
      }
      try (SyncStore<String, byte[]> store = records().open(path)) {
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < OPERATIONS; i++) {
          refused += change(disk, store, model, random) ? 0 : 1;
          if (refused == 1 || refused == 40) {
            check(store, model);
            refused++;
          }
        }
        if (disk.wasFull()) {
          // Reads and deletions need no space.
          for (String key : List.copyOf(model.keySet()).subList(0, model.size() / 2)) {
            assertArrayEquals(model.remove(key), store.remove(key));
          }
          check(store, model);
        }
        disk.makeSpace();
        for (int i = 0; i < OPERATIONS / 2; i++) {
          assertTrue(change(disk, store, model, random), "there is space again");
        }
        check(store, model);
      }
      try (SyncStore<String, byte[]> again = records().open(path)) {
        check(again, model);
      }
      return disk.wasFull();
    }
  }

  private static boolean change(
      FullDisk disk, SyncStore<String, byte[]> store, Map<String, byte[]> model, Random random) {
    String key = "key-" + random.nextInt(OPERATIONS);
    if (random.nextInt(6) == 0) {
      byte[] removed = store.remove(key);
      assertArrayEquals(model.remove(key), removed);
      return true;
    }
    byte[] value = new byte[random.nextInt(random.nextInt(12) == 0 ? 200_000 : 300)];
    random.nextBytes(value);
    if (disk.tryTo(() -> store.set(key, value))) {
      model.put(key, value);
      return true;
    }
    assertArrayEquals(model.get(key), store.get(key));
    return false;
  }

  private static void check(SyncStore<String, byte[]> store, Map<String, byte[]> model) {
    VerifyReport report = store.verify();
    assertTrue(report.isClean(), () -> report.findings().toString());
    assertEquals(model.size(), store.sizeLong());
    model.forEach((key, value) -> assertArrayEquals(value, store.get(key)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void longs(boolean stays) throws Exception {
    int n = 0;
    boolean wasFull = true;
    while (wasFull) {
      n++;
      Path path = dir.resolve("longs-" + n + "-" + stays);
      wasFull = longsFullAt(n, stays, path);
      Files.deleteIfExists(path);
    }
    System.out.println("full at each extension: longs, stays=" + stays + " extensions=" + n);
    assertTrue(n > 10, "extensions=" + n);
  }

  private boolean longsFullAt(int n, boolean stays, Path path) {
    Map<Long, Long> model = new HashMap<>();
    try (FullDisk disk = new FullDisk(n, stays ? Integer.MAX_VALUE : n)) {
      if (!disk.tryTo(() -> longs().open(path).close())) {
        disk.makeSpace();
        longs().open(path).close();
      }
      try (LongSyncStore store = longs().open(path)) {
        for (long key = 0; key < 12_000; key++) {
          long k = key;
          if (disk.tryTo(() -> store.put(k, -k))) {
            model.put(k, -k);
          }
        }
        assertEquals(model, store.asMap());
        assertTrue(store.verify().isClean());
        // An overwrite of an inline value needs no space.
        model.replaceAll((k, v) -> v + 1);
        model.forEach(store::put);
        for (long key = 0; key < 12_000; key += 3) {
          store.remove(key);
          model.remove(key);
        }
        assertEquals(model, store.asMap());
        disk.makeSpace();
        for (long key = 0; key < 12_000; key++) {
          store.put(key, key);
        }
        assertEquals(12_000, store.sizeLong());
        assertTrue(store.verify().isClean());
      }
      return disk.wasFull();
    }
  }
}
