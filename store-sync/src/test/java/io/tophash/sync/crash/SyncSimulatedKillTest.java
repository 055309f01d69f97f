package io.tophash.sync.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.crash.StoreLog;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
 * A kill before any store of any operation leaves what another process repairs: docs/recovery.md,
 * "SyncStore: shards", checked store by store.
 */
@Tag("hook")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("crash")
@Tag("full")
class SyncSimulatedKillTest {
  private static final boolean LONG = Boolean.getBoolean("tophash.long");
  private static final int FIRST_VISITS = LONG ? 20 : 1;
  private static final int LATER_VISITS = LONG ? 10 : 80;

  private static final StoreLog.Order REAL = StoreLog.Order.REAL;

  // In memory where the system has such a directory: nothing here is about the device.
  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  @TestFactory
  @Order(1)
  Stream<DynamicTest> aKillBeforeAnyStoreLosesNothing() {
    return Scene.all(directory).stream()
        .map(scene -> DynamicTest.dynamicTest(scene.name(), () -> run(scene)));
  }

  @Test
  @Order(2)
  void everyNamedPointWasReached() throws IOException {
    Set<String> unreached = new TreeSet<>();
    Pattern call = Pattern.compile("CrashPoint\\.reached\\(\\s*\"([^\"]+)\"");
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher matcher = call.matcher(Files.readString(file));
        while (matcher.find()) {
          unreached.add(matcher.group(1));
        }
      }
    }
    assertTrue(unreached.size() > 20, () -> "names=" + unreached);
    unreached.removeAll(KillSimulation.REACHED);
    // Those of the allocator have tests of their own.
    unreached.removeIf(name -> name.startsWith("extent.") || name.startsWith("run."));
    unreached.removeIf(name -> name.startsWith("backup.") || name.startsWith("reserve."));
    // ImageBackupTest kills at each point of an image.
    unreached.removeIf(name -> name.startsWith("image."));
    // Of the bounds of a cache: CacheKillTest kills in a resize.
    unreached.removeIf(name -> name.startsWith("resize.") || name.startsWith("share."));
    // Of the log: SyncLogKillTest.
    unreached.removeIf(name -> name.startsWith("lane.") || name.startsWith("log."));
    unreached.removeIf(name -> name.startsWith("replay."));
    // Those of power cuts, too.
    unreached.removeIf(name -> name.startsWith("recovery."));
    assertEquals(Set.of(), unreached, "crash points that no operation of this test reaches");
  }

  /** What a repair needs to know, forgotten: each must be noticed. */
  private static Stream<Arguments> broken() {
    Consumer<ByteBuffer> none = image -> {};
    return Stream.of(
        Arguments.of("stores lose their order", "few keys", StoreLog.Order.NONE, none),
        Arguments.of("locks are forgotten", "few keys", REAL, zeros(ShardLayout.LOCK, 8)),
        Arguments.of("notes are forgotten", "split", REAL, zeros(ShardLayout.NEW_BLOCK_0, 72)),
        Arguments.of("large notes are forgotten", "large", REAL, zeros(ShardLayout.NEW_LARGE, 16)),
        Arguments.of("a clearing is forgotten", "clear", REAL, zeros(ShardLayout.CLEARING, 8)),
        Arguments.of("hazards are forgotten", "few keys", REAL, hazards()));
  }

  private static Consumer<ByteBuffer> zeros(int field, int bytes) {
    return image -> {
      for (int i = 0; i < bytes; i += 8) {
        if (image.capacity() > RegionLayout.EXTENT_BYTES) {
          image.putLong(RegionLayout.shard(0) + field + i, 0);
        }
      }
    };
  }

  private static Consumer<ByteBuffer> hazards() {
    return image -> {
      for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
        for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
          if (image.capacity() > RegionLayout.EXTENT_BYTES) {
            image.putLong(RegionLayout.process(slot) + ProcessLayout.hazard(i), 0);
          }
        }
      }
    };
  }

  @Order(3)
  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void aBrokenVariantIsNoticed(
      String name, String scenes, StoreLog.Order order, Consumer<ByteBuffer> damage)
      throws Exception {
    for (Scene scene : Scene.all(directory)) {
      if (scene.name().contains(scenes)) {
        KillSimulation simulation = simulation(scene, order, damage);
        simulation.run(false);
        if (simulation.failure != null) {
          return;
        }
      }
    }
    fail(name + ", and nothing was wrong");
  }

  private KillSimulation simulation(Scene scene, StoreLog.Order order, Consumer<ByteBuffer> damage)
      throws IOException {
    Path path = Files.createTempDirectory(directory, "scene");
    return new KillSimulation(scene, path, order, damage, FIRST_VISITS, LATER_VISITS);
  }

  private void run(Scene scene) throws Exception {
    long start = System.nanoTime();
    KillSimulation simulation = simulation(scene, REAL, image -> {});
    simulation.run(scene.shards() > 1);
    System.out.println(
        "simulated kills: scene="
            + scene
            + " cases="
            + simulation.cases()
            + " mostRepairStores="
            + simulation.mostRepairStores()
            + " ms="
            + (System.nanoTime() - start) / 1_000_000);
    assertNull(simulation.failure, simulation.failure);
    assertTrue(simulation.cases() > 50, () -> "cases=" + simulation.cases());
  }
}
