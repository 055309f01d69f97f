package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.crash.CrashHook;
import io.tophash.sync.Durability;
import io.tophash.sync.crash.PowerCutSimulation.Tally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Plays scenes with power cuts, in a directory. */
final class PowerCuts {
  static final boolean LONG = Boolean.getBoolean("tophash.long");

  /** Images of all scenes together in the long form, for each level. */
  private static final int LONG_IMAGES = 101_000;

  /** Of the first round of each scene. */
  private static final long SEED = Long.getLong("tophash.seed", 17);

  private static final Map<String, LongAdder> IMAGES = new ConcurrentSkipListMap<>();

  // Each opening after a power cut says so, which takes longer than the opening.
  private static final Logger LOG = Logger.getLogger("io.tophash");

  private final Path directory;

  PowerCuts(Path directory) {
    this.directory = directory;
  }

  /**
   * Before and behind the tests of a class: the simulation says what time it is, so no checkpoint
   * comes by the clock of this JVM; and nothing is said of what it expects.
   */
  static void simulate(boolean begins) {
    CrashHook.hold("checkpointer.look", begins);
    LOG.setLevel(begins ? Level.OFF : null);
  }

  /** The scenes of the simulated kills, with a checkpoint now and then. */
  static List<Scene> withCheckpoints(List<Scene> scenes) {
    return scenes.stream()
        .map(
            scene ->
                new Scene(
                    scene.name(),
                    scene.kind(),
                    scene.shards(),
                    scene.setup(),
                    withCheckpoints(
                        scene.script(), Math.max(1, Math.min(7, scene.script().size() / 3)))))
        .toList();
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

  /** The cases of a test, one for each scene; {@code cuts} of its first life, about. */
  Stream<DynamicTest> cases(List<Scene> scenes, Durability level, int cuts) {
    return scenes.stream()
        .map(
            scene ->
                DynamicTest.dynamicTest(
                    scene.name(), () -> run(scene, level, cuts, scenes.size())));
  }

  /**
   * Plays a scene, in the long form as often as it takes for its share of the images.
   *
   * @param cuts of the first life, about
   * @param scenes number of scenes of this level
   */
  private void run(Scene scene, Durability level, int cuts, int scenes) throws IOException {
    long start = System.nanoTime();
    Tally tally = new Tally();
    String failure = null;
    int rounds = 0;
    do {
      failure = simulate(scene, level, Sabotage.NONE, tally, cuts, SEED + rounds++);
    } while (LONG && failure == null && tally.images < LONG_IMAGES / scenes + 1);
    say(level, tally);
    System.out.println(
        "simulated power cuts: level={"
            + level
            + "} scene="
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
    assertTrue(tally.images > 10, () -> "images=" + tally.images);
  }

  /** Adds to the images of a level, of this JVM, and prints how many they are. */
  static void say(Durability level, Tally tally) {
    LongAdder images = IMAGES.computeIfAbsent(level.toString(), name -> new LongAdder());
    images.add(tally.images);
    System.out.println("simulated power cuts: level={" + level + "} imagesOfAll=" + images.sum());
  }

  /** Counts the places first, to cut at about so many of them; null if nothing was wrong. */
  String simulate(
      Scene scene, Durability level, Sabotage sabotage, Tally tally, int cuts, long seed)
      throws IOException {
    int[] places = {0};
    play(scene, level, Sabotage.NONE, new Tally(), () -> places[0]++ < 0, seed);
    Random random = new Random(seed);
    return play(scene, level, sabotage, tally, () -> random.nextInt(places[0]) < cuts, seed);
  }

  String play(
      Scene scene,
      Durability level,
      Sabotage sabotage,
      Tally tally,
      BooleanSupplier isCutHere,
      long seed)
      throws IOException {
    Path scratch = Files.createTempDirectory(directory, "life");
    try (PowerCutSimulation simulation =
        new PowerCutSimulation(
            new PowerCutSimulation.Play(scene, level, sabotage, new Random(seed), tally),
            scratch)) {
      simulation.run(isCutHere);
      return simulation.failure;
    }
  }

  /**
   * True if a broken variant fails in one of these scenes, by what it does or by what it throws.
   */
  boolean isNoticed(List<Scene> scenes, Durability level, Sabotage sabotage, int cuts)
      throws IOException {
    for (int seed = 0; seed < 4; seed++) {
      for (Scene scene : scenes) {
        try {
          if (simulate(scene, level, sabotage, new Tally(), cuts, seed) != null) {
            System.out.println("noticed: seed=" + seed + " scene=" + scene);
            return true;
          }
        } catch (RuntimeException e) {
          System.out.println("noticed: seed=" + seed + " scene=" + scene + " by " + e);
          return true;
        }
      }
    }
    return false;
  }
}
