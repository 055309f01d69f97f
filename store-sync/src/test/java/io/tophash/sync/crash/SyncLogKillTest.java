package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.testing.Effort;
import io.tophash.core.testing.FileWords;
import io.tophash.sync.Durability;
import io.tophash.sync.crash.Participant.End;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.RootLayout;
import io.tophash.sync.format.ShardLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that end while they log a change, write a batch or redo what another one has logged:
 * what they have acknowledged is there, in the store and after a power cut; and the log says what
 * the store has.
 */
@Tag("crash")
@Tag("full")
class SyncLogKillTest {
  private static final int VICTIM = 2;
  private static final int HEIR = 3;
  private static final int MANY = 100_000;
  private static final long OWN_KEY = 990_000;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private int cuts;

  private Stage stage(Kind kind) {
    return new Stage(kind, directory.resolve("a.tph"), 2);
  }

  private static Target<?, ?> open(Stage stage, Duration lockTimeout) {
    Target<?, ?> target =
        Target.open(stage.kind(), stage.path(), stage.shards(), false, lockTimeout);
    target.store.durability(Durability.EACH_CHANGE);
    return target;
  }

  private static Target<?, ?> open(Stage stage) {
    return open(stage, Duration.ofSeconds(10));
  }

  /** Opens the store as a power cut just now leaves it. */
  private Map<Long, Long> afterPowerCut(Stage stage) {
    Path copy = PoweredOff.copy(stage.path(), directory.resolve("cut-" + cuts++ + ".tph"));
    try (Target<?, ?> cut = Target.open(stage.kind(), copy, stage.shards())) {
      VerifyReport report = cut.verify();
      assertTrue(report.isClean(), () -> report.findings().toString());
      return cut.entries();
    } finally {
      PoweredOff.delete(copy);
    }
  }

  /** The shards of the dead are taken over, and what is in the lanes is written. */
  private static void settle(Target<?, ?> target) {
    VerifyReport report = target.verify();
    assertTrue(report.isClean(), () -> report.findings().toString());
    target.set(OWN_KEY, target.sizeLong() + Target.sized(20, 1));
  }

  private static long killAt(Stage stage, int writer, String point, int nth) {
    try (Peer peer =
        Peer.start(Role.PATIENT_WRITER, stage, writer, 0, MANY, End.HALT, point, nth)) {
      assertEquals(Participant.HALTED, peer.await(), () -> point + ": " + peer.said());
      return peer.acknowledged();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LONGS, lane.written, 40",
    "LONGS, lane.logged, 40",
    "LONGS, log.forced, 31",
    "RECORDS, lane.written, 70",
    "RECORDS, lane.logged, 33",
    "RECORDS, lane.logged, 90",
    "RECORDS, lane.logged, 91",
    "RECORDS, lane.logged, 92",
    "RECORDS, log.gathered, 50",
    "RECORDS, log.writing, 50",
    "RECORDS, log.forced, 50",
    "RECORDS, log.heads, 50",
    "RECORDS, log.committed, 50",
    "RECORDS, checkpoint.cut, 1",
    "RECORDS, checkpoint.durable, 1",
    "RECORDS, large.noted, 2",
  })
  void whatAKilledProcessHasLoggedIsDone(Kind kind, String point, int nth) {
    Stage stage = stage(kind);
    try (Target<?, ?> target = open(stage)) {
      target.set(OWN_KEY, Target.sized(20, 0));
      long acknowledged = killAt(stage, VICTIM, point, nth);
      Script script = new Script(kind, VICTIM);
      try (Target<?, ?> cut =
          Target.open(
              kind, PoweredOff.copy(stage.path(), directory.resolve("at.tph")), stage.shards())) {
        assertNull(script.check(cut, acknowledged), "cut before anybody has taken over");
      }
      assertNull(script.check(target, acknowledged));
      settle(target);
      assertNull(script.check(target, acknowledged));
      assertEquals(target.entries(), afterPowerCut(stage));
    }
  }

  /** The heir of a killed process is killed while it does what that one has logged. */
  @ParameterizedTest
  @EnumSource
  void whoeverTakesOverMayBeKilledToo(Kind kind) {
    Stage stage = stage(kind);
    open(stage).close(); // else this process might be the heir
    long first = killAt(stage, VICTIM, "lane.logged", 60);
    long second = killAt(stage, HEIR, "lane.redone", 1);
    try (Target<?, ?> target = open(stage)) {
      settle(target);
      assertNull(new Script(kind, VICTIM).check(target, first));
      assertNull(new Script(kind, HEIR).check(target, second));
      assertEquals(target.entries(), afterPowerCut(stage));
    }
  }

  /** Who opens the store alone begins a run of the log, and may be killed while he does. */
  @ParameterizedTest
  @ValueSource(strings = {"log.begun", "log.run", "checkpoint.cut", "checkpoint.rooted"})
  void aRunThatNobodyHasBegunWhollyIsBegunAgain(String point) {
    Stage stage = stage(Kind.RECORDS);
    open(stage).close();
    long acknowledged = killAt(stage, VICTIM, "lane.logged", 33);
    assertEquals(0, killAt(stage, HEIR, point, 1));
    PoweredOff.copy(stage.path(), directory.resolve("off.tph"));
    Stage off = new Stage(stage.kind(), directory.resolve("off.tph"), stage.shards());
    for (Stage each : List.of(stage, off)) {
      try (Target<?, ?> target = open(each)) {
        assertNull(new Script(Kind.RECORDS, VICTIM).check(target, acknowledged));
        settle(target);
        assertEquals(target.entries(), afterPowerCut(each));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replay.batch",
        "log.begun",
        "log.run",
        "checkpoint.cut",
        "checkpoint.written",
        "checkpoint.durable",
      })
  void aReplayThatIsKilledIsDoneAgain(String point) {
    Stage stage = stage(Kind.RECORDS);
    try (Target<?, ?> target = open(stage)) {
      Script script = new Script(Kind.RECORDS, VICTIM);
      int done = 0;
      Stage off = null;
      boolean isKilled = false;
      // More than once, as a checkpoint of this process may have left nothing for the log.
      for (int tries = 0; tries < 10 && !isKilled; tries++) {
        if (off != null) {
          PoweredOff.delete(off.path());
        }
        for (int n = 0; n < 30; n++, done++) {
          script.op(done).run(target, Map.of());
        }
        Path copy = PoweredOff.copy(stage.path(), directory.resolve("off-" + done + ".tph"));
        off = new Stage(stage.kind(), copy, stage.shards());
        isKilled = isKilledWhileItOpens(off, point);
      }
      assertTrue(isKilled, "it never came to the point");
      assertEquals(target.entries(), afterPowerCut(off), "the power fails, too");
      try (Target<?, ?> again = Target.open(off.kind(), off.path(), off.shards())) {
        assertEquals(target.entries(), again.entries());
        settle(again);
      }
    }
  }

  private static boolean isKilledWhileItOpens(Stage stage, String point) {
    try (Peer peer = Peer.start(Role.PATIENT_WRITER, stage, HEIR, 0, 0, End.HALT, point, 1)) {
      return peer.await() == Participant.HALTED;
    }
  }

  @ParameterizedTest
  @CsvSource({"clear.noted", "lane.logged", "clear.published", "clear.freed"})
  void aShardThatIsClearedIsEmptyInTheLogAsInTheStore(String point) {
    Stage stage = stage(Kind.RECORDS);
    try (Target<?, ?> target = open(stage)) {
      // Of the lane the point of the clearing: 150 changes come before it.
      int nth = point.equals("lane.logged") ? 151 : 1;
      try (Peer peer = Peer.start(Role.CLEARER, stage, VICTIM, 0, MANY, End.HALT, point, nth)) {
        assertEquals(Participant.HALTED, peer.await(), () -> peer.said().toString());
      }
      settle(target);
      assertEquals(target.entries(), afterPowerCut(stage));
    }
  }

  @ParameterizedTest
  @EnumSource
  void processesThatAreKilledAtAnyTimeLoseNothing(Kind kind) {
    Stage stage = stage(kind);
    Random random = new Random(17);
    try (Target<?, ?> target = open(stage)) {
      for (int round = 0; round < Effort.of(2, 6, 100); round++) {
        try (Peer one = Peer.start(Role.PATIENT_WRITER, stage, VICTIM, 0, MANY);
            Peer other = Peer.start(Role.PATIENT_WRITER, stage, HEIR, 0, MANY)) {
          assertTrue(one.awaitLines(50 + random.nextInt(200)), () -> one.said().toString());
          one.kill();
          assertTrue(other.awaitLines(60), () -> other.said().toString());
          // Whatever the level is meanwhile.
          target.store.durability(round % 2 == 0 ? Durability.PROCESS : Durability.POWER_LOSS);
          target.store.durability(Durability.EACH_CHANGE);
          assertTrue(other.awaitLines(30), () -> other.said().toString());
          other.kill();
          settle(target);
          assertNull(new Script(kind, VICTIM).check(target, one.acknowledged()));
          assertNull(new Script(kind, HEIR).check(target, other.acknowledged()));
          Map<Long, Long> all = target.entries();
          assertEquals(all, afterPowerCut(stage));
          all.keySet().forEach(target::delete);
        }
      }
    }
  }

  /** A process that is stopped in the middle of a batch holds up who waits for it, and is named. */
  @Test
  void aFlusherThatIsStoppedIsNamed() throws IOException {
    Stage stage = stage(Kind.LONGS);
    try (Target<?, ?> target = open(stage, Duration.ofMillis(300));
        Peer peer =
            Peer.start(Role.PATIENT_WRITER, stage, VICTIM, 0, MANY, End.STOP, "log.writing", 20)) {
      peer.awaitStopped();
      StoreTimeoutException e =
          assertThrows(StoreTimeoutException.class, () -> target.set(OWN_KEY, 5));
      assertTrue(e.getMessage().contains("pid=" + peer.pid()), e::getMessage);
      assertEquals(5, target.get(OWN_KEY), "made, and not durable yet");
      peer.signal("CONT");
      assertTrue(peer.awaitLines(3), () -> peer.said().toString());
      target.set(OWN_KEY, 6);
      peer.kill();
      settle(target);
      assertEquals(target.entries(), afterPowerCut(stage));
    }
  }

  // --- what is broken is found
  // ---------------------------------------------------------------------

  /** Who does not redo what was logged has a store that its log knows better. */
  @Test
  void withoutRedoTheLogSaysMoreThanTheStore() throws IOException {
    Stage stage = stage(Kind.LONGS);
    try (Target<?, ?> target = open(stage)) {
      boolean isFound = false;
      for (int attempt = 0; attempt < 10 && !isFound; attempt++) {
        target.clear(); // else what is logged may be what is there already
        killAt(stage, VICTIM, "lane.logged", 40);
        // A checkpoint of this process may come before, or in between.
        if (isRedoForgotten(stage)) {
          settle(target);
          isFound = !target.entries().equals(afterPowerCut(stage));
        }
      }
      assertTrue(isFound);
    }
  }

  /** Makes the file say that all is done; false if it was. */
  private static boolean isRedoForgotten(Stage stage) throws IOException {
    boolean isForgotten = false;
    for (int shard = 0; shard < stage.shards(); shard++) {
      long at = RegionLayout.shard(shard);
      long tail = FileWords.get(stage.path(), at + ShardLayout.LANE_TAIL);
      isForgotten |= FileWords.get(stage.path(), at + ShardLayout.LANE_APPLIED) != tail;
      FileWords.put(stage.path(), at + ShardLayout.LANE_APPLIED, tail);
    }
    return isForgotten;
  }

  private static List<Long> checkpoints(Stage stage) throws IOException {
    return List.of(
        FileWords.get(stage.path(), RootLayout.slot(0) + RootLayout.EPOCH),
        FileWords.get(stage.path(), RootLayout.slot(1) + RootLayout.EPOCH));
  }

  /** A batch that was not written when its changes were acknowledged is missed. */
  @Test
  void withoutABatchWhatItHadIsMissed() throws IOException {
    Stage stage = stage(Kind.LONGS);
    try (Target<?, ?> target = open(stage)) {
      boolean isMissed = false;
      for (long attempt = 1; attempt <= 10 && !isMissed; attempt++) {
        List<Long> checkpoints = checkpoints(stage);
        target.set(1, attempt);
        long batch = FileWords.get(stage.path(), RegionLayout.EPOCHS + EpochLayout.BATCH);
        long place = FileWords.get(stage.path(), RegionLayout.EPOCHS + EpochLayout.logPlace(batch));
        target.set(2, 2 * attempt);
        Map<Long, Long> all = target.entries();
        assertEquals(all, afterPowerCut(stage));
        Path log = stage.path().resolveSibling(stage.path().getFileName() + ".log-0");
        long at = (place & (1L << 48) - 1) * 4096;
        long magic = FileWords.get(log, at);
        FileWords.put(log, at, 0);
        isMissed = !all.equals(afterPowerCut(stage));
        FileWords.put(log, at, magic);
        // One that came meanwhile has all of it, and needs no log.
        assertTrue(isMissed || !checkpoints.equals(checkpoints(stage)));
        assertEquals(all, afterPowerCut(stage));
      }
      assertTrue(isMissed);
    }
  }

  /** Who leaves a lock behind that nobody takes over stops all: so the word must name the dead. */
  @Test
  void theFlushLockOfADeadProcessIsTaken() throws IOException {
    Stage stage = stage(Kind.LONGS);
    try (Target<?, ?> target = open(stage)) {
      killAt(stage, VICTIM, "log.writing", 10);
      long word = FileWords.get(stage.path(), RegionLayout.EPOCHS + EpochLayout.FLUSH);
      assertTrue(LockWord.slot(word) > 0, () -> "word=" + Long.toHexString(word));
      target.set(5, 5);
      assertEquals(0, FileWords.get(stage.path(), RegionLayout.EPOCHS + EpochLayout.FLUSH));
    }
  }
}
