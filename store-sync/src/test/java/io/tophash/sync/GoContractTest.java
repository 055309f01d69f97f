package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.sync.attach.Cores;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.attach.SyncRequest;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Go's {@code sync.Map} promises, statement by statement; its weaknesses are absent. */
@Tag("fast")
@Tag("contract")
class GoContractTest {
  private static final int WINDOW_SHIFT = 22;
  private static final long MISSING = -1;

  @TempDir Path dir;
  private LongSyncStore longs;
  private SyncStore<String, byte[]> records;

  @BeforeEach
  void open() {
    longs =
        SyncStore.longs()
            .missingValue(MISSING)
            .shards(1)
            .windowBytes(1 << WINDOW_SHIFT)
            .lockTimeout(Duration.ofMillis(300))
            .open(dir.resolve("longs.tph"));
    records =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes())
            .shards(1)
            .windowBytes(1 << WINDOW_SHIFT)
            .open(dir.resolve("records.tph"));
  }

  @AfterEach
  void close() {
    longs.close();
    records.close();
  }

  private static byte[] bytes(int length) {
    return new byte[length];
  }

  // --- the methods
  // ------------------------------------------------------------------------------

  @Test
  void loadAnswersTheValueOrAbsent() {
    longs.set(1, 10);
    assertEquals(10, longs.get(1));
    assertEquals(MISSING, longs.get(2));
    assertFalse(longs.containsKey(2));
    assertNull(records.get("absent"));
  }

  @Test
  void storeAndSwapInsertAndOverwrite() {
    longs.set(1, 10);
    longs.set(1, 11);
    assertEquals(11, longs.put(1, 12));
    assertEquals(MISSING, longs.put(2, 20));
    assertEquals(12, longs.get(1));
    assertNull(records.put("a", bytes(1)));
    assertArrayEquals(bytes(1), records.put("a", bytes(5_000)));
    assertArrayEquals(bytes(5_000), records.put("a", bytes(2)));
  }

  @Test
  void loadOrStoreKeepsWhatIsThere() {
    assertEquals(MISSING, longs.putIfAbsent(1, 10));
    assertEquals(10, longs.putIfAbsent(1, 11));
    longs.remove(1);
    assertEquals(MISSING, longs.putIfAbsent(1, 12), "a deleted entry is absent");
    assertEquals(12, longs.get(1));
  }

  @Test
  void loadAndDeleteAnswersTheValueAndDeleteWhetherThereWasOne() {
    longs.set(1, 10);
    assertEquals(10, longs.remove(1));
    assertEquals(MISSING, longs.remove(1));
    assertFalse(longs.delete(1));
    longs.set(1, 11);
    assertTrue(longs.delete(1));
    assertEquals(MISSING, longs.get(1));
  }

  @Test
  void compareAndSwapComparesFirstAndNeverInserts() {
    assertFalse(longs.replace(1, MISSING, 10));
    assertFalse(longs.replace(1, 0, 10));
    longs.set(1, 10);
    assertFalse(longs.replace(1, 11, 12));
    assertTrue(longs.replace(1, 10, 12));
    longs.remove(1);
    assertFalse(longs.replace(1, 12, 13), "a deleted entry is absent");
    assertEquals(0, longs.sizeLong());
  }

  @Test
  void compareAndDeleteComparesFirst() {
    assertFalse(longs.remove(1, MISSING));
    longs.set(1, 10);
    assertFalse(longs.remove(1, 11));
    assertTrue(longs.remove(1, 10));
    assertFalse(longs.remove(1, 10));
  }

  @Test
  void clearEmptiesAll() {
    LongStream.range(0, 5_000).forEach(key -> longs.set(key, key));
    longs.clear();
    assertEquals(0, longs.sizeLong());
    longs.forEach((key, value) -> assertEquals("nothing", "an entry"));
    assertEquals(MISSING, longs.put(7, 8));
    Described.verifyAtRest(longs, 1);
  }

  @Test
  void rangeDeliversEachKeyOnceAndStopsWhenItIsTold() {
    LongStream.range(0, 5_000).forEach(key -> longs.set(key, key));
    List<Long> seen = new ArrayList<>();
    longs.range((key, value) -> seen.add(key));
    assertEquals(5_000, new TreeSet<>(seen).size());
    assertEquals(5_000, seen.size());
    seen.clear();
    longs.range((key, value) -> seen.add(key) && seen.size() < 10);
    assertEquals(10, seen.size());
  }

  @Test
  void callbacksOfRangeMayCallAnything() {
    LongStream.range(0, 2_000).forEach(key -> longs.set(key, key));
    TreeSet<Long> seen = new TreeSet<>();
    longs.range(
        (key, value) -> {
          assertTrue(seen.add(key));
          longs.remove(key);
          longs.put(100_000 + key, value);
          if (key == 1_000) {
            longs.range((inner, v) -> inner != 5);
          }
          return true;
        });
    assertTrue(seen.containsAll(LongStream.range(0, 2_000).boxed().toList()));
    longs.range(
        (key, value) -> {
          longs.clear();
          return true;
        });
    assertEquals(0, longs.sizeLong());
  }

  // --- promotion, amended, nil and expunged
  // ---------------------------------------------------

  private long promotions() {
    return longs.stats().promotions();
  }

  /** True if the segment in which this key belongs has a dirty table in use. */
  private boolean isAmended(long key) {
    boolean[] amended = new boolean[1];
    withLocks(
        core -> {
          long directoryWord = core.shards().context().directoryWord(0);
          long entry = core.shards().context().entry(directoryWord, core.keyHash().ofLong(key));
          amended[0] = SegmentWord.isAmended(core.memory().getLong(entry, 0));
        });
    return amended[0];
  }

  /** Adds keys until one finds its home bucket full, and answers this one. */
  private long addUntilAmended(long from) {
    for (long key = from; ; key++) {
      assertTrue(key < from + 10_000, "no key came to the dirty table");
      longs.set(key, 10);
      if (isAmended(key)) {
        return key;
      }
    }
  }

  private void missOften(long key) {
    for (int i = 0; i < 4_000; i++) {
      assertEquals(10, longs.get(key));
    }
  }

  @Test
  void theWriterAfterAsManyMissesAsKeysPromotes() {
    long dirty = addUntilAmended(0);
    long before = promotions();
    longs.get(dirty);
    longs.set(dirty, 10);
    assertEquals(before, promotions(), "a single miss is not enough");
    missOften(dirty);
    assertEquals(before, promotions(), "a lookup changes nothing");
    longs.set(dirty, 10);
    assertEquals(before + 1, promotions());
  }

  @Test
  void afterAPromotionNoKeyIsInTheDirtyTableOnly() {
    long dirty = addUntilAmended(0);
    missOften(dirty);
    longs.set(dirty, 10);
    long before = promotions();
    assertFalse(isAmended(dirty));
    // Not amended: neither a key that is there nor an absent one is looked for in a dirty table.
    for (int round = 0; round < 3; round++) {
      missOften(dirty);
      assertEquals(MISSING, longs.get(-1));
      longs.set(dirty, 10);
    }
    assertEquals(before, promotions());
    long again = addUntilAmended(dirty + 1);
    missOften(again);
    longs.set(again, 10);
    assertEquals(before + 1, promotions(), "amended again");
  }

  @Test
  void aDeletedKeyIsRevivedInItsSlot() {
    longs.set(1, 10);
    records.set("a", bytes(100));
    SyncStats before = longs.stats();
    SyncStats recordsBefore = records.stats();
    for (int i = 0; i < 3; i++) {
      longs.remove(1);
      longs.set(1, 11 + i);
      records.remove("a");
      records.set("a", bytes(50));
    }
    assertEquals(before.inserts(), longs.stats().inserts());
    assertEquals(before.rebuilds(), longs.stats().rebuilds());
    assertEquals(recordsBefore.inserts(), records.stats().inserts());
    assertEquals(13, longs.get(1));
  }

  @Test
  void aRebuildDoesNotCarryDeletedKeysOn() {
    long dirty = addUntilAmended(0);
    longs.remove(0);
    long before = longs.stats().inserts();
    missOften(dirty);
    long promotions = promotions();
    longs.set(dirty, 10);
    assertEquals(promotions + 1, promotions());
    longs.set(0, 21);
    assertEquals(before + 1, longs.stats().inserts(), "the slot was expunged");
  }

  // --- the weaknesses of the original
  // ---------------------------------------------------------

  private static SyncRequest request(Path path, Codec<?> keys, Codec<?> values) {
    SyncRequest request = new SyncRequest(keys, values);
    request.windowShift = WINDOW_SHIFT;
    request.shardShift = 0;
    return request.at(path, false);
  }

  private void withLocks(java.util.function.Consumer<SyncCore> action) {
    SyncCore core = Cores.acquire(request(longs.path(), Codecs.int64(), Codecs.int64()));
    try {
      action.accept(core);
    } finally {
      Cores.release(core);
    }
  }

  private void lookAround() {
    assertEquals(10, longs.get(1));
    assertEquals(MISSING, longs.get(999));
    assertFalse(longs.containsKey(998));
    assertEquals(1, longs.getAll(new long[] {1, 999}, new long[2], MISSING));
    longs.forEach((key, value) -> assertEquals(10, value));
    assertEquals(1, longs.sizeLong());
    // A change that does not apply is a lookup.
    assertEquals(10, longs.putIfAbsent(1, 11));
    assertEquals(MISSING, longs.remove(999));
    assertFalse(longs.delete(998));
    assertFalse(longs.replace(1, 77, 78));
    assertFalse(longs.remove(1, 77));
  }

  @Test
  void lookupsTakeNoLockThoughTheSegmentIsAmendedNorDoChangesOfASlot() {
    long dirty = addUntilAmended(2);
    LongStream.rangeClosed(2, dirty).forEach(longs::remove);
    longs.set(1, 10);
    assertTrue(isAmended(1));
    withLocks(
        core -> {
          core.shards().lock(0);
          try {
            lookAround();
            assertEquals(10, longs.put(1, 11));
            assertTrue(longs.replace(1, 11, 10));
            assertThrows(StoreTimeoutException.class, () -> longs.set(-2, 20));
          } finally {
            core.shards().unlock(0);
          }
        });
    assertEquals(1, longs.sizeLong());
  }

  @Test
  void lookupsGoOnWhileTheShardIsFrozen() {
    longs.set(1, 10);
    withLocks(
        core ->
            core.wholeShards()
                .inspect(
                    0,
                    () -> {
                      lookAround();
                      assertThrows(StoreTimeoutException.class, () -> longs.set(1, 11));
                    }));
    longs.set(1, 11);
  }

  /** Also of keys that the short way does not find, and where nil is not the usual one. */
  @Test
  void changesThatDoNotApplyGoOnWhileTheShardIsFrozenWhereverTheKeyIs() {
    long dirty = addUntilAmended(0);
    withLocks(
        core ->
            core.wholeShards()
                .inspect(
                    0,
                    () -> {
                      for (long key = 0; key <= dirty; key++) {
                        assertEquals(10, longs.putIfAbsent(key, 11));
                        assertFalse(longs.replace(key, 77, 78));
                        assertEquals(MISSING, longs.remove(-1 - key));
                      }
                      assertThrows(StoreTimeoutException.class, () -> longs.remove(dirty));
                    }));
    longs.set(0, SegmentLayout.USUAL_NIL);
    withLocks(
        core ->
            core.wholeShards()
                .inspect(0, () -> assertEquals(SegmentLayout.USUAL_NIL, longs.putIfAbsent(0, 11))));
    assertEquals(10, longs.get(dirty));
  }

  @Test
  void changesOfRecordsThatDoNotApplyGoOnWhileTheShardIsFrozen() {
    records.set("small", bytes(10));
    records.set("large", bytes(9_000));
    records.set("deleted", bytes(10));
    records.delete("deleted");
    SyncCore core = Cores.acquire(request(records.path(), Codecs.utf8(), Codecs.bytes()));
    try {
      core.wholeShards()
          .inspect(
              0,
              () -> {
                assertArrayEquals(bytes(10), records.putIfAbsent("small", bytes(1)));
                assertArrayEquals(bytes(9_000), records.putIfAbsent("large", bytes(1)));
                assertFalse(records.delete("absent"));
                assertNull(records.remove("deleted"));
                assertNull(records.replace("absent", bytes(1)));
              });
    } finally {
      Cores.release(core);
    }
    assertArrayEquals(bytes(10), records.get("small"));
  }

  @Test
  void memoryOfDeletedKeysIsGivenBack() {
    for (int i = 0; i < 5_000; i++) {
      records.set("key-" + i, bytes(i % 500 == 0 ? 9_000 : 200));
    }
    SyncStats full = records.stats();
    for (int i = 0; i < 5_000; i++) {
      if (i % 20 != 0) {
        records.delete("key-" + i);
      }
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      records.set("key-" + 20 * random.nextInt(250), bytes(200));
    }
    SyncStats churned = records.stats();
    long usedThen = full.usedBytes();
    long usedNow = churned.usedBytes();
    assertTrue(usedNow < usedThen / 2, () -> "used " + usedThen + ", then " + usedNow);
    Described.verifyAtRest(records, 250);
  }

  @Test
  void theNumberOfEntriesIsKnown() {
    for (int i = 0; i < 1_000; i++) {
      longs.set(i % 300, i);
      longs.remove(i % 7);
    }
    assertEquals(longs.asMap().entrySet().stream().count(), longs.sizeLong());
  }

  // --- sizes
  // ------------------------------------------------------------------------------------

  @Test
  void valuesAndKeysMayBeEmpty() {
    assertNull(records.put("", bytes(0)));
    assertArrayEquals(bytes(0), records.get(""));
    assertTrue(records.replace("", bytes(0), bytes(3)));
    assertArrayEquals(bytes(3), records.remove(""));
    assertNull(records.putIfAbsent("", bytes(0)));
    assertEquals(1, records.sizeLong());
  }

  @Test
  void keysAndValuesMayBeBig() {
    String key = "k".repeat(64 << 10);
    byte[] value = Described.value(key, 1, 700 << 10);
    assertNull(records.put(key, value));
    assertArrayEquals(value, records.get(key));
    assertArrayEquals(value, records.put(key, bytes(1)));
    assertTrue(records.remove(key, bytes(1)));
    assertNull(records.putIfAbsent(key, value));
    records.forEach((k, v) -> assertEquals(1, Described.check(k, v)));
    Described.verifyAtRest(records, 1);
  }
}
