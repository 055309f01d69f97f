package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.testing.Effort;
import io.tophash.core.testing.FileWords;
import io.tophash.sync.Durability;
import io.tophash.sync.crash.Participant.End;
import io.tophash.sync.crash.Participant.Role;
import io.tophash.sync.crash.Peer.Stage;
import io.tophash.sync.crash.Target.Kind;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LogLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.log.LogFiles;
import io.tophash.sync.log.LogReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Who follows the changes of processes that are killed, and is killed, has what the store has. */
@Tag("full")
@Tag("crash")
class FollowKillTest {
  private static final int ONE = 2;
  private static final int OTHER = 3;
  private static final int MANY = 100_000;
  private static final long OWN_KEY = 990_000;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private Stage stage(Kind kind) {
    return new Stage(kind, directory.resolve("a.tph"), 2);
  }

  private static Target<?, ?> open(Stage stage) {
    Target<?, ?> target = stage.open();
    target.store.durability(Durability.EACH_CHANGE);
    return target;
  }

  private static void killAt(Stage stage, Role role, String point, int nth) {
    try (Peer peer = Peer.start(role, stage, ONE, 0, MANY, End.HALT, point, nth)) {
      assertEquals(Participant.HALTED, peer.await(), () -> point + ": " + peer.said());
    }
  }

  /** The shards of the dead are taken over, and what is in the lanes is written. */
  private static void settle(Target<?, ?> target) {
    VerifyReport report = target.verify();
    assertTrue(report.isClean(), () -> report.findings().toString());
    target.set(OWN_KEY, target.sizeLong() + Target.sized(20, 1));
  }

  private static long word(Stage stage, int field) throws IOException {
    return at(stage, RegionLayout.EPOCHS + field);
  }

  private static long at(Stage stage, long position) throws IOException {
    return FileWords.get(stage.path(), position);
  }

  @ParameterizedTest
  @CsvSource({
    "LONGS, lane.logged, 40",
    "RECORDS, lane.logged, 91",
    "RECORDS, log.writing, 50",
    "RECORDS, log.heads, 50",
    "RECORDS, log.committed, 50",
  })
  void theChangesOfAKilledProcessCome(Kind kind, String point, int nth) {
    Stage stage = stage(kind);
    try (Target<?, ?> target = open(stage)) {
      FollowedCopy copy = FollowedCopy.begin(stage.path(), target);
      killAt(stage, Role.PATIENT_WRITER, point, nth);
      copy.catchUp(target);
      settle(target);
      copy.catchUp(target);
      assertEquals(target.entries(), copy.entries());
    }
  }

  /** Nobody else is there who would write what is in its lanes, but the next one that opens. */
  @Test
  void whatTheLastProcessHasLoggedComesWhenTheStoreIsOpened() {
    Stage stage = stage(Kind.RECORDS);
    FollowedCopy copy;
    try (Target<?, ?> target = open(stage)) {
      copy = FollowedCopy.begin(stage.path(), target);
    }
    killAt(stage, Role.CLEARER, "lane.logged", 151);
    try (Target<?, ?> target = stage.open()) {
      copy.catchUp(target);
      assertEquals(target.entries(), copy.entries());
    }
  }

  /** The last one that lives writes, when it closes, what is in the lanes of the dead. */
  @Test
  void whatADeadProcessHasLoggedIsWrittenByTheLastClose() {
    Stage stage = stage(Kind.LONGS);
    Target<?, ?> target = open(stage);
    FollowedCopy copy = FollowedCopy.begin(stage.path(), target);
    killAt(stage, Role.PATIENT_WRITER, "lane.logged", 40);
    target.close();
    try (Target<?, ?> reader =
        Target.open(stage.kind(), stage.path(), 2, true, Duration.ofSeconds(10))) {
      copy.catchUp(reader);
      assertEquals(reader.entries(), copy.entries());
    }
  }

  /** A batch that is on the device and not committed is read by who does not look at that. */
  @Test
  void whatIsNotCommittedIsNotDelivered() throws IOException {
    Stage stage = stage(Kind.LONGS);
    try (Target<?, ?> target = open(stage)) {
      FollowedCopy copy = FollowedCopy.begin(stage.path(), target);
      killAt(stage, Role.PATIENT_WRITER, "log.forced", 31);
      copy.catchUp(target);
      long next = word(stage, EpochLayout.BATCH);
      long before = copy.changes();
      LogFiles files =
          new LogFiles(stage.path(), at(stage, HeaderLayout.STORE_ID), LogLayout.FILE_BYTES);
      try (LogReader careless =
          files.read(word(stage, EpochLayout.LOG_RUN), word(stage, EpochLayout.LOG_START))) {
        while (careless.seq() < next) {
          assertNotNull(careless.next(), careless::problem);
        }
        assertNotNull(careless.next(), "it would be delivered, though the next batch replaces it");
      }
      copy.catchUp(target);
      assertEquals(before, copy.changes());
      settle(target);
      copy.catchUp(target);
      assertEquals(target.entries(), copy.entries());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFollowerThatIsKilledGoesOnFromWhereItWas(Kind kind) {
    Stage stage = stage(kind);
    Random random = new Random(23);
    try (Target<?, ?> target = open(stage)) {
      target.store.keepChanges(8L << 30); // 512 files, which are small here
      FollowedCopy.begin(stage.path(), target);
      for (int round = 0; round < Effort.of(1, 3, 30); round++) {
        // They force each change, so that nobody is left behind by as much as is kept.
        try (Peer one = Peer.start(Role.FORCER, stage, ONE, 0, MANY);
            Peer other = Peer.start(Role.FORCER, stage, OTHER, 0, MANY);
            Peer follower = Peer.start(Role.FOLLOWER, stage, 0, 0, 0)) {
          assertTrue(one.awaitLines(50 + random.nextInt(100)), () -> one.said().toString());
          assertTrue(follower.awaitLines(2 + random.nextInt(3)), () -> follower.said().toString());
          if (round % 2 == 0) {
            one.kill();
            target.store.force();
          }
          assertTrue(other.awaitLines(40), () -> other.said().toString());
          follower.kill();
          assertTrue(other.awaitLines(20), () -> other.said().toString());
        }
        settle(target);
        FollowedCopy copy = FollowedCopy.load(stage.path());
        long before = copy.changes();
        copy.catchUp(target);
        assertTrue(before > 0 && copy.changes() > before, () -> "changes=" + before);
        assertEquals(target.entries(), copy.entries());
        copy.keep();
      }
    }
  }
}
