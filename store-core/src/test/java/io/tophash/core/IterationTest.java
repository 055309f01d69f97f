package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static io.tophash.core.testing.Stores.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.TestHashes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Iteration without changes, its random start, and the iterators of the views. */
@Tag("fast")
@Tag("contract")
class IterationTest {
  private HashStore<Long, Long> store;

  private void open(long expectedEntries) {
    store =
        HashStore.builder(Codecs.int64(), Codecs.int64())
            .hashes(TestHashes.identity())
            .expectedEntries(expectedEntries)
            .openTemporary();
  }

  @AfterEach
  void verifyAndClose() {
    assertClean(store);
    store.close();
  }

  @Test
  void anEmptyStoreHasNothingToVisit() {
    open(100);
    assertFalse(store.entrySet().iterator().hasNext());
    assertThrows(NoSuchElementException.class, () -> store.keySet().iterator().next());
    store.forEach((key, value) -> assertEquals(null, key));
  }

  @Test
  void aWalkBeginsAtARandomCellAndWrapsOnce() {
    open(0);
    for (int n = 0; n < 8; n++) {
      store.set(key(9, n, 0), (long) n);
    }
    Set<Long> first = new HashSet<>();
    for (int i = 0; i < 400; i++) {
      List<Long> order = new ArrayList<>(store.values());
      first.add(order.get(0));
      List<Long> rotated = new ArrayList<>(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L));
      Collections.rotate(rotated, -order.get(0).intValue());
      assertEquals(rotated, order);
    }
    assertEquals(8, first.size());
  }

  @Test
  void aWalkBeginsAtARandomBucketAndWrapsOnce() {
    open(52);
    for (int bucket = 0; bucket < 8; bucket++) {
      store.set(key(9, 1, bucket), (long) bucket);
    }
    Set<Long> first = new HashSet<>();
    for (int i = 0; i < 400; i++) {
      List<Long> order = new ArrayList<>(store.values());
      first.add(order.get(0));
      List<Long> rotated = new ArrayList<>(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L));
      Collections.rotate(rotated, -order.get(0).intValue());
      assertEquals(rotated, order);
    }
    assertEquals(8, first.size());
  }

  @Test
  void primitiveWalksVaryAsWell() {
    open(52);
    LongHashStore longs = new LongHashStore(store, 0);
    for (int n = 0; n < 40; n++) {
      longs.put(key(9, n, n % 8), n);
    }
    Set<List<Long>> orders = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      List<Long> order = new ArrayList<>();
      longs.range((key, value) -> order.add(value));
      assertEquals(40, new HashSet<>(order).size());
      orders.add(order);
    }
    assertTrue(orders.size() > 10);
  }

  @Test
  void everyEntryIsVisitedOnceAtEveryStepOfAGrowth() {
    open(27);
    Set<Long> expected = new TreeSet<>();
    for (int n = 0; n < 53; n++) {
      store.set(key(9 + n, n, n % 8 + 8 * (n % 3)), (long) n);
      expected.add((long) n);
    }
    int steps = 0;
    while (store.stats().growing()) {
      for (int i = 0; i < 20; i++) {
        List<Long> seen = new ArrayList<>(store.values());
        assertEquals(53, seen.size());
        assertEquals(expected, new TreeSet<>(seen));
      }
      store.remove(key(1, 1, 2));
      assertTrue(++steps < 8, "each step moves at least one of eight chains");
    }
    assertTrue(steps > 1);
  }

  @Test
  void everyEntryIsVisitedOnceWhileAGrowthToTheSameSizeIsUnderWay() {
    open(26);
    store.set(key(9, 9, 3), 9L);
    for (int bucket = 0; bucket < 2; bucket++) {
      for (int n = 0; n < 17; n++) {
        store.set(key(9, n, bucket), 100L * bucket + n);
      }
      for (int n = 0; n < 16; n++) {
        store.remove(key(9, n, bucket));
      }
    }
    store.set(key(9, 50, 2), 50L);
    assertTrue(store.stats().growing());
    for (int i = 0; i < 50; i++) {
      List<Long> seen = new ArrayList<>(store.values());
      Collections.sort(seen);
      assertEquals(List.of(9L, 16L, 50L, 116L), seen);
    }
  }

  @Test
  void aVisitorMayEndTheWalk() {
    open(100);
    for (long n = 0; n < 50; n++) {
      store.set(n, n);
    }
    int[] visited = new int[2];
    store.range((key, value) -> ++visited[0] < 7);
    new LongHashStore(store, 0).range((key, value) -> ++visited[1] < 7);
    assertEquals(7, visited[0]);
    assertEquals(7, visited[1]);
  }

  @Test
  void theIteratorRemovesWhatItDeliveredLast() {
    open(100);
    for (long n = 0; n < 50; n++) {
      store.set(n, n);
    }
    Iterator<Map.Entry<Long, Long>> iterator = store.entrySet().iterator();
    assertThrows(IllegalStateException.class, iterator::remove);
    int visited = 0;
    while (iterator.hasNext()) {
      long key = iterator.next().getKey();
      visited++;
      if (key % 2 == 0) {
        iterator.hasNext();
        iterator.remove();
        assertFalse(store.containsKey(key));
        assertThrows(IllegalStateException.class, iterator::remove);
      }
    }
    assertEquals(50, visited);
    assertEquals(25, store.size());
  }

  @Test
  void setValueOfAnEntryWritesThrough() {
    open(100);
    for (long n = 0; n < 50; n++) {
      store.set(n, n);
    }
    for (Map.Entry<Long, Long> entry : store.entrySet()) {
      assertEquals(entry.getKey(), entry.setValue(-entry.getKey()));
      assertEquals(-entry.getKey(), entry.getValue());
      assertThrows(NullPointerException.class, () -> entry.setValue(null));
    }
    for (long n = 0; n < 50; n++) {
      assertEquals(-n, store.get(n));
    }
    Map.Entry<Long, Long> gone = store.entrySet().iterator().next();
    store.remove(gone.getKey());
    gone.setValue(7L);
    assertFalse(store.containsKey(gone.getKey()));
  }

  @Test
  void aNullVisitorIsRefused() {
    open(1);
    assertThrows(NullPointerException.class, () -> store.range(null));
    assertThrows(NullPointerException.class, () -> store.forEach(null));
    assertThrows(NullPointerException.class, () -> new LongHashStore(store, 0).range(null));
  }
}
