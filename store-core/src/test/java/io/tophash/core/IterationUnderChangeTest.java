package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.testing.TestHashes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an iteration promises while the same thread changes the store: an entry that stays is
 * delivered once, with its latest value; a deleted one not after its deletion; a new one at most
 * once.
 */
@Tag("fast")
@Tag("contract")
class IterationUnderChangeTest {
  static List<KeyHash.Factory> hashes() {
    return List.of(
        TestHashes.standard(),
        TestHashes.constant(),
        TestHashes.truncated(3, 2),
        TestHashes.truncated(6, 0),
        TestHashes.truncated(0, 6));
  }

  private static HashStore<Long, Long> open(KeyHash.Factory hashes, int expectedEntries) {
    return HashStore.builder(Codecs.int64(), Codecs.int64())
        .hashes(hashes)
        .expectedEntries(expectedEntries)
        .openTemporary();
  }

  /** Runs a walk of either kind; the visitor may change the store. */
  private static void walk(HashStore<Long, Long> store, int kind, BiConsumer<Long, Long> visitor) {
    if (kind == 0) {
      store.forEach(visitor);
    } else if (kind == 1) {
      new LongHashStore(store, 0)
          .range(
              (key, value) -> {
                visitor.accept(key, value);
                return true;
              });
    } else {
      // Without hasNext(), which would reach the next entry ahead of the visitor's changes.
      Iterator<Map.Entry<Long, Long>> iterator = store.entrySet().iterator();
      while (true) {
        Map.Entry<Long, Long> entry;
        try {
          entry = iterator.next();
        } catch (java.util.NoSuchElementException e) {
          return;
        }
        visitor.accept(entry.getKey(), entry.getValue());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("hashes")
  void randomChangesDuringAWalkKeepItsPromises(KeyHash.Factory hashes) {
    boolean constant = hashes.name().equals("constant");
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      int initial = random.nextInt(constant ? 60 : 400);
      try (HashStore<Long, Long> store = open(hashes, random.nextInt(2) * initial)) {
        Map<Long, Long> model = new HashMap<>();
        for (long n = 0; n < initial; n++) {
          store.set(n, n);
          model.put(n, n);
        }
        Set<Long> stable = new HashSet<>(model.keySet());
        Set<Long> seen = new HashSet<>();
        long[] next = {1000};
        int growBy = random.nextInt(constant ? 3 : 9);
        int where = seed;
        walk(
            store,
            seed % 3,
            (key, value) -> {
              assertTrue(seen.add(key), () -> "twice: key=" + key + " seed=" + where);
              assertEquals(model.get(key), value, () -> "key=" + key + " seed=" + where);
              for (int i = 0; i < growBy && next[0] < 4000; i++) {
                store.set(next[0], next[0]);
                model.put(next[0], next[0]);
                next[0]++;
              }
              long other = random.nextInt(initial + 1);
              if (random.nextInt(3) == 0) {
                assertEquals(model.remove(other), store.remove(other));
                stable.remove(other);
              } else if (model.containsKey(other)) {
                store.put(other, -(long) random.nextInt(1000));
                model.put(other, store.get(other));
              }
              if (random.nextInt(10) == 0 && model.remove(other) != null) {
                // Deleted and back: it may appear, but not twice.
                store.remove(other);
                stable.remove(other);
                if (!seen.contains(other)) {
                  store.put(other, 7L);
                  model.put(other, 7L);
                }
              }
            });
        for (long key : stable) {
          assertTrue(seen.contains(key), () -> "missed: key=" + key + " seed=" + where);
        }
        assertClean(store);
        assertEquals(model, store);
      }
    }
  }

  @Test
  void severalDoublingsDuringOneWalkMissNothing() {
    for (int kind = 0; kind < 3; kind++) {
      for (int start = 1; start <= 60; start += 13) {
        try (HashStore<Long, Long> store = open(TestHashes.standard(), 0)) {
          for (long n = 0; n < start; n++) {
            store.set(n, n);
          }
          long before = store.stats().buckets();
          Set<Long> seen = new HashSet<>();
          long[] next = {1_000};
          walk(
              store,
              kind,
              (key, value) -> {
                assertTrue(seen.add(key), () -> "twice: key=" + key);
                for (int i = 0; i < 300 && next[0] < 12_000; i++) {
                  store.set(next[0], next[0]++);
                }
              });
          for (long n = 0; n < start; n++) {
            assertTrue(seen.contains(n), "missed: key=" + n);
          }
          if (start > 1) {
            assertTrue(store.stats().buckets() >= 4 * before, "several doublings");
          }
        }
      }
    }
  }

  @Test
  void growthToTheSameSizeDuringAWalkMissesNothing() {
    for (int kind = 0; kind < 3; kind++) {
      for (int round = 0; round < 30; round++) {
        try (HashStore<Long, Long> store = open(TestHashes.truncated(2, 6), 26)) {
          for (long n = 0; n < 20; n++) {
            store.set(n, n);
          }
          Set<Long> seen = new HashSet<>();
          boolean[] sameSize = new boolean[1];
          long[] next = {100};
          walk(
              store,
              kind,
              (key, value) -> {
                assertTrue(seen.add(key) || key >= 100, () -> "twice: key=" + key);
                // Chains get longer and empty again: overflow buckets gather.
                for (int i = 0; i < 60 && next[0] < 3_000; i++) {
                  store.set(next[0], 0L);
                  if (next[0] % 6 == 5) {
                    for (long k = next[0] - 5; k <= next[0]; k++) {
                      store.remove(k);
                    }
                  }
                  next[0]++;
                  sameSize[0] |= store.stats().growing() && store.engine.table.isSameSizeGrowing();
                }
              });
          for (long n = 0; n < 20; n++) {
            assertTrue(seen.contains(n), "missed: key=" + n);
          }
          assertClean(store);
          SAME_SIZE_SEEN[0] |= sameSize[0];
        }
      }
    }
    assertTrue(SAME_SIZE_SEEN[0], "no growth to the same size happened");
  }

  private static final boolean[] SAME_SIZE_SEEN = new boolean[1];

  @ParameterizedTest
  @MethodSource("hashes")
  void whatWasDeletedBeforeItWasReachedIsNotDelivered(KeyHash.Factory hashes) {
    for (int kind = 0; kind < 3; kind++) {
      try (HashStore<Long, Long> store = open(hashes, 0)) {
        for (long n = 0; n < 100; n++) {
          store.set(n, n);
        }
        List<Long> seen = new ArrayList<>();
        walk(
            store,
            kind,
            (key, value) -> {
              seen.add(key);
              if (seen.size() == 10) {
                for (long n = 0; n < 100; n++) {
                  if (n % 10 != 0) {
                    store.remove(n);
                  }
                }
              } else if (seen.size() > 10) {
                assertEquals(0, key % 10, "it was deleted");
              }
            });
        assertTrue(seen.size() <= 20);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("hashes")
  void afterAClearNothingStaleIsDelivered(KeyHash.Factory hashes) {
    for (int kind = 0; kind < 3; kind++) {
      for (int initial : new int[] {5, 53, 60, 200}) {
        try (HashStore<Long, Long> store = open(hashes, initial == 53 ? 27 : 0)) {
          for (long n = 0; n < initial; n++) {
            store.set(n, n);
          }
          int[] seen = new int[1];
          walk(
              store,
              kind,
              (key, value) -> {
                seen[0]++;
                if (seen[0] == 3) {
                  store.clear();
                  store.set(1_000L, -1L);
                  store.set(1_001L, -1L);
                } else if (seen[0] > 3) {
                  assertTrue(key >= 1_000 && value == -1, () -> "stale: key=" + key);
                }
              });
          assertTrue(seen[0] <= 5);
          assertEquals(2, store.size());
          assertClean(store);
        }
      }
    }
  }

  @Test
  void aCompactionDuringAWalkMissesNothing() {
    for (int kind = 0; kind < 3; kind++) {
      try (HashStore<Long, Long> store =
          HashStore.builder(Codecs.int64(), Codecs.int64()).windowBytes(1 << 16).openTemporary()) {
        for (long n = 0; n < 5_000; n++) {
          store.set(n, n);
        }
        Set<Long> seen = new HashSet<>();
        walk(
            store,
            kind,
            (key, value) -> {
              assertTrue(seen.add(key));
              if (seen.size() % 500 == 0) {
                store.compact();
              }
            });
        assertEquals(5_000, seen.size());
        assertFalse(store.isEmpty());
        assertClean(store);
      }
    }
  }
}
