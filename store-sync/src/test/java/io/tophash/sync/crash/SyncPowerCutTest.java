package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.tophash.core.crash.CrashHook;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.sync.Durability;
import io.tophash.sync.crash.PowerCutSimulation.Sabotage;
import io.tophash.sync.crash.PowerCutSimulation.Tally;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.RootLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
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
  private static final boolean LONG = Boolean.getBoolean("tophash.long");

  /** Cuts of the first life of a scene, about; each of them has some more in its later lives. */
  private static final int CUTS = LONG ? 1_000 : 120;

  /** The same at level POWER_LOSS. */
  private static final int CUTS_OF_LEVEL = LONG ? 1_000 : 40;

  /** Images of all scenes together in the long form, for each level. */
  private static final int LONG_IMAGES = 101_000;

  private static final Durability POWER_LOSS = Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(1));

  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  /** The scenes of the simulated kills, with a checkpoint now and then. */
  private static List<Scene> scenes(Path scratch) {
    List<Scene> scenes = new ArrayList<>();
    for (Scene scene : Scene.all(scratch)) {
      scenes.add(
          new Scene(
              scene.name(),
              scene.kind(),
              scene.shards(),
              scene.setup(),
              withCheckpoints(
                  scene.script(), Math.max(1, Math.min(7, scene.script().size() / 3)))));
    }
    return scenes;
  }

  private static List<Op> withCheckpoints(List<Op> script, int every) {
    List<Op> ops = new ArrayList<>();
    ops.add(Op.of(Op.What.FORCE));
    for (int i = 0; i < script.size(); i++) {
      ops.add(script.get(i));
      if (i % every == every - 1) {
        ops.add(Op.of(Op.What.FORCE));
      }
    }
    ops.addAll(script.subList(0, Math.min(3, script.size())));
    return ops;
  }

  // The simulation says what time it is: no checkpoint by the clock of this JVM.
  @BeforeAll
  static void holdTheClock() {
    CrashHook.hold("checkpointer.look", true);
  }

  @AfterAll
  static void letTheClockGo() {
    CrashHook.hold("checkpointer.look", false);
  }

  @TestFactory
  @Order(1)
  Stream<DynamicTest> aPowerCutLeavesACheckpoint() {
    List<Scene> scenes = scenes(directory);
    return scenes.stream()
        .map(
            scene ->
                DynamicTest.dynamicTest(
                    scene.name(), () -> run(scene, Durability.PROCESS, CUTS, scenes.size())));
  }

  /** Nobody calls force: checkpoints come when time has passed. */
  @TestFactory
  @Order(2)
  Stream<DynamicTest> atLevelPowerLossNoMoreThanMaxLossIsLost() {
    List<Scene> scenes = Scene.all(directory);
    return scenes.stream()
        .map(
            scene ->
                DynamicTest.dynamicTest(
                    scene.name(), () -> run(scene, POWER_LOSS, CUTS_OF_LEVEL, scenes.size())));
  }

  private void run(Scene scene, Durability level, int cuts, int scenes) throws IOException {
    long start = System.nanoTime();
    Tally tally = new Tally();
    String failure = null;
    int rounds = 0;
    do {
      failure = simulate(scene, level, Sabotage.NONE, tally, cuts, 17 + rounds++);
    } while (LONG && failure == null && tally.images < LONG_IMAGES / scenes + 1);
    System.out.println(
        "simulated power cuts: level="
            + level
            + " scene="
            + scene
            + " rounds="
            + rounds
            + " images="
            + tally.images
            + " ofThemInLaterLives="
            + tally.recoveryCuts
            + " ms="
            + (System.nanoTime() - start) / 1_000_000
            + (failure == null ? "" : " FAILURE " + failure));
    assertNull(failure, failure);
    assertTrue(tally.images > 30, () -> "images=" + tally.images);
  }

  /** Counts the places first, to cut at about so many of them. */
  private String simulate(
      Scene scene, Durability level, Sabotage sabotage, Tally tally, int cuts, long seed)
      throws IOException {
    int[] places = {0};
    play(scene, level, Sabotage.NONE, new Tally(), () -> places[0]++ < 0, seed);
    Random random = new Random(seed);
    return play(scene, level, sabotage, tally, () -> random.nextInt(places[0]) < cuts, seed);
  }

  private String play(
      Scene scene,
      Durability level,
      Sabotage sabotage,
      Tally tally,
      BooleanSupplier isCutHere,
      long seed)
      throws IOException {
    Path scratch = Files.createTempDirectory(directory, "life");
    try (PowerCutSimulation simulation =
        new PowerCutSimulation(scene, level, scratch, sabotage, new Random(seed), tally)) {
      simulation.run(isCutHere);
      return simulation.failure;
    }
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
        play(tiny, Durability.PROCESS, Sabotage.NONE, tally, () -> random.nextInt(one) == 0, 5);
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
        Arguments.of("nothing is forced", forces((position, length) -> false)),
        Arguments.of(
            "the root is forced before what it names",
            forces((position, length) -> length == RootLayout.SLOT_BYTES)),
        Arguments.of(
            "the durable root is written over",
            words("checkpoint.begun", w -> w.xor(EpochLayout.ROOT_SLOT, 1))),
        Arguments.of(
            "freed blocks are used again at once",
            words("checkpoint.durable", w -> w.put(EpochLayout.REUSE_BELOW, 1 << 20))),
        Arguments.of(
            "freed blocks are used again when their own epoch is durable",
            words("checkpoint.durable", w -> w.put(EpochLayout.REUSE_BELOW, w.durable() + 1))),
        Arguments.of(
            "directories and segments stay fresh after a cut",
            words("checkpoint.cut", Words::keepFresh)),
        Arguments.of("a recovery leaves the other root", new KeptRoot()),
        Arguments.of("a number is used again", words("checkpoint.durable", Words::numberAgain)));
  }

  /** Which force is believed. */
  private interface Forces {
    boolean believes(long position, long length);
  }

  private static Sabotage forces(Forces forces) {
    return new Sabotage() {
      @Override
      public boolean believes(long position, long length) {
        return forces.believes(position, length);
      }
    };
  }

  /** The words of a store that a variant sets. */
  private record Words(ByteBuffer file) {
    void put(int field, long value) {
      file.putLong(RegionLayout.EPOCHS + field, value);
    }

    void xor(int field, long bits) {
      put(field, file.getLong(RegionLayout.EPOCHS + field) ^ bits);
    }

    long durable() {
      return file.getLong(RegionLayout.EPOCHS + EpochLayout.DURABLE);
    }

    void keepFresh() {
      for (int shard = 0; shard < 2; shard++) {
        int at = RegionLayout.shard(shard) + ShardLayout.STATE;
        file.putLong(at, file.getLong(at) | ShardState.DIRECTORY_FRESH);
      }
    }

    /** The next checkpoint gets the number of this one. */
    void numberAgain() {
      put(EpochLayout.CUTTING, durable() - 1);
      for (int shard = 0; shard < 2; shard++) {
        int at = RegionLayout.shard(shard) + ShardLayout.STATE;
        file.putLong(at, ShardState.of(durable() - 1));
      }
    }
  }

  private static Sabotage words(String where, java.util.function.Consumer<Words> what) {
    return new Sabotage() {
      @Override
      public void at(String point, ByteBuffer file) {
        if (point.equals(where)) {
          what.accept(new Words(file));
        }
      }
    };
  }

  /** Puts the other root back that a recovery has destroyed: the newest one that was there. */
  private static final class KeptRoot implements Sabotage {
    private final byte[] newest = new byte[RootLayout.COPY_BYTES];

    @Override
    public void at(String point, ByteBuffer file) {
      if (point.equals("checkpoint.written") || point.equals("checkpoint.rooted")) {
        int other = 1 - (int) file.getLong(RegionLayout.EPOCHS + EpochLayout.ROOT_SLOT);
        file.get(RootLayout.slot(other), newest);
      } else if (point.equals("recovery.shards")) {
        int slot = (int) file.getLong(RegionLayout.EPOCHS + EpochLayout.ROOT_SLOT);
        file.put(RootLayout.slot(1 - slot), newest);
      }
    }
  }

  @Order(5)
  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenVariantIsNoticed(String name, Sabotage sabotage) throws IOException {
    for (int seed = 0; seed < 4; seed++) {
      for (Scene scene : scenes(directory)) {
        if (scene.name().contains("few keys") || scene.name().contains("split")) {
          try {
            if (simulate(scene, Durability.PROCESS, sabotage, new Tally(), 100, seed) != null) {
              return;
            }
          } catch (RuntimeException e) {
            return;
          }
        }
      }
    }
    fail(name + ", and nothing was wrong");
  }
}
