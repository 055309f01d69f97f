package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.testing.SystemLog;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The levels of durability: where they stand, who may change them, and what comes of them. */
@Tag("fault")
class DurabilityTest {
  private static final Durability SHORT = Durability.POWER_LOSS.maxLoss(Duration.ofMillis(100));
  private static final Durability LONG = Durability.POWER_LOSS.maxLoss(Duration.ofDays(1));

  @TempDir Path dir;
  private final SystemLog log = new SystemLog();

  @AfterEach
  void listenNoMore() {
    log.close();
  }

  private static SyncStoreBuilder<String, String> builder() {
    return SyncStore.builder(Codecs.utf8(), Codecs.utf8()).windowBytes(1 << 20);
  }

  /** What stands in the file now, as the machine finds it on its next run. */
  private Path afterReboot(Path file) throws IOException {
    Path copy = dir.resolve("rebooted-" + System.nanoTime() + ".tph");
    Files.copy(file, copy);
    try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
      out.seek(HeaderLayout.BOOT_ID);
      out.write(new byte[] {1, 2, 3, 4});
    }
    return copy;
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait(); // the test as a whole has its time limit
    }
  }

  @Test
  void theLevelStandsInTheFile() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder().open(file)) {
      assertEquals(Durability.PROCESS, store.durability());
    }
    try (SyncStore<String, String> store = builder().durability(LONG).open(file)) {
      assertEquals(LONG, store.durability());
      // In the root, too.
      try (SyncStore<String, String> other = builder().open(afterReboot(file))) {
        assertEquals(LONG, other.durability());
      }
    }
    try (SyncStore<String, String> store = builder().readOnly(true).open(file)) {
      assertEquals(LONG, store.durability());
      assertThrows(UnsupportedOperationException.class, () -> store.durability(SHORT));
    }
    try (SyncStore<String, String> store = builder().open(file)) {
      assertEquals(LONG, store.durability());
    }
    try (LongSyncStore store = SyncStore.longs().durability(LONG).open(dir.resolve("longs.tph"))) {
      assertEquals(LONG, store.durability());
      store.durability(Durability.PROCESS);
      assertEquals(Durability.PROCESS, store.durability());
    }
  }

  @Test
  void aBuilderRaisesTheLevelAndNeverLowersIt() {
    Path file = dir.resolve("a.tph");
    builder().durability(Durability.POWER_LOSS).open(file).close();
    for (Durability weaker : List.of(Durability.PROCESS, LONG)) {
      log.clear();
      try (SyncStore<String, String> store = builder().durability(weaker).open(file)) {
        assertEquals(Durability.POWER_LOSS, store.durability());
        assertTrue(log.hasSaid("stays more durable than was asked for"), log::toString);
      }
    }
    log.clear();
    try (SyncStore<String, String> first = builder().open(file);
        SyncStore<String, String> store = builder().durability(SHORT).open(file)) {
      assertEquals(SHORT, store.durability());
      assertEquals(SHORT, first.durability());
      assertFalse(log.hasSaid("stays more durable"), log::toString);
      // Who asks the store itself may lower it.
      store.durability(LONG);
      assertEquals(LONG, first.durability());
      store.durability(Durability.PROCESS);
      assertEquals(Durability.PROCESS, first.durability());
    }
    try (SyncStore<String, String> store = builder().open(file)) {
      assertEquals(Durability.PROCESS, store.durability());
    }
  }

  @Test
  void aLevelThatWasSetHoldsAfterAPowerCut() throws IOException {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder().open(file)) {
      store.put("a", "1");
      store.durability(LONG);
      store.put("a", "2");
      try (SyncStore<String, String> other = builder().open(afterReboot(file))) {
        assertEquals(LONG, other.durability());
        assertEquals("1", other.get("a"), "it is a checkpoint");
        SyncStats.Checkpoint checkpoint = other.stats().checkpoint();
        assertNotNull(checkpoint.recoveredAt());
        assertFalse(checkpoint.recoveredTo().isAfter(checkpoint.recoveredAt()));
        assertTrue(log.hasSaid("the changes of 86400000 ms at most"), log::toString);
      }
      assertNull(store.stats().checkpoint().recoveredAt());
    }
  }

  @Test
  void aBackupIsAsDurableAsTheStore() {
    Path copy = dir.resolve("b.tph");
    try (SyncStore<String, String> store = builder().durability(LONG).open(dir.resolve("a.tph"))) {
      store.put("a", "1");
      store.backup(copy);
    }
    try (SyncStore<String, String> store = builder().open(copy)) {
      assertEquals(LONG, store.durability());
      assertEquals("1", store.get("a"));
    }
  }

  @Test
  void checkpointsComeByThemselvesAndNoneWhileNothingChanges() throws Exception {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder().durability(SHORT).open(file)) {
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 500; i++) {
          store.put("key-" + i, "value " + round);
        }
        long last = store.stats().checkpoint().number();
        Map<String, String> all = new HashMap<>(store);
        await(() -> isDurable(file, all));
        assertTrue(store.stats().checkpoint().number() >= last);
      }
      // All of it is durable, and stays as it is: the next checkpoint is that of the next change.
      long settled = store.stats().checkpoint().number();
      store.put("one", "more");
      Map<String, String> all = new HashMap<>(store);
      await(() -> isDurable(file, all));
      assertTrue(store.stats().checkpoint().number() <= settled + 2);
      store.durability(Durability.PROCESS);
      long number = store.stats().checkpoint().number();
      store.put("one", "too many");
      store.force();
      assertEquals(number + 1, store.stats().checkpoint().number(), "nobody else takes one");
    }
  }

  private boolean isDurable(Path file, Map<String, String> expected) {
    try {
      Path copy = afterReboot(file);
      try (SyncStore<String, String> other = builder().open(copy)) {
        return expected.equals(new HashMap<>(other));
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void statsSayWhatAPowerCutWouldLeave() {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder().durability(LONG).open(file)) {
      for (int i = 0; i < 2_000; i++) {
        store.put("key-" + i, "v".repeat(50));
      }
      store.force();
      SyncStats.Checkpoint first = store.stats().checkpoint();
      assertEquals(LONG, first.durability());
      assertFalse(first.broken());
      assertNull(first.stalledBy());
      for (int i = 0; i < 2_000; i++) {
        store.put("key-" + i, "w".repeat(50));
      }
      SyncStats.Checkpoint changed = store.stats().checkpoint();
      assertTrue(changed.quarantinedBytes() > 2_000 * 50, changed::toString);
      store.force();
      SyncStats.Checkpoint second = store.stats().checkpoint();
      assertEquals(0, second.quarantinedBytes());
      assertEquals(first.number() + 1, second.number());
      assertEquals(first.count() + 1, second.count());
      assertFalse(second.cutAt().isBefore(first.cutAt()));
    }
  }

  /** Where a limit of loss was asked for and cannot be kept, changes are refused. */
  @Test
  void afterARefusedForceALimitOfLossIsNotSilentlyBroken() throws Exception {
    Path file = dir.resolve("a.tph");
    try (SyncStore<String, String> store = builder().durability(LONG).open(file)) {
      store.put("a", "1");
    }
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(RegionLayout.EPOCHS + EpochLayout.BROKEN);
      out.write(1);
    }
    SyncStore<String, String> store = builder().open(file);
    await(() -> store.stats().trouble() != null);
    String message = assertThrows(StoreException.class, () -> store.put("a", "2")).getMessage();
    assertTrue(message.contains("backup"), message);
    assertTrue(store.stats().checkpoint().broken());
    assertEquals("1", store.get("a"));
    store.backup(dir.resolve("b.tph"));
    assertThrows(StoreException.class, () -> store.durability(SHORT));
    assertThrows(StoreException.class, store::close);
    try (SyncStore<String, String> copy = builder().open(dir.resolve("b.tph"))) {
      assertEquals("1", copy.get("a"));
    }
  }

  @Test
  void aLimitThatMakesNoSenseIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Durability.POWER_LOSS.maxLoss(Duration.ofMillis(99)));
    assertThrows(IllegalStateException.class, () -> Durability.PROCESS.maxLoss(Duration.ofDays(1)));
    assertThrows(NullPointerException.class, () -> builder().durability(null));
    assertNull(Durability.PROCESS.maxLoss());
    assertEquals(
        Duration.ofMillis(1L << 40),
        Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(Long.MAX_VALUE)).maxLoss());
    assertTrue(SHORT.isStrongerThan(LONG) && LONG.isStrongerThan(Durability.PROCESS));
    assertFalse(LONG.isStrongerThan(LONG) || Durability.PROCESS.isStrongerThan(SHORT));
  }
}
