package io.tophash.core;

import static io.tophash.core.testing.Stores.assertClean;
import static io.tophash.core.testing.Stores.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.table.TableProbe;
import io.tophash.core.testing.Stores;
import io.tophash.core.testing.TestHashes;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Buckets and cells: where entries stand, which cells are reused, what a delete leaves. */
@Tag("fast")
@Tag("contract")
class TableCellsTest {
  private HashStore<Long, Long> store;
  private TableProbe probe;

  @BeforeEach
  void open() {
    store =
        HashStore.builder(Codecs.int64(), Codecs.int64())
            .hashes(TestHashes.identity())
            .expectedEntries(100)
            .openTemporary();
    probe = new TableProbe(store.engine.table);
    store.set(key(9, 999, 15), 0L); // so that the count never falls to 0
  }

  @AfterEach
  void verifyAndClose() {
    assertClean(store);
    store.close();
  }

  private void fill(int bucket, int count) {
    for (int n = 0; n < count; n++) {
      store.set(key(9, n, bucket), (long) n);
    }
  }

  private String codes(int bucket) {
    return probe.codes(probe.bucket(bucket));
  }

  @Test
  void entriesStandAtTheOffsetsOfGo() {
    store.set(key(0x77, 1, 3), 41L);
    store.set(key(0x78, 2, 3), 42L);
    long bucket = probe.bucket(3);
    assertEquals(0x77, probe.memory().getByte(bucket, 0));
    assertEquals(0x78, probe.memory().getByte(bucket, 1));
    assertEquals(key(0x77, 1, 3), probe.memory().getLong(bucket, 8));
    assertEquals(key(0x78, 2, 3), probe.memory().getLong(bucket, 8 + 8));
    assertEquals(41, probe.memory().getLong(bucket, 8 + 64));
    assertEquals(42, probe.memory().getLong(bucket, 8 + 64 + 8));
    assertEquals(0, probe.memory().getLong(bucket, 8 + 64 + 64));
    assertEquals(bucket + 144, probe.bucket(4));
  }

  @Test
  void lowTophashBytesAreMovedAboveTheCodes() {
    for (int top = 0; top < 12; top++) {
      long key = key(top, 1, top);
      store.set(key, (long) top);
      assertEquals(top < 5 ? top + 5 : top, probe.code(probe.bucket(top), 0));
      assertEquals((long) top, store.get(key));
    }
    store.set(key(0xFF, 1, 13), 0L);
    assertEquals(0xFF, probe.code(probe.bucket(13), 0));
  }

  @Test
  void keysAndValuesUpTo128BytesStandInTheirCell() {
    for (int bytes : new int[] {127, 128, 129, 200}) {
      try (HashStore<String, String> texts =
          HashStore.builder(Stores.fixedText(bytes), Stores.fixedText(bytes)).openTemporary()) {
        texts.set("abcdefgh", "ABCDEFGH");
        TableProbe cells = new TableProbe(texts.engine.table);
        BucketLayout layout = cells.layout();
        assertEquals(bytes > 128, layout.indirectKeys());
        assertEquals(bytes > 128, layout.indirectValues());
        long cell = cells.bucket(0) + layout.key(0);
        long at = bytes > 128 ? cells.memory().getLong(cell, 0) + RecordLayout.PAYLOAD : cell;
        assertEquals(0x6867666564636261L, cells.memory().getLong(at, 0));
        assertEquals("ABCDEFGH", texts.get("abcdefgh"));
        assertClean(texts);
      }
    }
  }

  @Test
  void anEmptyCellIsTakenOnlyAfterTheWholeChainWasSearched() {
    fill(2, 12);
    store.remove(key(9, 3, 2));
    store.remove(key(9, 5, 2));
    assertEquals("xxxoxoxx|xxxx----", codes(2));
    long tail = probe.overflow(probe.bucket(2));
    assertEquals(11L, store.put(key(9, 11, 2), 110L), "it stands behind the holes");
    assertEquals("xxxoxoxx|xxxx----", codes(2));
    assertEquals(110L, store.get(key(9, 11, 2)));
    assertEquals(110L, probe.memory().getLong(tail, probe.layout().value(3)));

    store.set(key(9, 50, 2), 50L);
    assertEquals("xxxxxoxx|xxxx----", codes(2));
    assertEquals(key(9, 50, 2), probe.memory().getLong(probe.bucket(2), probe.layout().key(3)));
    store.set(key(9, 51, 2), 51L);
    store.set(key(9, 52, 2), 52L);
    assertEquals("xxxxxxxx|xxxxx---", codes(2));
  }

  @Test
  void aDeleteInTheMiddleLeavesEmptyOne() {
    fill(2, 4);
    store.remove(key(9, 1, 2));
    assertEquals("xoxx----", codes(2));
  }

  @Test
  void aDeleteAtTheEndMakesTheRunBeforeItEmptyRest() {
    fill(2, 6);
    store.remove(key(9, 3, 2));
    store.remove(key(9, 4, 2));
    assertEquals("xxxoox--", codes(2));
    store.remove(key(9, 5, 2));
    assertEquals("xxx-----", codes(2));
  }

  @Test
  void emptyRestGoesBackAcrossTheChainUpToTheHead() {
    fill(2, 20);
    for (int n = 0; n < 19; n++) {
      store.remove(key(9, n, 2));
    }
    assertEquals("oooooooo|oooooooo|ooox----", codes(2));
    store.remove(key(9, 19, 2));
    assertEquals("--------|--------|--------", codes(2));
    fill(2, 17);
    assertEquals("xxxxxxxx|xxxxxxxx|x-------", codes(2));
    for (int n = 5; n < 16; n++) {
      store.remove(key(9, n, 2));
    }
    store.remove(key(9, 16, 2));
    assertEquals("xxxxx---|--------|--------", codes(2));
  }

  @Test
  void aDeleteInTheLastCellLooksAtTheNextBucket() {
    fill(2, 9);
    store.remove(key(9, 7, 2));
    assertEquals("xxxxxxxo|x-------", codes(2));
    store.remove(key(9, 8, 2));
    assertEquals("xxxxxxx-|--------", codes(2));
    fill(2, 8);
    store.remove(key(9, 7, 2));
    assertEquals("xxxxxxx-|--------", codes(2));
  }

  @Test
  void noLookupGoesPastEmptyRestAndNoneStopsBeforeIt() {
    fill(2, 24);
    for (int n = 0; n < 23; n++) {
      store.remove(key(9, n, 2));
      assertEquals(23L, store.get(key(9, 23, 2)), "n=" + n);
    }
  }

  @Test
  void theInvariantHoldsAfterEachOfManyRandomDeletes() {
    Random random = new Random(7);
    Map<Long, Long> model = new HashMap<>();
    model.put(key(9, 999, 15), 0L);
    for (int step = 0; step < 4_000; step++) {
      long key = key(9 + random.nextInt(2), random.nextInt(24), random.nextInt(2));
      if (random.nextInt(5) < 2) {
        assertEquals(model.put(key, (long) step), store.put(key, (long) step));
      } else {
        assertEquals(model.remove(key), store.remove(key));
      }
      if (step % 8 == 0) {
        assertClean(store);
      }
    }
    Stores.assertSame(model, store);
  }

  @Test
  void theValueBytesOfADeletedEntryAreZeroed() {
    store.set(key(9, 1, 3), -1L);
    store.set(key(9, 2, 3), -1L);
    store.remove(key(9, 1, 3));
    assertEquals(0, probe.memory().getLong(probe.bucket(3), probe.layout().value(0)));
    assertEquals(-1, probe.memory().getLong(probe.bucket(3), probe.layout().value(1)));
    try (HashStore<String, String> texts =
        HashStore.builder(Stores.fixedText(12), Stores.fixedText(24)).openTemporary()) {
      texts.set("k", "valuevaluevalue");
      texts.remove("k");
      TableProbe cells = new TableProbe(texts.engine.table);
      for (int i = 0; i < 24; i++) {
        assertEquals(0, cells.memory().getByte(cells.bucket(0), cells.layout().value(0) + i));
      }
    }
  }

  @Test
  void aFreshSeedIsDrawnWhenTheCountFallsToZero() {
    long seed = probe.seed();
    store.set(5L, 5L);
    store.remove(5L);
    assertEquals(seed, probe.seed());
    store.remove(key(9, 999, 15));
    assertNotEquals(seed, probe.seed());
    assertTrue(store.isEmpty());
    store.set(5L, 6L);
    assertEquals(6L, store.get(5L));
  }

  @Test
  void aSeedOfItsOwnGivesEachStoreItsOwnOrder() {
    try (HashStore<Long, Long> one =
            HashStore.builder(Codecs.int64(), Codecs.int64()).openTemporary();
        HashStore<Long, Long> two =
            HashStore.builder(Codecs.int64(), Codecs.int64()).openTemporary()) {
      assertNotEquals(
          new TableProbe(one.engine.table).seed(), new TableProbe(two.engine.table).seed());
      assertNotEquals(one.engine.table.hash().ofLong(1), two.engine.table.hash().ofLong(1));
    }
  }

  @Test
  void clearKeepsTheSizeAndDropsGrowthAndSeed() {
    int buckets = 16;
    for (int n = 0; n < 105; n++) {
      store.set(key(9, n, n % buckets), 1L);
    }
    assertTrue(store.stats().growing());
    long seed = probe.seed();
    store.clear();
    assertFalse(store.stats().growing());
    assertEquals(2 * buckets, store.stats().buckets());
    assertEquals(0, store.stats().overflowBuckets());
    assertEquals(0, store.size());
    assertNotEquals(seed, probe.seed());
    assertClean(store);
    for (int n = 0; n < 105; n++) {
      assertNull(store.get(key(9, n, n % buckets)));
    }
    store.forEach((key, value) -> assertNull(key));
    store.set(1L, 2L);
    assertEquals(Map.of(1L, 2L), store);
  }
}
