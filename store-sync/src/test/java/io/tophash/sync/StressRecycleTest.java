package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Seeds;
import io.tophash.sync.format.SyncRecordLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Keys that come and go again and again, in blocks that are reused all the time. Each value is
 * stored once in the whole test, and says whose it is. So a reader notices a value that is torn or
 * another key's; and as each value that was stored is either handed out by just one operation that
 * replaced or removed it, or still there at the end, no update is lost or made twice.
 */
@Tag("fast")
@Tag("race")
@Tag("full")
class StressRecycleTest {
  private static final int THREADS = 4;

  /** What one thread has stored, and what it has taken out; counts only. */
  private static final class Ledger {
    private final LongStream.Builder stored = LongStream.builder();
    private final LongStream.Builder taken = LongStream.builder();

    void stored(long number) {
      stored.add(number);
    }

    void taken(long number) {
      taken.add(number);
    }

    static void balance(List<Ledger> ledgers, LongStream left) {
      long[] stored = ledgers.stream().flatMapToLong(l -> l.stored.build()).sorted().toArray();
      LongStream taken = ledgers.stream().flatMapToLong(l -> l.taken.build());
      assertArrayEquals(stored, LongStream.concat(taken, left).sorted().toArray());
    }
  }

  private static long number(int thread, int step) {
    return (long) (thread + 1) << 32 | step;
  }

  private static List<Ledger> ledgers() {
    return Stream.generate(Ledger::new).limit(THREADS).toList();
  }

  @ParameterizedTest
  @CsvSource({"2, 63000, 1", "50, 2000, 1", "1000, 3000, 1", "3000, 63000, 4"})
  void longsOfRecycledKeysAreWholeAndEachIsTakenOnce(int keys, int segmentBytes, int shards) {
    Seeds.run(20, seed -> runLongs(seed, keys, segmentBytes, shards));
  }

  private void runLongs(long seed, int keys, int segmentBytes, int shards) throws Exception {
    try (LongSyncStore store =
        SyncStore.longs()
            .missingValue(-1)
            .shards(shards)
            .windowBytes(1 << 20)
            .maxSegmentBytes(segmentBytes)
            .openTemporary()) {
      List<Ledger> ledgers = ledgers();
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        parallel.worker(
            60_000,
            (random, step) ->
                change(store, random, keys, number(thread, step), ledgers.get(thread)));
      }
      long[] wanted = LongStream.range(0, Math.min(keys, 100)).toArray();
      long[] found = new long[wanted.length];
      parallel.background(
          (random, step) -> {
            long key = random.nextInt(keys);
            long value = store.get(key);
            if (value != -1) {
              Described.check(key, value);
            }
            if (step % 100 == 0) {
              store.getAll(wanted, found, -1);
              for (int i = 0; i < wanted.length; i++) {
                if (found[i] != -1) {
                  Described.check(wanted[i], found[i]);
                }
              }
            }
          });
      parallel.background((random, step) -> Described.verifyMeanwhile(store));
      parallel.run();
      LongStream.Builder left = LongStream.builder();
      store.forEach((key, value) -> left.add(Described.check(key, value)));
      Ledger.balance(ledgers, left.build());
      Described.verifyAtRest(store, store.asMap().entrySet().stream().count());
    }
  }

  private static void change(
      LongSyncStore store, Random random, int keys, long number, Ledger ledger) {
    long key = random.nextInt(keys);
    long value = Described.value(key, number);
    int dice = random.nextInt(100);
    if (dice < 30) {
      ledger.stored(number);
      took(key, store.put(key, value), ledger);
    } else if (dice < 60) {
      took(key, store.remove(key), ledger);
    } else if (dice < 75) {
      if (store.putIfAbsent(key, value) == -1) {
        ledger.stored(number);
      }
    } else {
      long seen = store.get(key);
      if (seen == -1) {
        return;
      }
      Described.check(key, seen);
      if (dice < 90 && store.replace(key, seen, value)) {
        ledger.stored(number);
        took(key, seen, ledger);
      } else if (dice >= 90 && store.remove(key, seen)) {
        took(key, seen, ledger);
      }
    }
  }

  private static void took(long key, long value, Ledger ledger) {
    if (value != -1) {
      ledger.taken(Described.check(key, value));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 16, 16, 6000, 15000",
    "60, 16, 120, 4000, 15000",
    "1000, 100, 100, 6000, 15000",
    "3, 4000, 4000, 20000, 6000",
    "3, 9000, 9000, 20000, 4000",
    "40, 16, 9000, 8000, 6000",
    "200, 4000, 4100, 63000, 4000"
  })
  void recordsOfRecycledKeysAreWholeAndEachIsTakenOnce(
      int keys, int minBytes, int maxBytes, int segmentBytes, int steps) {
    Seeds.run(
        20,
        seed -> {
          Random random = new Random(seed);
          Integer[] sizes = new Integer[8];
          for (int i = 0; i < sizes.length; i++) {
            sizes[i] = minBytes + random.nextInt(maxBytes - minBytes + 1);
          }
          // The largest small record and the smallest large one stand side by side.
          if (minBytes < SyncRecordLayout.MAX_SMALL_BYTES && maxBytes > 4_096) {
            sizes[0] = maxBytes;
            sizes[1] = minBytes;
          }
          runRecords(seed, keys, List.of(sizes), segmentBytes, steps);
        });
  }

  private void runRecords(long seed, int keys, List<Integer> sizes, int segmentBytes, int steps)
      throws Exception {
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(1)
            .windowBytes(4 << 20)
            .maxSegmentBytes(segmentBytes)
            .openTemporary()) {
      List<Ledger> ledgers = ledgers();
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < THREADS; t++) {
        int thread = t;
        parallel.worker(
            steps,
            (random, step) -> {
              String key = "key-" + random.nextInt(keys);
              int bytes = sizes.get(random.nextInt(sizes.size()));
              change(store, random, key, number(thread, step), bytes, ledgers.get(thread));
            });
      }
      parallel.background(
          (random, step) -> {
            String key = "key-" + random.nextInt(keys);
            byte[] value = store.get(key);
            if (value != null) {
              Described.check(key, value);
            }
          });
      parallel.background((random, step) -> Described.verifyMeanwhile(store));
      parallel.run();
      LongStream.Builder left = LongStream.builder();
      List<String> walked = new ArrayList<>();
      BiConsumer<String, byte[]> visitor =
          (key, value) -> {
            left.add(Described.check(key, value));
            walked.add(key);
          };
      store.forEach(visitor);
      Ledger.balance(ledgers, left.build());
      assertTrue(walked.stream().distinct().count() == walked.size(), "a key was delivered twice");
      Described.verifyAtRest(store, walked.size());
    }
  }

  private static void change(
      SyncStore<String, byte[]> store,
      Random random,
      String key,
      long number,
      int bytes,
      Ledger ledger) {
    int dice = random.nextInt(100);
    byte[] value = Described.value(key, number, bytes);
    if (dice < 30) {
      ledger.stored(number);
      took(key, store.put(key, value), ledger);
    } else if (dice < 55) {
      took(key, store.remove(key), ledger);
    } else if (dice < 65) {
      if (store.putIfAbsent(key, value) == null) {
        ledger.stored(number);
      }
    } else if (dice < 75) {
      byte[] previous = store.replace(key, value);
      if (previous != null) {
        ledger.stored(number);
        took(key, previous, ledger);
      }
    } else {
      byte[] seen = store.get(key);
      if (seen == null) {
        return;
      }
      Described.check(key, seen);
      if (dice < 90 && store.replace(key, seen, value)) {
        ledger.stored(number);
        took(key, seen, ledger);
      } else if (dice >= 90 && store.remove(key, seen)) {
        took(key, seen, ledger);
      }
    }
  }

  private static void took(String key, byte[] value, Ledger ledger) {
    if (value != null) {
      ledger.taken(Described.check(key, value));
    }
  }
}
