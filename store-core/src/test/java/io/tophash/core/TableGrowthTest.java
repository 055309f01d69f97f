package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static io.tophash.core.testing.Stores.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.table.TableProbe;
import io.tophash.core.testing.TestHashes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Growth: when it starts, what each operation moves, where entries go. */
@Tag("fast")
@Tag("contract")
class TableGrowthTest {
  private HashStore<Long, Long> store;
  private TableProbe probe;

  private void open(long expectedEntries) {
    store =
        HashStore.builder(Codecs.int64(), Codecs.int64())
            .hashes(TestHashes.identity())
            .expectedEntries(expectedEntries)
            .openTemporary();
    probe = new TableProbe(store.engine.table);
  }

  @AfterEach
  void verifyAndClose() {
    assertClean(store);
    store.close();
  }

  /** Puts this many keys, dealt to the buckets in turn; key n is in bucket n % buckets. */
  private void fill(int count, int buckets) {
    for (int n = 0; n < count; n++) {
      store.set(nth(n, buckets), (long) n);
    }
  }

  private static long nth(int n, int buckets) {
    return key(0x40 + n % 100, n, n % buckets);
  }

  @Test
  void theBucketArrayIsMadeByTheFirstAssignment() {
    open(0);
    assertEquals(0, probe.directory());
    assertNull(store.get(1L));
    store.remove(1L);
    assertEquals(0, probe.directory());
    store.set(1L, 1L);
    assertTrue(probe.directory() != 0 && probe.bucket(0) != 0);
  }

  @Test
  void growthStartsOnlyWithAnInsertionAboveTheLoadFactor() {
    open(27);
    assertEquals(8, store.stats().buckets());
    fill(52, 8);
    for (int n = 0; n < 52; n++) {
      store.set(nth(n, 8), -1L);
      store.get(nth(n, 8));
      store.get(nth(n + 100, 8));
      store.remove(nth(n + 100, 8));
      store.replace(nth(n, 8), (long) n);
      store.getAll(List.of(nth(n, 8)));
    }
    assertFalse(store.stats().growing());
    assertEquals(8, store.stats().buckets());
    store.set(nth(52, 8), 52L);
    assertTrue(store.stats().growing());
    assertEquals(16, store.stats().buckets());
    assertEquals(8, store.stats().oldBuckets());
  }

  @Test
  void fullByEightTheSmallestTableDoesNotGrowBeforeTheNinth() {
    open(0);
    fill(8, 1);
    assertEquals(1, store.stats().buckets());
    store.set(nth(8, 1), 8L);
    assertEquals(2, store.stats().buckets());
  }

  @Test
  void tooManyOverflowBucketsGrowToTheSameSize() {
    open(26);
    assertEquals(4, store.stats().buckets());
    store.set(key(9, 9, 3), 9L);
    for (int bucket = 0; bucket < 2; bucket++) {
      // The 17th is the first one in a second overflow bucket.
      for (int n = 0; n < 17; n++) {
        store.set(key(9, n, bucket), 0L);
      }
      for (int n = 0; n < 17; n++) {
        store.remove(key(9, n, bucket));
      }
    }
    assertEquals(4, store.stats().overflowBuckets());
    store.set(key(9, 9, 3), 10L);
    assertFalse(store.stats().growing(), "an overwrite starts no growth");
    store.set(key(9, 50, 2), 50L);
    assertTrue(store.stats().growing());
    assertEquals(4, store.stats().buckets());
    assertEquals(4, store.stats().oldBuckets());
    for (int i = 0; i < 4; i++) {
      store.remove(key(9, 77, i));
    }
    assertFalse(store.stats().growing());
    assertEquals(0, store.stats().overflowBuckets(), "the holes are squeezed out");
    assertEquals(10L, store.get(key(9, 9, 3)));
    assertEquals(50L, store.get(key(9, 50, 2)));
  }

  @Test
  void anAssignAndADeleteMoveTheirOldBucketAndOneMore() {
    open(27);
    fill(52, 8);
    store.set(key(9, 99, 5), 0L);
    assertEquals(2, probe.evacuatedCount());
    assertTrue(probe.isEvacuated(5) && probe.isEvacuated(0));
    assertEquals(1, probe.nevacuate());

    store.set(nth(7, 8), 0L);
    assertEquals(4, probe.evacuatedCount());
    assertTrue(probe.isEvacuated(7) && probe.isEvacuated(1));
    assertEquals(2, probe.nevacuate());

    store.remove(nth(3, 8));
    assertEquals(6, probe.evacuatedCount());
    assertTrue(probe.isEvacuated(3) && probe.isEvacuated(2));
    assertEquals(4, probe.nevacuate());

    store.remove(key(9, 1234, 6));
    assertFalse(store.stats().growing(), "the delete of an absent key moves chains as well");
    assertEquals(0, probe.overflow(probe.bucket(0)));
  }

  @Test
  void aReadMovesNothing() {
    open(27);
    fill(53, 8);
    int before = probe.evacuatedCount();
    long mark = probe.nevacuate();
    List<Long> keys = new ArrayList<>();
    for (int n = 0; n < 100; n++) {
      long key = nth(n, 8);
      keys.add(key);
      assertEquals(n < 53 ? (Long) (long) n : null, store.get(key));
      assertEquals(n < 53, store.containsKey(key));
      store.getOrDefault(key, 0L);
    }
    assertEquals(53, store.getAll(keys).size());
    store.forEach((key, value) -> {});
    store.containsValue(-1L);
    store.stats();
    store.verify();
    assertEquals(before, probe.evacuatedCount());
    assertEquals(mark, probe.nevacuate());
  }

  @Test
  void theMarkSkipsAtMost1024BucketsThatMovedAlready() {
    int buckets = 1 << 12;
    open(13L * buckets / 2);
    assertEquals(buckets, store.stats().buckets());
    int limit = 13 * buckets / 2;
    fill(limit, buckets);
    int last = buckets - 1;
    store.set(key(9, limit, last), 0L);
    for (int k = 1; k < buckets / 2; k++) {
      assertEquals(k, probe.nevacuate());
      store.set(nth(last - k, buckets), 0L);
    }
    assertEquals(buckets, probe.evacuatedCount());
    assertTrue(store.stats().growing());
    assertEquals(buckets / 2 + 1024, probe.nevacuate());
    store.set(nth(0, buckets), 0L);
    assertFalse(store.stats().growing());
  }

  @Test
  void xKeepsTheIndexAndYAddsTheOldSizeInOrderWithoutHoles() {
    open(27);
    List<Long> x = new ArrayList<>();
    List<Long> y = new ArrayList<>();
    for (int n = 0; n < 24; n++) {
      long key = key(0x30 + n, n, n % 3 == 0 ? 8 | 5 : 5);
      store.set(key, (long) n);
      if (n % 4 != 1) {
        (n % 3 == 0 ? y : x).add(key);
      }
    }
    for (int n = 1; n < 24; n += 4) {
      assertEquals((long) n, store.remove(key(0x30 + n, n, n % 3 == 0 ? 8 | 5 : 5)));
    }
    assertEquals("xoxxxoxx|xoxxxoxx|xoxxxoxx", probe.codes(probe.bucket(5)));
    for (int n = 0; n < 52 - 18; n++) {
      store.set(key(0x30, 1000 + n, n % 2), 0L);
    }
    long old = probe.bucket(5);
    store.set(key(0x30, 2000, 2), 0L);
    assertTrue(store.stats().growing());
    assertEquals(old, probe.oldBucket(5));
    assertEquals("xoxxxoxx|xoxxxoxx|xoxxxoxx", probe.codes(old));
    assertEquals(0, probe.word(probe.bucket(5)));

    store.remove(key(1, 1, 5));
    assertEquals(x, probe.keys(probe.bucket(5)));
    assertEquals(y, probe.keys(probe.bucket(13)));
    assertEquals("xxxxxxxx|xxxx----", probe.codes(probe.bucket(5)));
    assertEquals("xxxxxx--", probe.codes(probe.bucket(13)));
    StringBuilder marks = new StringBuilder();
    for (int n = 0; n < 8; n++) {
      marks.append(n % 4 == 1 ? "E" : n % 3 == 0 ? "Y" : "X");
    }
    assertEquals(marks.toString(), probe.codes(old).substring(0, 8));
    for (int n = 0; n < 24; n++) {
      Long expected = n % 4 == 1 ? null : (Long) (long) n;
      assertEquals(expected, store.get(key(0x30 + n, n, n % 3 == 0 ? 8 | 5 : 5)));
    }
  }

  @Test
  void everyKeyIsFoundAtEveryStepOfAGrowth() {
    open(27);
    fill(53, 8);
    int steps = 0;
    while (store.stats().growing()) {
      for (int n = 0; n < 53; n++) {
        assertEquals((long) n, store.get(nth(n, 8)));
      }
      assertNull(store.get(nth(53, 8)));
      assertClean(store);
      store.remove(key(1, 1, 4));
      assertTrue(++steps < 8, "each step moves at least one of eight chains");
    }
    assertTrue(steps >= 3, "steps=" + steps);
    assertEquals(53, store.size());
  }

  @Test
  void growthDoublesAgainOnlyAfterItIsOver() {
    open(0);
    long buckets = 1;
    boolean wasGrowing = false;
    for (long n = 0; n < 20_000; n++) {
      store.set(n * 0x9E3779B97F4A7C15L, n);
      long now = store.stats().buckets();
      assertTrue(now == buckets || now == 2 * buckets && !wasGrowing, "entries=" + n);
      buckets = now;
      wasGrowing = store.stats().growing();
    }
    for (long n = 0; n < 20_000; n++) {
      assertEquals(n, store.get(n * 0x9E3779B97F4A7C15L));
    }
  }

  @Test
  void preallocatedOverflowBucketsAreHandedOutInOrderThenTheAllocatorsOwn() {
    open(13 * 16);
    assertEquals(32, store.stats().buckets());
    for (int bucket = 4; bucket >= 1; bucket--) {
      for (int n = 0; n < 9; n++) {
        store.set(key(9, n, bucket), 0L);
      }
    }
    assertEquals(probe.bucket(32), probe.overflow(probe.bucket(4)));
    assertEquals(probe.bucket(33), probe.overflow(probe.bucket(3)));
    assertFalse(probe.linksToOwnBlock(probe.bucket(3)));
    assertTrue(probe.linksToOwnBlock(probe.bucket(2)));
    assertTrue(probe.linksToOwnBlock(probe.bucket(1)));
    assertEquals(4, store.stats().overflowBuckets());
  }

  @Test
  void smallTablesHaveNoPreallocatedOverflowBuckets() {
    open(52);
    for (int n = 0; n < 9; n++) {
      store.set(key(9, n, 1), 0L);
    }
    assertTrue(probe.linksToOwnBlock(probe.bucket(1)));
  }
}
