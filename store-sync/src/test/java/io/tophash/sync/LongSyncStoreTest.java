package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
@Tag("contract")
class LongSyncStoreTest {
  private static final long MISSING = -7;

  @Test
  void anAbsentKeyIsTheMissingValue() {
    try (LongSyncStore store = OneShard.longs(MISSING)) {
      assertEquals(MISSING, store.missingValue());
      assertEquals(MISSING, store.get(1));
      assertEquals(5, store.getOrDefault(1, 5));
      assertFalse(store.containsKey(1));
      assertEquals(MISSING, store.put(1, 10));
      assertEquals(10, store.put(1, 11));
      assertEquals(11, store.putIfAbsent(1, 12));
      assertEquals(MISSING, store.putIfAbsent(2, 20));
      assertEquals(11, store.remove(1));
      assertEquals(MISSING, store.remove(1));
      assertTrue(store.delete(2));
      assertFalse(store.delete(2));
      store.set(3, MISSING);
      assertTrue(store.containsKey(3), "the missing value may be stored");
      assertEquals(MISSING, store.getOrDefault(3, 5));
      assertEquals(1, store.sizeLong());
      store.clear();
      assertTrue(store.isEmpty());
    }
  }

  @Test
  void compareAndSetLooksAtTheValue() {
    try (LongSyncStore store = OneShard.longs(MISSING)) {
      assertFalse(store.replace(1, MISSING, 2), "absent is not the missing value");
      assertFalse(store.remove(1, MISSING));
      store.set(1, 0);
      assertTrue(store.replace(1, 0, Long.MIN_VALUE));
      assertFalse(store.replace(1, 0, 3));
      assertFalse(store.remove(1, 0));
      assertTrue(store.remove(1, Long.MIN_VALUE));
      assertTrue(store.isEmpty());
    }
  }

  @Test
  void putAllOfManyStoresEachPairAndTheLaterOfEqualKeys() {
    int count = 300_000;
    long[] keys = new long[count];
    long[] values = new long[count];
    Map<Long, Long> model = new HashMap<>();
    Random random = new Random(5);
    for (int i = 0; i < count; i++) {
      keys[i] = random.nextInt(2 * count / 3);
      values[i] = i;
      model.put(keys[i], values[i]);
    }
    try (LongSyncStore store = SyncStore.longs().openTemporary()) {
      store.putAll(keys, values);
      assertEquals(model.size(), store.sizeLong());
      model.forEach((key, value) -> assertEquals(value, store.get(key)));
      assertTrue(store.verify().isClean());
    }
  }

  @Test
  void putAllStoresEachPairInOrder() {
    Map<Long, Long> model = new HashMap<>();
    Random random = new Random(7);
    try (LongSyncStore store = OneShard.longs(MISSING)) {
      for (int length : new int[] {0, 1, 31, 32, 33, 1_000, 5_000}) {
        long[] keys = random.longs(length, 0, 4_000).toArray();
        long[] values = random.longs(length).toArray();
        store.putAll(keys, values);
        for (int i = 0; i < length; i++) {
          model.put(keys[i], values[i]);
        }
        assertEquals(model, new HashMap<>(store.asMap()));
      }
      long[] same = {5, 5, 6};
      store.putAll(same, same.clone());
      store.putAll(same, same);
      assertEquals(5, store.get(5));
      Exception e =
          assertThrows(
              IllegalArgumentException.class, () -> store.putAll(new long[2], new long[1]));
      assertEquals("there must be one value for each key, keys=2 values=1", e.getMessage());
      assertThrows(NullPointerException.class, () -> store.putAll(null, new long[1]));
    }
  }

  @Test
  void addingCountsAnAbsentKeyAsZero() {
    try (LongSyncStore store = OneShard.longs(MISSING)) {
      assertEquals(5, store.addAndGet(1, 5));
      assertEquals(5, store.getAndAdd(1, -7));
      assertEquals(-2, store.get(1));
      assertEquals(0, store.getAndAdd(2, 0));
      assertTrue(store.containsKey(2));
      assertEquals(Long.MIN_VALUE, store.addAndGet(3, Long.MIN_VALUE));
      assertEquals(Long.MAX_VALUE, store.addAndGet(3, -1), "it wraps as a long does");
    }
  }

  @Test
  void everyLongIsAKeyAndAValue() {
    long[] numbers = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, 1L << 32};
    try (LongSyncStore store = OneShard.longs(0)) {
      for (long key : numbers) {
        for (long value : numbers) {
          store.set(key, value);
          assertTrue(store.containsKey(key));
          assertEquals(value, store.getOrDefault(key, ~value));
        }
      }
      assertEquals(numbers.length, store.sizeLong());
    }
  }

  @Test
  void getAllAnswersBatchesOfAnySize() {
    try (LongSyncStore store = OneShard.longs(MISSING)) {
      for (int i = 0; i < 1000; i += 2) {
        store.set(i, -i);
      }
      for (int n : new int[] {0, 1, 31, 32, 33, 1000}) {
        long[] keys = new long[n];
        long[] expected = new long[n];
        for (int i = 0; i < n; i++) {
          keys[i] = i;
          expected[i] = i % 2 == 0 ? -i : 99;
        }
        long[] values = new long[n];
        assertEquals((n + 1) / 2, store.getAll(keys, values, 99));
        assertArrayEquals(expected, values);
      }
      assertThrows(IllegalArgumentException.class, () -> store.getAll(new long[2], new long[1], 0));
    }
  }

  @Test
  void walksDeliverEachEntryOnceAndEndOnDemand() {
    try (LongSyncStore store = OneShard.longs(MISSING)) {
      Map<Long, Long> model = new HashMap<>();
      for (long i = 0; i < 5000; i++) {
        store.set(i * 31, i);
        model.put(i * 31, i);
      }
      Map<Long, Long> seen = new HashMap<>();
      store.forEach((key, value) -> assertEquals(null, seen.put(key, value)));
      assertEquals(model, seen);
      assertEquals(model, store.asMap());
      int[] visits = new int[1];
      store.range((key, value) -> ++visits[0] < 10);
      assertEquals(10, visits[0]);
    }
  }
}
