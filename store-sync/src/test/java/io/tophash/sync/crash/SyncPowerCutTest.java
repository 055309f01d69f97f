package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.sync.Durability;
import io.tophash.sync.crash.PowerCutSimulation.Tally;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RootLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
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
 * Power cuts before each store and around each force of operations between checkpoints. Whatever of
 * them reached the device, the store opens as the last checkpoint, or as the one that was just
 * being made durable; and no store hits what a checkpoint has sealed.
 */
@Tag("hook")
@Tag("crash")
@Tag("full")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SyncPowerCutTest {
  private static final boolean LONG = PowerCuts.LONG;

  /** Cuts of the first life of a scene, about; each of them has some more in its later lives. */
  private static final int CUTS = LONG ? 1_000 : 120;

  /** The same at level POWER_LOSS. */
  private static final int CUTS_OF_LEVEL = LONG ? 1_000 : 40;

  private static final Durability POWER_LOSS = Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(1));

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

  private List<Scene> scenes() {
    return PowerCuts.withCheckpoints(Scene.all(directory));
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> aPowerCutLeavesACheckpoint() {
    return new PowerCuts(directory).cases(scenes(), Durability.PROCESS, CUTS);
  }

  /** Nobody calls force: checkpoints come when time has passed. */
  @TestFactory
  @Order(2)
  Stream<DynamicTest> atLevelPowerLossNoMoreThanMaxLossIsLost() {
    return new PowerCuts(directory).cases(Scene.all(directory), POWER_LOSS, CUTS_OF_LEVEL);
  }

  @Test
  @Order(3)
  void allMixturesOfATinySceneLeaveACheckpoint() throws IOException {
    Tally tally = new Tally();
    tally.exhaustiveLimit = LONG ? 1 << 14 : 1 << 10;
    Scene tiny =
        new Scene(
            "tiny",
            Target.Kind.LONGS,
            1,
            List.of(Op.set(1, 10), Op.set(2, 20), Op.of(Op.What.FORCE)),
            List.of(Op.set(1, 11), Op.of(Op.What.FORCE), Op.remove(2), Op.of(Op.What.FORCE)));
    Random random = new Random(3);
    int one = LONG ? 1 : 4;
    String failure =
        new PowerCuts(directory)
            .play(
                tiny, Durability.PROCESS, Sabotage.NONE, tally, () -> random.nextInt(one) == 0, 5);
    PowerCuts.say(Durability.PROCESS, tally);
    System.out.println(
        "simulated power cuts: tiny, images=" + tally.images + " exhaustive=" + tally.exhaustive);
    assertNull(failure, failure);
    assertTrue(tally.exhaustive > 200, () -> "exhaustive=" + tally.exhaustive);
  }

  @Test
  @Order(4)
  void everyPointOfCheckpointAndRecoveryWasReached() {
    Set<String> reached = new TreeSet<>(PowerCutSimulation.REACHED);
    reached.removeIf(name -> !name.startsWith("checkpoint.") && !name.startsWith("recovery."));
    assertEquals(
        Set.of(
            "checkpoint.begun",
            "checkpoint.cut",
            "checkpoint.summed",
            "checkpoint.forced",
            "checkpoint.written",
            "checkpoint.rooted",
            "checkpoint.durable",
            "recovery.chosen",
            "recovery.shards",
            "recovery.extents"),
        reached);
  }

  // --- broken variants
  // ----------------------------------------------------------------------------

  private static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of("nothing is forced", Sabotage.forces((position, length) -> false)),
        Arguments.of(
            "the root is forced before what it names",
            Sabotage.forces((position, length) -> length == RootLayout.SLOT_BYTES)),
        Arguments.of(
            "the durable root is written over",
            Sabotage.words("checkpoint.begun", w -> w.xor(EpochLayout.ROOT_SLOT, 1))),
        Arguments.of(
            "freed blocks are used again at once",
            Sabotage.words("checkpoint.durable", w -> w.put(EpochLayout.REUSE_BELOW, 1 << 20))),
        Arguments.of(
            "freed blocks are used again when their own epoch is durable",
            Sabotage.words(
                "checkpoint.durable", w -> w.put(EpochLayout.REUSE_BELOW, w.durable() + 1))),
        Arguments.of(
            "directories and segments stay fresh after a cut",
            Sabotage.words("checkpoint.cut", Sabotage.Words::keepFresh)),
        Arguments.of("a recovery leaves the other root", new Sabotage.KeptRoot()),
        Arguments.of(
            "a number is used again",
            Sabotage.words("checkpoint.durable", Sabotage.Words::numberAgain)));
  }

  @Order(5)
  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenVariantIsNoticed(String name, Sabotage sabotage) throws IOException {
    List<Scene> scenes =
        scenes().stream()
            .filter(scene -> scene.name().contains("few keys") || scene.name().contains("split"))
            .toList();
    if (!new PowerCuts(directory).isNoticed(scenes, Durability.PROCESS, sabotage, 100)) {
      fail(name + ", and nothing was wrong");
    }
  }
}
