package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.testing.Effort;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStats;
import io.tophash.sync.crash.Participant.End;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checkpoints of several processes: they are taken whoever is killed, and a process that is stopped
 * holds up nothing else, and is named.
 */
@Tag("crash")
@Tag("full")
class SyncLevelsTest {
  private static final Durability SHORT = Durability.POWER_LOSS.maxLoss(Duration.ofMillis(100));
  private static final int FOR_EVER = Integer.MAX_VALUE;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private Stage stage(Kind kind) {
    return new Stage(kind, directory.resolve("a.tph"), 4);
  }

  private static Target<?, ?> open(Stage stage) {
    return Target.open(stage.kind(), stage.path(), stage.shards());
  }

  /** Waits for others no longer than a test of one that is stopped may take. */
  private static Target<?, ?> openImpatiently(Stage stage) {
    return Target.open(stage.kind(), stage.path(), stage.shards(), false, Duration.ofMillis(60));
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.yield();
    }
  }

  /** The store as a power cut just now may leave it: all that was stored has reached the device. */
  private Target<?, ?> afterPowerCut(Stage stage) throws IOException {
    Path copy = directory.resolve("cut-" + System.nanoTime() + ".tph");
    Files.copy(stage.path(), copy);
    try (RandomAccessFile out = new RandomAccessFile(copy.toFile(), "rw")) {
      out.seek(HeaderLayout.BOOT_ID);
      out.write(new byte[] {1, 2, 3, 4});
    }
    return Target.open(stage.kind(), copy, stage.shards());
  }

  private boolean isDurable(Stage stage, Map<Long, Long> expected) {
    try (Target<?, ?> cut = afterPowerCut(stage)) {
      return expected.equals(cut.entries());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SyncStats.Checkpoint checkpoint(Target<?, ?> target) {
    return target.stats().checkpoint();
  }

  /** The level is that of the file: who never asked for it takes the checkpoints, too. */
  @ParameterizedTest
  @EnumSource
  void whoIsLeftTakesTheCheckpointsOfTheKilled(Kind kind) {
    Stage stage = stage(kind);
    Random random = new Random(5);
    try (Target<?, ?> target = open(stage)) {
      target.set(1, 10_000_001);
      try (Peer peer = Peer.start(Role.WRITER, stage, 3, 0, FOR_EVER)) {
        assertTrue(peer.awaitLines(1), () -> peer.said().toString());
        target.store.durability(SHORT);
        for (int i = 0; i < Effort.of(1, 3, 50); i++) {
          long before = checkpoint(target).number();
          assertTrue(peer.awaitLines(1 + random.nextInt(500)), () -> peer.said().toString());
          await(() -> checkpoint(target).number() > before);
        }
        peer.kill();
        assertNull(new Script(kind, 3).check(target, peer.acknowledged()));
      }
      Map<Long, Long> all = target.entries();
      await(() -> isDurable(stage, all));
      assertTrue(target.verify().isClean());
    }
  }

  /** Killed in the middle of a checkpoint, whether it forced or came to it by itself. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "checkpoint.begun",
        "checkpoint.cut",
        "checkpoint.forced",
        "checkpoint.written",
        "checkpoint.rooted",
        "checkpoint.durable"
      })
  void aCheckpointOfWhichTheTakerWasKilledIsTakenByAnother(String point) {
    Stage stage = stage(Kind.RECORDS);
    try (Target<?, ?> target = open(stage)) {
      target.store.durability(SHORT);
      try (Peer peer = Peer.start(Role.WRITER, stage, 3, 0, FOR_EVER, End.HALT, point, 2)) {
        assertEquals(Participant.HALTED, peer.await(), () -> peer.said().toString());
        assertNull(new Script(Kind.RECORDS, 3).check(target, peer.acknowledged()));
      }
      Map<Long, Long> all = target.entries();
      await(() -> isDurable(stage, all));
      assertTrue(target.verify().isClean());
      target.store.force();
      assertNull(checkpoint(target).stalledBy());
    }
  }

  /** In the guard, under a lock, or with the byte of the checkpoints in its hands. */
  @ParameterizedTest
  @CsvSource({
    "LONGS, in:changeSlot, 3",
    "LONGS, rebuild.built, 1",
    "RECORDS, rebuild.built, 2",
    "RECORDS, checkpoint.begun, 1",
    "RECORDS, checkpoint.forced, 1",
    "LONGS, checkpoint.written, 1",
  })
  void aStoppedProcessHoldsUpCheckpointsAndIsNamed(Kind kind, String point, int times) {
    Stage stage = stage(kind);
    long own = 500_000;
    try (Target<?, ?> target = openImpatiently(stage)) {
      for (long key = own; key < own + 40; key++) {
        target.set(key, 10_000_000 + key);
      }
      try (Peer peer = Peer.start(Role.WRITER, stage, 3, 0, 3_000, End.STOP, point, times)) {
        peer.awaitStopped();
        long before = checkpoint(target).number();
        target.set(own, 10_000_000);
        assertEquals(10_000_000L, target.get(own), "a change of a shard nobody is in");
        String message =
            assertThrows(StoreTimeoutException.class, target.store::force).getMessage();
        assertTrue(message.contains("pid=" + peer.pid() + " "), message);
        message =
            assertThrows(StoreTimeoutException.class, () -> target.store.durability(SHORT))
                .getMessage();
        assertTrue(message.contains("pid=" + peer.pid() + " "), message);
        await(() -> checkpoint(target).stalledBy() != null);
        assertEquals(peer.pid(), checkpoint(target).stalledBy().pid());
        for (long key = own + 1; key < own + 40; key++) {
          assertNotNull(target.get(key));
        }
        assertEquals(before, checkpoint(target).number());
        peer.signal("CONT");
        assertEquals(0, peer.await(), () -> peer.said().toString());
        target.store.durability(SHORT);
        assertNull(checkpoint(target).stalledBy());
        assertNull(new Script(kind, 3).check(target, 3_000));
        Map<Long, Long> all = target.entries();
        await(() -> isDurable(stage, all));
      }
    }
  }

  /** Two processes that both want the byte after each of their changes, and are killed. */
  @Test
  void ofProcessesThatRaceForCheckpointsNoneIsToldOfOneThatIsNot() throws IOException {
    Stage stage = stage(Kind.LONGS);
    Random random = new Random(7);
    long first = 0;
    long second = 0;
    for (int i = 0; i < Effort.of(1, 4, 100); i++) {
      try (Peer one = Peer.start(Role.FORCER, stage, 3, first, FOR_EVER);
          Peer two = Peer.start(Role.FORCER, stage, 4, second, FOR_EVER)) {
        assertTrue(one.awaitLines(2 + random.nextInt(60)), () -> one.said().toString());
        assertTrue(two.awaitLines(2 + random.nextInt(60)), () -> two.said().toString());
        one.kill();
        two.kill();
        first = one.acknowledged();
        second = two.acknowledged();
      }
      try (Target<?, ?> cut = afterPowerCut(stage)) {
        assertNull(new Script(Kind.LONGS, 3).check(cut, first));
        assertNull(new Script(Kind.LONGS, 4).check(cut, second));
        assertTrue(cut.verify().isClean());
      }
    }
  }

  @Test
  void threadsOfOneProcessShareCheckpoints() throws InterruptedException, IOException {
    Stage stage = stage(Kind.LONGS);
    try (Target<?, ?> target = open(stage)) {
      Thread[] threads = new Thread[4];
      for (int t = 0; t < threads.length; t++) {
        long base = 1_000L * t;
        threads[t] =
            new Thread(
                () -> {
                  for (long n = 0; n < 50; n++) {
                    target.set(base + n, n);
                    target.store.force();
                  }
                });
        threads[t].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      try (Target<?, ?> cut = afterPowerCut(stage)) {
        assertEquals(target.entries(), cut.entries());
      }
      assertEquals(200, target.sizeLong());
    }
  }
}
