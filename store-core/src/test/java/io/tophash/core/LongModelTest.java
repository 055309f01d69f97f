package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Seeds;
import io.tophash.core.testing.TestHashes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The primitive store against a model, up to a million entries. */
@Tag("fast")
@Tag("contract")
class LongModelTest {
  private static final long MISSING = -77;

  @TempDir Path directory;

  @Test
  void primitiveOperationsBehaveAsThoseOfAMap() {
    int[] run = new int[1];
    Seeds.run(50, seed -> random(seed, directory.resolve("random" + run[0]++)));
  }

  private void random(long seed, Path path) {
    Random random = new Random(seed);
    Map<Long, Long> model = new HashMap<>();
    try (HashStore<Long, Long> map =
        HashStore.builder(Codecs.int64(), Codecs.int64())
            .hashes(random.nextBoolean() ? TestHashes.standard() : TestHashes.truncated(5, 3))
            .windowBytes(1L << 16 + random.nextInt(5))
            .open(path)) {
      LongHashStore store = new LongHashStore(map, MISSING);
      assertEquals(MISSING, store.missingValue());
      for (int i = 0; i < 20_000; i++) {
        long key = random.nextInt(i < 10_000 ? 2_000 : 100);
        long value = random.nextInt(50);
        switch (random.nextInt(9)) {
          case 0, 1, 2 -> {
            Long before = model.put(key, value);
            assertEquals(before == null ? MISSING : before, store.put(key, value));
          }
          case 3 -> {
            Long before = model.remove(key);
            assertEquals(before == null ? MISSING : before, store.remove(key));
          }
          case 4 -> assertEquals(model.merge(key, value, Long::sum), store.addAndGet(key, value));
          case 5 -> assertEquals(model.getOrDefault(key, MISSING), store.get(key));
          case 6 -> assertEquals(model.getOrDefault(key, 5L), store.getOrDefault(key, 5));
          case 7 -> assertEquals(model.containsKey(key), store.containsKey(key));
          default -> {
            if (i % 50 == 0) {
              getAll(random, model, store);
            }
          }
        }
        assertEquals(model.size(), store.sizeLong());
        assertEquals(model.isEmpty(), store.isEmpty());
      }
      range(model, store);
      assertEquals(model, store.asMap());
      assertClean(map);
    }
  }

  private static void getAll(Random random, Map<Long, Long> model, LongHashStore store) {
    long[] keys = random.longs(random.nextInt(100), 0, 2_000).toArray();
    long[] values = new long[keys.length + random.nextInt(2)];
    int found = store.getAll(keys, values, -5);
    int expected = 0;
    for (int k = 0; k < keys.length; k++) {
      assertEquals(model.getOrDefault(keys[k], -5L), values[k]);
      expected += model.containsKey(keys[k]) ? 1 : 0;
    }
    assertEquals(expected, found);
    if (keys.length > 0) {
      assertThrows(
          IllegalArgumentException.class, () -> store.getAll(keys, new long[keys.length - 1], 0));
    }
  }

  private static void range(Map<Long, Long> model, LongHashStore store) {
    Set<Long> seen = new HashSet<>();
    store.range(
        (key, value) -> {
          assertEquals(model.get(key), value);
          return seen.add(key);
        });
    assertEquals(model.keySet(), seen);
  }

  @Test
  void aMillionEntriesGrowFromNothingAndSurviveReopening() {
    int n = 1_000_000;
    Path path = directory.resolve("million");
    long[] model = new long[n];
    try (LongHashStore store = HashStore.longs().missingValue(MISSING).open(path)) {
      for (int i = 0; i < n; i++) {
        assertEquals(MISSING, store.put(keyOf(i), i));
        model[i] = i;
      }
      for (int i = 0; i < n; i += 3) {
        assertEquals(i, store.remove(keyOf(i)));
        model[i] = MISSING;
      }
      for (int i = 0; i < n; i += 2) {
        store.put(keyOf(i), -i);
        model[i] = -i;
      }
      compare(model, store);
    }
    try (LongHashStore store = HashStore.longs().missingValue(MISSING).open(path)) {
      compare(model, store);
      store.clear();
      assertTrue(store.isEmpty());
      store.compact();
      assertTrue(store.verify().isClean());
    }
  }

  private static long keyOf(int i) {
    return i * 0x9E3779B97F4A7C15L;
  }

  private static void compare(long[] model, LongHashStore store) {
    long[] keys = new long[model.length];
    long entries = 0;
    for (int i = 0; i < model.length; i++) {
      keys[i] = keyOf(i);
      entries += model[i] == MISSING ? 0 : 1;
      assertEquals(model[i], store.get(keys[i]));
    }
    long[] values = new long[keys.length];
    assertEquals(entries, store.getAll(keys, values, MISSING));
    assertTrue(java.util.Arrays.equals(model, values));
    assertEquals(entries, store.sizeLong());
    long[] visited = new long[1];
    store.range((key, value) -> ++visited[0] > 0);
    assertEquals(entries, visited[0]);
    assertTrue(store.verify().isClean());
  }
}
