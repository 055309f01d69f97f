package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.testing.Seeds;
import io.tophash.core.testing.TestHashes;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Walks beside writers: while keys come and go, segments are rebuilt, split and merged, and values
 * are overwritten, each key that stays is delivered exactly once, any other at most once, and each
 * value is whole and its key's.
 */
@Tag("fast")
@Tag("race")
@Tag("full")
class StressWalkTest {
  private record Case(
      String name,
      KeyHash.Factory hashes,
      int stable,
      int others,
      int segmentBytes,
      List<Integer> sizes) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<Integer> small = List.of(16, 30, 100);
    List<Integer> large = List.of(100, 4_100, 9_000);
    return Stream.of(
        new Case("one segment", TestHashes.standard(), 20, 60, 63_000, small),
        new Case("tiny segments", TestHashes.standard(), 300, 900, 3_000, small),
        new Case("larger segments", TestHashes.standard(), 300, 3_000, 20_000, small),
        new Case("one hash for all", TestHashes.constant(), 20, 40, 3_000, small),
        new Case("few large", TestHashes.standard(), 4, 4, 20_000, List.of(9_000)),
        new Case("large and small", TestHashes.standard(), 40, 80, 6_000, large),
        new Case("large of one hash", TestHashes.constant(), 6, 6, 8_000, large));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void walksOverRecordsDeliverEachStableKeyOnce(Case c) {
    Seeds.run(20, seed -> runRecords(seed, c));
  }

  private void runRecords(long seed, Case c) throws Exception {
    boolean large = c.sizes.contains(9_000);
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(1)
            .hashes(c.hashes)
            .windowBytes(4 << 20)
            .maxSegmentBytes(c.segmentBytes)
            .openTemporary()) {
      for (int i = 0; i < c.stable; i++) {
        store.set("stable-" + i, Described.value("stable-" + i, 0, c.sizes.get(0)));
      }
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < 2; t++) {
        parallel.background(
            (random, step) -> {
              int bytes = c.sizes.get(random.nextInt(c.sizes.size()));
              // Half the time all but the stable keys go, so that segments are merged.
              boolean growing = (step & 4_096) == 0;
              if (random.nextInt(3) == 0) {
                String key = "stable-" + random.nextInt(c.stable);
                store.set(key, Described.value(key, step, bytes));
              } else {
                String key = "other-" + random.nextInt(c.others);
                if (random.nextInt(4) == 0 == growing) {
                  store.delete(key);
                } else {
                  store.set(key, Described.value(key, step, bytes));
                }
              }
            });
      }
      for (int t = 0; t < 2; t++) {
        parallel.worker(large ? 400 : 1_000, (random, step) -> walk(store, random, c, step));
      }
      parallel.run();
      Described.verifyAtRest(store, walk(store, new Random(seed), c, 2));
    }
  }

  private static int walk(SyncStore<String, byte[]> store, Random random, Case c, int step) {
    Set<String> seen = new HashSet<>();
    store.range(
        (key, value) -> {
          Described.check(key, value);
          assertTrue(seen.add(key), () -> "delivered twice: " + key);
          if (step % 3 == 0 && random.nextInt(20) == 0) {
            nested(store, random, c);
          }
          return true;
        });
    for (int i = 0; i < c.stable; i++) {
      assertTrue(seen.contains("stable-" + i), "a key that stays was not delivered, key=" + i);
    }
    return seen.size();
  }

  /** What a visitor may do: anything. */
  private static void nested(SyncStore<String, byte[]> store, Random random, Case c) {
    String other = "other-" + random.nextInt(c.others);
    switch (random.nextInt(5)) {
      case 0 -> store.put(other, Described.value(other, 7, c.sizes.get(0)));
      case 1 -> store.remove(other);
      case 2 -> store.merge(other, Described.value(other, 8, 16), (v, w) -> w);
      case 3 -> {
        byte[] value = store.get(other);
        if (value != null) {
          Described.check(other, value);
        }
      }
      default ->
          store.forEach(
              (key, value) -> {
                Described.check(key, value);
                store.containsKey(key);
              });
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void walksOverLongsDeliverEachStableKeyOnce(Case c) {
    Seeds.run(20, seed -> runLongs(seed, c));
  }

  private void runLongs(long seed, Case c) throws Exception {
    try (LongSyncStore store =
        SyncStore.longs()
            .shards(1)
            .hashes(c.hashes)
            .windowBytes(1 << 20)
            .maxSegmentBytes(c.segmentBytes)
            .openTemporary()) {
      IntStream.range(0, c.stable).forEach(i -> store.set(i, Described.value((long) i, 0)));
      Parallel parallel = new Parallel(seed);
      for (int t = 0; t < 2; t++) {
        parallel.background(
            (random, step) -> {
              boolean growing = (step & 4_096) == 0;
              long key = random.nextInt(c.stable);
              if (random.nextInt(3) != 0) {
                key = c.stable + random.nextInt(c.others);
                if (random.nextInt(4) == 0 == growing) {
                  store.delete(key);
                  return;
                }
              }
              store.set(key, Described.value(key, step));
            });
      }
      for (int t = 0; t < 2; t++) {
        parallel.worker(2_000, (random, step) -> walk(store, c.stable));
      }
      parallel.run();
      Described.verifyAtRest(store, walk(store, c.stable));
    }
  }

  private static int walk(LongSyncStore store, int stable) {
    BitSet seen = new BitSet();
    store.range(
        (key, value) -> {
          Described.check(key, value);
          assertTrue(!seen.get((int) key), () -> "delivered twice: " + key);
          seen.set((int) key);
          return true;
        });
    assertEquals(stable, seen.nextClearBit(0) < stable ? seen.nextClearBit(0) : stable);
    return seen.cardinality();
  }
}
