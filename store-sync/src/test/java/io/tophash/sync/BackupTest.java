package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.memory.CopyTarget;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.Effort;
import io.tophash.core.testing.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A backup is a store, complete or not there at all, and each shard in it is one that was. */
@Tag("fast")
@Tag("contract")
class BackupTest {
  private static final int THREADS = 2;
  private static final int PAIRS = 20;
  private static final int BACKUPS = Effort.of(2, 12, 200);

  @TempDir(factory = InMemoryDirectory.class)
  Path dir;

  private static SyncStoreBuilder<String, byte[]> records(int shards) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .shards(shards)
        .windowBytes(4 << 20)
        .maxSegmentBytes(8_000);
  }

  private static LongSyncStoreBuilder longs(int shards) {
    return SyncStore.longs().shards(shards).windowBytes(4 << 20).maxSegmentBytes(8_000);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackupOfRecordsHasAllOfThem(boolean readOnly) {
    Map<String, Long> expected = new HashMap<>();
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, byte[]> store = records(4).open(file)) {
      for (int i = 0; i < 3_000; i++) {
        String key = "key-" + i;
        store.put(key, Described.value(key, i, i % 100 == 0 ? 70_000 : 16 + i % 500));
        if (i % 3 == 0) {
          store.delete(key);
        } else {
          expected.put(key, (long) i);
        }
      }
      store.put("", new byte[16]);
      store.delete("");
    }
    Path copy = dir.resolve("copy.tph");
    try (SyncStore<String, byte[]> store = records(4).readOnly(readOnly).open(file)) {
      store.backup(copy);
    }
    try (SyncStore<String, byte[]> store = records(4).open(copy)) {
      Described.verifyAtRest(store, expected.size());
      store.forEach((k, v) -> assertEquals(expected.get(k), Described.check(k, v)));
    }
    assertEquals(List.of("a.tph", "a.tph.lock", "copy.tph", "copy.tph.lock"), files());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackupOfLongsHasAllOfThem(boolean readOnly) {
    Path file = dir.resolve("a.tph");
    try (LongSyncStore store = longs(2).open(file)) {
      for (long i = 0; i < 10_000; i++) {
        store.put(i, -i);
      }
    }
    try (LongSyncStore store = longs(2).readOnly(readOnly).open(file)) {
      store.backup(dir.resolve("b.tph"));
    }
    try (LongSyncStore store = longs(2).readOnly(true).open(dir.resolve("b.tph"))) {
      Described.verifyMeanwhile(store);
      assertEquals(10_000, store.sizeLong());
      store.forEach((k, v) -> assertEquals(-k, v));
    }
  }

  @Test
  void anEmptyStoreAndItsBackupMayBeBackedUp() {
    try (SyncStore<String, byte[]> store = records(1).open(dir.resolve("a.tph"))) {
      store.backup(dir.resolve("b.tph"));
    }
    try (SyncStore<String, byte[]> store = records(1).open(dir.resolve("b.tph"))) {
      assertTrue(store.isEmpty());
      store.put("k", new byte[1]);
      store.backup(dir.resolve("c.tph"));
    }
    try (SyncStore<String, byte[]> store = records(1).open(dir.resolve("c.tph"))) {
      Described.verifyAtRest(store, 1);
    }
  }

  @Test
  void anExistingTargetIsRefusedAndStays() throws IOException {
    try (LongSyncStore store = longs(1).open(dir.resolve("a.tph"))) {
      store.put(1, 2);
      Path target = Files.writeString(dir.resolve("b.tph"), "mine");
      for (Path existing : List.of(target, dir, dir.resolve("a.tph"))) {
        String message =
            assertThrows(StoreException.class, () -> store.backup(existing)).getMessage();
        assertTrue(message.contains("already"), message);
      }
      assertEquals("mine", Files.readString(target));
      assertThrows(StoreException.class, () -> store.backup(dir.resolve("no/such/place.tph")));
      assertThrows(NullPointerException.class, () -> store.backup(null));
      assertEquals(2, store.get(1));
    }
  }

  @Test
  void twoBackupsToOneTargetExcludeEachOther() {
    Path target = dir.resolve("b.tph");
    try (LongSyncStore store = longs(1).open(dir.resolve("a.tph"))) {
      try (CopyTarget other = CopyTarget.begin(target)) {
        assertThrows(StoreLockedException.class, () -> store.backup(target));
        assertThrows(StoreException.class, () -> longs(1).open(target));
        assertFalse(Files.exists(other.path()));
      }
      store.backup(target);
    }
    try (LongSyncStore copy = longs(1).open(target)) {
      Described.verifyAtRest(copy, 0);
    }
  }

  /**
   * Each writer has pairs of keys in one shard, and counts the first one up before the second one.
   * A state of the shard has them equal or one apart, and never a smaller number than an earlier
   * backup.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void eachShardIsAStateThatItHad(int shards) {
    Seeds.run(
        3,
        seed -> {
          Path file = dir.resolve("live-" + seed + ".tph");
          try (SyncStore<String, byte[]> store = records(shards).open(file);
              ChildJvm other = ChildJvm.start(BackupChild.class, "count", file, shards)) {
            assertEquals("counting", other.readLine());
            countBeside(store, shards, seed, file);
          }
        });
  }

  private void countBeside(SyncStore<String, byte[]> store, int shards, long seed, Path file)
      throws Exception {
    Parallel parallel = new Parallel(seed);
    for (int t = 0; t < THREADS; t++) {
      PairWriter writer = new PairWriter(store, file, "here-" + t, PAIRS);
      writer.step(new Random(seed)); // so that each backup has something of it
      parallel.background((random, step) -> writer.step(random));
    }
    Map<String, Long> last = new HashMap<>();
    parallel.worker(
        BACKUPS,
        (random, step) -> {
          Path copy = dir.resolve("copy-" + step + "-" + seed + ".tph");
          Described.verifyMeanwhile(store);
          store.backup(copy);
          try (SyncStore<String, byte[]> backup = records(shards).readOnly(true).open(copy)) {
            Described.verifyMeanwhile(backup);
            PairWriter.check(backup, last);
          }
          Files.delete(copy);
        });
    parallel.run();
    assertTrue(last.keySet().stream().anyMatch(key -> key.startsWith("there")), last::toString);
    assertTrue(last.keySet().stream().anyMatch(key -> key.startsWith("here-1")), last::toString);
  }

  @Test
  void allShardsAreOfOneMoment() throws Exception {
    try (LongSyncStore store = longs(16).open(dir.resolve("a.tph"))) {
      RowOfChanges.goesOnDuring(
          store,
          () -> {
            for (int i = 0; i < BACKUPS; i++) {
              store.backup(dir.resolve("b" + i));
            }
          });
    }
    for (int i = 0; i < BACKUPS; i++) {
      try (LongSyncStore copy = longs(16).open(dir.resolve("b" + i))) {
        RowOfChanges.assertIsOneMoment(copy);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create.formatted",
        "snapshot.cut",
        "snapshot.pinned",
        "snapshot.unpinned",
        "backup.shard",
        "backup.closed",
        "copy.forced",
        "copy.complete",
        "copy.published"
      })
  void aKilledBackupLeavesAWholeFileOrNone(String point) {
    Path file = dir.resolve("a.tph");
    Path target = dir.resolve("b.tph");
    try (SyncStore<String, byte[]> store = records(4).open(file)) {
      for (int i = 0; i < 500; i++) {
        store.put("key-" + i, Described.value("key-" + i, 1, i % 50 == 0 ? 20_000 : 50));
      }
      try (ChildJvm child =
          ChildJvm.start(
              List.of("-Dtophash.crashHook=" + CrashHook.class.getName()),
              BackupChild.class,
              "backup",
              file,
              4,
              target,
              point)) {
        assertEquals(BackupChild.HALTED, child.waitForEnd(), child::readAll);
      }
      assertEquals(
          point.equals("copy.published") || point.equals("snapshot.unpinned"),
          Files.exists(target));
      if (!Files.exists(target)) {
        store.backup(target);
      }
      try (SyncStore<String, byte[]> copy = records(4).open(target)) {
        Described.verifyAtRest(copy, 500);
        copy.forEach(Described::check);
      }
      store.put("key-0", Described.value("key-0", 2, 50));
      Described.verifyAtRest(store, 500);
      // The pin of a dead process holds nothing.
      store.force();
      assertEquals(0, store.stats().checkpoint().quarantinedBytes());
    }
    assertEquals(List.of("a.tph", "a.tph.lock", "b.tph", "b.tph.lock"), files());
  }

  @Test
  void aDamagedStoreIsNotBackedUp() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, byte[]> store = records(1).open(file)) {
      store.put("key", "the value that is going to be damaged".getBytes());
    }
    Damage.replace(file, "going to be", "going TO be");
    try (SyncStore<String, byte[]> store = records(1).open(file)) {
      StoreException e =
          assertThrows(StoreException.class, () -> store.backup(dir.resolve("b.tph")));
      assertTrue(e.getMessage().contains("tophash recover"), e.getMessage());
    }
    assertFalse(Files.exists(dir.resolve("b.tph")));
  }

  private List<String> files() {
    try (Stream<Path> all = Files.list(dir)) {
      return List.copyOf(
          all.map(p -> p.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Hears of named points only. */
  interface Points extends CrashHook.Tracer {
    @Override
    default void storing(long position, int length, boolean release) {}

    @Override
    default void fence() {}
  }
}
