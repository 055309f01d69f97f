package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Seeds;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Growth from nothing, deletion of nearly all and clearing, with readers and the verifier beside.
 */
@Tag("fast")
@Tag("race")
@Tag("full")
class StressGrowthTest {
  private static final int THREADS = 3;

  @ParameterizedTest
  @CsvSource({"1, 63000, 60000", "1, 3000, 30000", "16, 63000, 100000"})
  void longsThatWereAcknowledgedAreFoundWhileTheStoreGrowsAndShrinks(
      int shards, int segmentBytes, int keys) {
    Seeds.run(10, seed -> runLongs(seed, shards, segmentBytes, keys));
  }

  /** Batches fetch lines of segments that others rebuild and split meanwhile. */
  @ParameterizedTest
  @CsvSource({"1, 3000", "4, 63000"})
  void batchesStoreAllWhileOthersMoveTheSegments(int shards, int segmentBytes) {
    Seeds.run(
        3,
        seed -> {
          try (LongSyncStore store =
              SyncStore.longs()
                  .missingValue(-1)
                  .shards(shards)
                  .windowBytes(1 << 20)
                  .maxSegmentBytes(segmentBytes)
                  .openTemporary()) {
            Parallel parallel = new Parallel(seed);
            for (int t = 0; t < THREADS; t++) {
              int thread = t;
              parallel.worker(
                  200,
                  (random, step) -> {
                    long[] keys = new long[100];
                    long[] values = new long[100];
                    for (int i = 0; i < keys.length; i++) {
                      keys[i] = key(thread, step * 100 + i);
                      values[i] = Described.value(keys[i], step);
                    }
                    store.putAll(keys, values);
                    assertEquals(keys.length, store.getAll(keys, values, -1));
                    for (int i = 0; i < keys.length; i++) {
                      Described.check(keys[i], values[i]);
                    }
                  });
            }
            parallel.run();
            assertEquals(THREADS * 20_000, store.sizeLong());
            assertTrue(store.verify().isClean());
          }
        });
  }

  private void runLongs(long seed, int shards, int segmentBytes, int keys) throws Exception {
    // For each thread, the keys below the first bound are there, those from the second on are not.
    AtomicLongArray inserted = new AtomicLongArray(THREADS * 64);
    AtomicLongArray removed = new AtomicLongArray(THREADS * 64);
    try (LongSyncStore store =
        SyncStore.longs()
            .missingValue(-1)
            .shards(shards)
            .windowBytes(1 << 20)
            .maxSegmentBytes(segmentBytes)
            .openTemporary()) {
      Parallel parallel = new Parallel(seed);
      int each = keys / THREADS;
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        parallel.worker(
            each + each * 9 / 10,
            (random, step) -> {
              if (step < each) {
                long key = key(thread, step);
                assertEquals(-1, store.put(key, Described.value(key, step)));
                inserted.set(64 * thread, step + 1);
              } else {
                int index = step - each;
                removed.set(64 * thread, index + 1);
                Described.check(key(thread, index), store.remove(key(thread, index)));
              }
            });
      }
      parallel.background(
          (random, step) -> {
            int thread = random.nextInt(THREADS);
            long below = inserted.get(64 * thread);
            long key = key(thread, random.nextInt(each));
            long value = store.get(key);
            long gone = removed.get(64 * thread);
            if (value != -1) {
              Described.check(key, value);
            } else {
              long index = key >>> 8;
              assertTrue(index >= below || index < gone, "a key is not found");
            }
          });
      parallel.background((random, step) -> Described.verifyMeanwhile(store));
      parallel.run();
      Described.verifyAtRest(store, (long) THREADS * (each - each * 9 / 10));
      assertTrue(store.stats().splits() > 0);
    }
  }

  private static long key(int thread, int index) {
    return (long) index << 8 | thread;
  }

  @ParameterizedTest
  @CsvSource({"16, 3000", "100, 8000", "9000, 20000"})
  void recordsAreWholeWhileTheStoreIsClearedAgainAndAgain(int bytes, int segmentBytes) {
    Seeds.run(10, seed -> runClears(seed, bytes, segmentBytes));
  }

  private void runClears(long seed, int bytes, int segmentBytes) throws Exception {
    int keys = bytes > 4_000 ? 40 : 800;
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(2)
            .windowBytes(4 << 20)
            .maxSegmentBytes(segmentBytes)
            .openTemporary()) {
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < THREADS; t++) {
        parallel.worker(
            bytes > 4_000 ? 4_000 : 30_000,
            (random, step) -> {
              String key = "key-" + random.nextInt(keys);
              byte[] found;
              switch (random.nextInt(4)) {
                case 0 -> found = store.remove(key);
                case 1 -> found = store.get(key);
                default -> found = store.put(key, Described.value(key, step, bytes));
              }
              if (found != null) {
                Described.check(key, found);
              }
              if (step % 1_000 == 999) {
                store.clear();
              }
            });
      }
      parallel.background((random, step) -> store.forEach(Described::check));
      parallel.background(
          (random, step) -> {
            Described.verifyMeanwhile(store);
            assertTrue(store.stats().segments() >= 2);
            long size = store.sizeLong();
            assertTrue(size >= 0 && size <= keys + THREADS, "size " + size);
          });
      parallel.run();
      Described.verifyAtRest(store, store.entrySet().stream().count());
      store.clear();
      Described.verifyAtRest(store, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"100000", "400000"})
  void theVerifierFindsNothingBesideWritersOfHugeRecords(int bytes) {
    Seeds.run(5, seed -> runHuge(seed, bytes));
  }

  private void runHuge(long seed, int bytes) throws Exception {
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(4)
            .windowBytes(4 << 20)
            .openTemporary()) {
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < THREADS; t++) {
        parallel.worker(
            600,
            (random, step) -> {
              String key = "key-" + random.nextInt(20);
              byte[] found;
              switch (random.nextInt(4)) {
                case 0 -> found = store.remove(key);
                case 1 -> found = store.get(key);
                default -> {
                  int length = random.nextInt(4) == 0 ? 100 : bytes - random.nextInt(bytes / 2);
                  found = store.put(key, Described.value(key, step, length));
                }
              }
              if (found != null) {
                Described.check(key, found);
              }
            });
      }
      parallel.background((random, step) -> Described.verifyMeanwhile(store));
      parallel.background((random, step) -> store.forEach(Described::check));
      parallel.run();
      Described.verifyAtRest(store, store.entrySet().stream().count());
    }
  }
}
