package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot is the store as it was at one moment, whatever is done to the store. */
@Tag("contract")
class SnapshotTest {
  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private SyncStoreBuilder<String, byte[]> builder() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .windowBytes(1 << 20)
        .shards(4)
        .maxSegmentBytes(8_000);
  }

  private SyncStore<String, byte[]> open() {
    return builder().open(dir.resolve("a.tph"));
  }

  private static byte[] value(Random random) {
    byte[] value = new byte[random.nextInt(10) == 0 ? 20_000 : random.nextInt(300)];
    random.nextBytes(value);
    return value;
  }

  private static void change(
      SyncStore<String, byte[]> store, Map<String, byte[]> model, Random random, int times) {
    for (int i = 0; i < times; i++) {
      String key = "key-" + random.nextInt(1_500);
      if (random.nextInt(4) == 0) {
        store.delete(key);
        model.remove(key);
      } else {
        byte[] value = value(random);
        store.set(key, value);
        model.put(key, value);
      }
    }
  }

  private static void check(SyncStore<String, byte[]> store, Map<String, byte[]> model) {
    assertEquals(model.size(), store.sizeLong());
    model.forEach((key, value) -> assertArrayEquals(value, store.get(key), key));
    Map<String, byte[]> found = new HashMap<>();
    store.forEach(found::put);
    assertEquals(model.keySet(), found.keySet());
    model.forEach((key, value) -> assertArrayEquals(value, found.get(key)));
    assertTrue(store.verify().isClean(), () -> store.verify().findings().toString());
    assertEquals(model.size(), store.verify().entries());
  }

  @Test
  void staysAsItWasWhileTheStoreChanges() {
    Random random = new Random(1);
    try (SyncStore<String, byte[]> store = open()) {
      Map<String, byte[]> model = new HashMap<>();
      List<Map<String, byte[]>> models = new ArrayList<>();
      List<SyncStore<String, byte[]>> snapshots = new ArrayList<>();
      for (int round = 0; round < 6; round++) {
        change(store, model, random, 1_500);
        models.add(new HashMap<>(model));
        snapshots.add(store.snapshot());
        if (round % 2 == 1) {
          store.force();
        }
        if (round == 3) {
          store.clear();
          model.clear();
          store.compact();
        }
        for (int i = 0; i < snapshots.size(); i++) {
          check(snapshots.get(i), models.get(i));
        }
      }
      check(store, model);
      for (int i : new int[] {2, 0, 5, 1, 3}) {
        snapshots.get(i).close();
        change(store, model, random, 500);
        store.force();
        check(snapshots.get(4), models.get(4));
        assertTrue(store.stats().checkpoint().quarantinedBytes() > 0);
      }
      snapshots.get(4).close();
      assertEquals(0, store.stats().checkpoint().quarantinedBytes());
      check(store, model);
    }
  }

  @Test
  void isReadOnlyAndClosedForItself() {
    SyncStore<String, byte[]> snapshot;
    try (SyncStore<String, byte[]> store = open()) {
      store.set("k", new byte[] {1});
      snapshot = store.snapshot();
      assertTrue(snapshot.isReadOnly());
      assertThrows(UnsupportedOperationException.class, () -> snapshot.set("k", new byte[0]));
      assertThrows(UnsupportedOperationException.class, snapshot::clear);
      assertThrows(UnsupportedOperationException.class, snapshot::force);
      assertThrows(UnsupportedOperationException.class, snapshot::snapshot);
      store.delete("k");
    }
    // The store's handle is closed; the snapshot is not.
    assertArrayEquals(new byte[] {1}, snapshot.get("k"));
    snapshot.close();
    snapshot.close();
    assertThrows(IllegalStateException.class, () -> snapshot.get("k"));
    try (SyncStore<String, byte[]> again = open()) {
      assertTrue(again.isEmpty());
      assertEquals(0, again.stats().checkpoint().quarantinedBytes());
    }
  }

  @Test
  void readersCannotTakeOne() {
    open().close();
    try (SyncStore<String, byte[]> reader = builder().readOnly(true).open(dir.resolve("a.tph"))) {
      assertThrows(UnsupportedOperationException.class, reader::snapshot);
    }
  }

  @Test
  void backupOfASnapshotIsThatMoment() {
    Map<String, byte[]> model = new HashMap<>();
    try (SyncStore<String, byte[]> store = open()) {
      change(store, model, new Random(2), 2_000);
      Map<String, byte[]> then = new HashMap<>(model);
      try (SyncStore<String, byte[]> snapshot = store.snapshot()) {
        change(store, model, new Random(3), 2_000);
        snapshot.backup(dir.resolve("b.tph"));
      }
      try (SyncStore<String, byte[]> copy = builder().open(dir.resolve("b.tph"))) {
        check(copy, then);
      }
    }
  }

  @Test
  void longsToo() throws Exception {
    try (LongSyncStore store = SyncStore.longs().shards(4).open(dir.resolve("l.tph"))) {
      for (long i = 0; i < 20_000; i++) {
        store.set(i, i);
      }
      try (LongSyncStore snapshot = store.snapshot()) {
        for (long i = 0; i < 40_000; i++) {
          store.set(i, -i);
        }
        store.force();
        long[] keys = {5, 19_999, 20_000};
        long[] values = new long[3];
        assertEquals(2, snapshot.getAll(keys, values, 7));
        assertArrayEquals(new long[] {5, 19_999, 7}, values);
        for (long i = 0; i < 20_000; i++) {
          assertEquals(i, snapshot.getOrDefault(i, -1));
        }
        assertEquals(20_000, snapshot.sizeLong());
        assertFalse(snapshot.containsKey(20_001));
      }
      assertTrue(Files.exists(store.path()));
    }
  }

  @Test
  void isOneMomentOfAllShards() throws Exception {
    try (LongSyncStore store = SyncStore.longs().shards(16).open(dir.resolve("m.tph"))) {
      RowOfChanges.goesOnDuring(
          store,
          () -> {
            for (int i = 0; i < 200; i++) {
              try (LongSyncStore then = store.snapshot()) {
                RowOfChanges.assertIsOneMoment(then);
              }
            }
          });
    }
  }

  /** When the store has had all of its checkpoints, it says so, and can still be copied. */
  @Test
  void behindTheLastCheckpointThereStillIsABackup() {
    Attachment attachment = Attachment.open(builder().request(dir.resolve("a.tph"), false));
    SyncStore<String, byte[]> store =
        new SyncStore<>(attachment, attachment.entries(Codecs.utf8(), Codecs.bytes()));
    Map<String, byte[]> model = new HashMap<>();
    change(store, model, new Random(5), 300);
    long last = OwnerWord.MAX_EPOCH - 1_000;
    attachment.core().memory().putLong(RegionLayout.EPOCHS, EpochLayout.CUTTING, last - 1);
    store.force();
    change(store, model, new Random(6), 300);
    StoreException e = assertThrows(StoreException.class, store::force);
    assertTrue(e.getMessage().contains("backup"), e.getMessage());
    change(store, model, new Random(7), 300);
    store.backup(dir.resolve("b.tph"));
    check(store, model);
    assertThrows(StoreException.class, store::close);
    try (SyncStore<String, byte[]> copy = builder().open(dir.resolve("b.tph"))) {
      check(copy, model);
      copy.force();
    }
  }

  /** The hole that pins close: without them blocks of the snapshot are used again. */
  @Test
  void withoutItsPinASnapshotIsOverwritten() {
    Attachment attachment = Attachment.open(builder().request(dir.resolve("a.tph"), false));
    try (SyncStore<String, byte[]> store =
        new SyncStore<>(attachment, attachment.entries(Codecs.utf8(), Codecs.bytes()))) {
      Map<String, byte[]> model = new HashMap<>();
      Random random = new Random(4);
      change(store, model, random, 2_000);
      Map<String, byte[]> then = new HashMap<>(model);
      try (SyncStore<String, byte[]> snapshot = store.snapshot()) {
        int pin = EpochLayout.pin(attachment.core().process().slot());
        assertNotEquals(0, attachment.core().memory().getLong(RegionLayout.EPOCHS, pin));
        attachment.core().memory().putLong(RegionLayout.EPOCHS, pin, 0);
        for (int i = 0; i < 10; i++) {
          change(store, model, random, 1_000);
          store.force();
        }
        assertThrows(
            Throwable.class,
            () -> {
              try {
                check(snapshot, then);
              } catch (CorruptStoreException | IllegalStateException e) {
                throw new AssertionError(e);
              }
            });
      }
      check(store, model);
    }
  }
}
