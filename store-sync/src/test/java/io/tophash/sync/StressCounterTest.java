package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Seeds;
import io.tophash.sync.format.SegmentLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Counters that several threads add one to, by all the methods that can, while other keys come and
 * go in the same segments. As each addition has a result of its own, the results for a key must be
 * just the numbers up to their count: no update is lost, none is made twice.
 */
@Tag("fast")
@Tag("race")
@Tag("full")
class StressCounterTest {
  private static final int THREADS = 4;

  /** All results that the threads have got, by counter. */
  private static final class Results {
    private final long[][] results;
    private final AtomicInteger[] counts;

    Results(int counters, int most) {
      results = new long[counters][most];
      counts = new AtomicInteger[counters];
      Arrays.setAll(counts, i -> new AtomicInteger());
    }

    void add(int counter, long result) {
      results[counter][counts[counter].getAndIncrement()] = result;
    }

    void check(long start, java.util.function.LongUnaryOperator counterValue) {
      for (int i = 0; i < counts.length; i++) {
        int n = counts[i].get();
        long[] got = Arrays.copyOf(results[i], n);
        for (int j = 0; j < n; j++) {
          got[j] -= start;
        }
        Arrays.sort(got);
        assertArrayEquals(LongStream.rangeClosed(1, n).toArray(), got, "counter " + i);
        org.junit.jupiter.api.Assertions.assertEquals(start + n, counterValue.applyAsLong(i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 63000, 0", "5, 2000, 0", "5, 2000, NIL", "300, 3000, 0", "300, 63000, NIL"})
  void additionsToLongsAreNeitherLostNorMadeTwice(int counters, int segmentBytes, String start) {
    // The second start lets the counters pass the number that stands for a deleted entry.
    long from = start.equals("NIL") ? SegmentLayout.USUAL_NIL - 20 : 0;
    Seeds.run(20, seed -> runLongs(seed, counters, segmentBytes, from));
  }

  private void runLongs(long seed, int counters, int segmentBytes, long start) throws Exception {
    int steps = 60_000;
    Results results = new Results(counters, THREADS * steps);
    try (LongSyncStore store =
        SyncStore.longs()
            .shards(1)
            .windowBytes(1 << 20)
            .maxSegmentBytes(segmentBytes)
            .openTemporary()) {
      for (int i = 0; i < counters; i++) {
        store.put(i, start);
      }
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < THREADS; t++) {
        parallel.worker(
            steps,
            (random, step) -> {
              int counter = random.nextInt(counters);
              results.add(counter, addOne(store, random, counter));
            });
      }
      parallel.background((random, step) -> churn(store, random));
      parallel.background(
          (random, step) -> {
            store.get(random.nextInt(2 * counters));
            if (step % 10_000 == 0) {
              Described.verifyMeanwhile(store);
            }
          });
      parallel.run();
      results.check(start, store::get);
      for (long key = 1_000; key < 3_000; key++) {
        store.remove(key);
      }
      Described.verifyAtRest(store, counters);
    }
  }

  private static void churn(LongSyncStore store, Random random) {
    long key = 1_000 + random.nextInt(2_000);
    if (random.nextInt(3) == 0) {
      store.remove(key);
    } else {
      store.put(key, random.nextInt(4) == 0 ? SegmentLayout.USUAL_NIL : random.nextLong());
    }
  }

  private static long addOne(LongSyncStore store, Random random, long key) {
    switch (random.nextInt(6)) {
      case 0:
        return store.getAndAdd(key, 1) + 1;
      case 1:
        return store.asMap().compute(key, (k, v) -> v + 1);
      case 2:
        return store.asMap().merge(key, 1L, Long::sum);
      case 3:
        while (true) {
          long seen = store.get(key);
          if (store.replace(key, seen, seen + 1)) {
            return seen + 1;
          }
        }
      default:
        return store.addAndGet(key, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 16, 6000", "4, 100, 6000", "4, 4000, 20000", "3, 9000, 20000", "200, 100, 6000"})
  void additionsToRecordsAreNeitherLostNorMadeTwice(int counters, int bytes, int segmentBytes) {
    Seeds.run(20, seed -> runRecords(seed, counters, bytes, segmentBytes));
  }

  private void runRecords(long seed, int counters, int bytes, int segmentBytes) throws Exception {
    int steps = bytes > 1000 ? 4_000 : 20_000;
    Results results = new Results(counters, THREADS * steps);
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(1)
            .windowBytes(4 << 20)
            .maxSegmentBytes(segmentBytes)
            .openTemporary()) {
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < THREADS; t++) {
        parallel.worker(
            steps,
            (random, step) -> {
              int counter = random.nextInt(counters);
              results.add(counter, addOne(store, random, "counter-" + counter, bytes));
            });
      }
      List<Integer> sizes = List.of(16, 100, 700, 4_090, 9_000);
      parallel.background(
          (random, step) -> {
            String key = "other-" + random.nextInt(60);
            if (random.nextInt(3) == 0) {
              store.delete(key);
            } else {
              store.set(key, Described.value(key, step, sizes.get(random.nextInt(sizes.size()))));
            }
          });
      parallel.background(
          (random, step) -> {
            String key = "other-" + random.nextInt(60);
            byte[] value = store.get(key);
            if (value != null) {
              Described.check(key, value);
            }
            if (step % 3_000 == 0) {
              Described.verifyMeanwhile(store);
            }
          });
      parallel.run();
      results.check(
          0,
          i -> {
            byte[] value = store.get("counter-" + i);
            return value == null ? 0 : Described.check("counter-" + i, value);
          });
      Described.verifyAtRest(store, store.entrySet().stream().count());
    }
  }

  private static long addOne(
      SyncStore<String, byte[]> store, Random random, String key, int bytes) {
    byte[] one = Described.value(key, 1, bytes);
    switch (random.nextInt(3)) {
      case 0:
        return Described.check(key, store.compute(key, (k, v) -> next(k, v, bytes)));
      case 1:
        return Described.check(key, store.merge(key, one, (v, w) -> next(key, v, bytes)));
      default:
        while (true) {
          byte[] seen = store.get(key);
          byte[] next = next(key, seen, bytes);
          if (seen == null
              ? store.putIfAbsent(key, next) == null
              : store.replace(key, seen, next)) {
            return Described.check(key, next);
          }
        }
    }
  }

  private static byte[] next(String key, byte[] value, int bytes) {
    return Described.value(key, value == null ? 1 : Described.check(key, value) + 1, bytes);
  }
}
