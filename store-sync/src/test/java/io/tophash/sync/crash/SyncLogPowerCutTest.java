package io.tophash.sync.crash;

import static io.tophash.sync.crash.Target.sized;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.sync.Durability;
import io.tophash.sync.crash.PowerCutSimulation.Tally;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RootLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Power cuts at level EACH_CHANGE, before each store and in each write to the log. Whatever of the
 * store and, for itself, of the files of its log reached the device: what has returned is there,
 * and the change that was under way is there as a whole or not at all. Somebody follows the
 * changes, also in the middle of one, and goes on behind the power cut from the position that he
 * has.
 */
@Tag("hook")
@Tag("crash")
@Tag("full")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SyncLogPowerCutTest {
  private static final boolean LONG = PowerCuts.LONG;
  private static final Durability LEVEL = Durability.EACH_CHANGE;

  /** Cuts of the first life of a scene, about; each of them has some more in its later lives. */
  private static final int CUTS = LONG ? 1_000 : 15;

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  @BeforeAll
  static void begin() {
    PowerCuts.simulate(true);
  }

  @AfterAll
  static void end() {
    PowerCuts.simulate(false);
  }

  /** A checkpoint is seldom, so nearly all that is there comes from the log. */
  private static List<Scene> scenes(Path scratch) {
    List<Scene> scenes = new ArrayList<>(Scene.all(scratch));
    scenes.add(severalFiles());
    return scenes;
  }

  /** Goes from file to file of the log, and back to the first one behind a checkpoint. */
  private static Scene severalFiles() {
    List<Op> ops = new ArrayList<>();
    for (int i = 0; i < 125; i++) {
      ops.add(Op.set(i % 6, sized(30_000 + i, i)));
      if (i == 80) {
        ops.add(Op.of(Op.What.FORCE));
      }
    }
    return new Scene("files of the log", Target.Kind.RECORDS, 2, List.of(), ops);
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> aPowerCutLeavesEachChangeThatHasReturned() {
    return new PowerCuts(directory).cases(scenes(directory), LEVEL, CUTS);
  }

  /** Each set of the sectors of a batch, and of the header of a file, that was being written. */
  @Test
  @Order(2)
  void anyPartOfABatchIsNoBatch() throws IOException {
    Tally tally = new Tally();
    tally.exhaustiveLogs = 1 << 8;
    int bytes = LONG ? 3_600 : 2_300;
    Scene tiny =
        new Scene(
            "tiny",
            Target.Kind.RECORDS,
            1,
            List.of(),
            List.of(
                Op.set(1, sized(bytes, 1)),
                Op.set(1, sized(bytes, 2)),
                Op.of(Op.What.FORCE),
                Op.remove(1)));
    String failure =
        new PowerCuts(directory).play(tiny, LEVEL, Sabotage.NONE, tally, () -> true, 5);
    PowerCuts.say(LEVEL, tally);
    System.out.println(
        "simulated power cuts: tiny log, images="
            + tally.images
            + " exhaustive="
            + tally.exhaustive);
    assertNull(failure, failure);
    assertTrue(tally.exhaustive > 60, () -> "exhaustive=" + tally.exhaustive);
  }

  @Test
  @Order(3)
  void everyPointOfLogAndReplayWasReached() {
    Set<String> reached = new TreeSet<>(PowerCutSimulation.REACHED);
    reached.removeIf(
        name ->
            !name.startsWith("log.") && !name.startsWith("lane.") && !name.startsWith("replay."));
    assertEquals(
        Set.of(
            "lane.logged",
            "lane.written",
            "log.begun",
            "log.committed",
            "log.forced",
            "log.gathered",
            "log.heads",
            "log.run",
            "log.writing",
            "replay.batch"),
        reached);
  }

  @Test
  @Order(4)
  void followersHaveComeToWhatTheStoreHas() {
    long resumed = PowerCutSimulation.RESUMED.sum();
    System.out.println(
        "simulated power cuts: followers that went on="
            + resumed
            + " toldThatTheyMissed="
            + PowerCutSimulation.MISSED.sum());
    assertTrue(resumed > 300, () -> "resumed=" + resumed);
  }

  /** What is broken, and where it shows. */
  private static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(
            "a batch counts before it is on the device", "few keys", Sabotage.noForceOfTheLog()),
        Arguments.of(
            "the root names a batch that is too late",
            "few keys",
            Sabotage.words(
                "checkpoint.written", words -> words.changeRoot(RootLayout.LOG_START, 1))),
        Arguments.of(
            "the root says too much of a lane",
            "few keys",
            Sabotage.words(
                "checkpoint.written",
                words -> words.changeRoot(RootLayout.shard(0) + RootLayout.SHARD_LANE, 1 << 16))),
        Arguments.of(
            "files of the log are used again at once",
            "files of the log",
            Sabotage.words(
                "checkpoint.durable", words -> words.put(EpochLayout.LOG_START, 1L << 40))),
        Arguments.of("a follower passes changes by", "few keys", Sabotage.ofTheFollower()),
        Arguments.of(
            "changes are made without the log",
            "few keys",
            Sabotage.words("checkpoint.durable", Sabotage.Words::logNothing)));
  }

  @Order(4)
  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenVariantIsNoticed(String name, String where, Sabotage sabotage) throws IOException {
    List<Scene> scenes =
        scenes(directory).stream().filter(scene -> scene.name().contains(where)).toList();
    assertTrue(
        new PowerCuts(directory).isNoticed(scenes, LEVEL, sabotage, 30),
        () -> name + ", and nothing was wrong");
  }
}
