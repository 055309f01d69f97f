package io.tophash.core.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.Effort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A kill before any store leaves a legal state: docs/recovery.md, checked store by store. */
@Tag("hook")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("crash")
class SimulatedKillTest {
  // In memory where the system has such a directory: nothing here is about the device.
  @TempDir(factory = InMemoryDirectory.class)
  Path directory;

  private static Stream<Kind<?, ?>> kinds() {
    return Kind.ALL.stream();
  }

  private <K, V> Simulation<K, V> simulation(
      Kind<K, V> kind, StoreLog.Order order, boolean skipsRecovery) {
    boolean big = kind.preload() > 0;
    return new Simulation<>(
        kind,
        directory,
        order,
        skipsRecovery,
        Effort.of(1, big ? 1 : 3, 60),
        Effort.of(big ? 3_000 : 300, big ? 300 : 60, 20));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Order(1)
  void aKillBeforeAnyStoreLosesNothing(Kind<?, ?> kind) throws IOException {
    Simulation<?, ?> simulation = simulation(kind, StoreLog.Order.REAL, false);
    simulation.run(Effort.of(1500, 1500, 6000));
    System.out.println(
        "simulated kills: kind="
            + kind
            + " cases="
            + simulation.cases()
            + " mostRecoveryStores="
            + simulation.mostRecoveryStores());
    assertNull(simulation.failure, () -> simulation.failure);
    // O(1), whatever the number of entries, and at most a chain.
    assertTrue(
        simulation.mostRecoveryStores() < 64,
        () -> "mostRecoveryStores=" + simulation.mostRecoveryStores());
    assertTrue(
        simulation.cases() > Effort.of(100, 1000, 1000), () -> "cases=" + simulation.cases());
  }

  @Test
  @Order(2)
  void everyNamedPointWasReached() throws IOException {
    Set<String> unreached = new TreeSet<>(names());
    assertTrue(unreached.size() > 40, () -> "names=" + unreached);
    unreached.removeAll(Simulation.REACHED);
    // Those of a backup are in BackupTest.
    unreached.removeIf(name -> name.matches("backup\\..*|copy\\..*|file\\.copied"));
    assertEquals(Set.of(), unreached, "crash points that no operation of this test reaches");
  }

  private static Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    Pattern call = Pattern.compile("CrashPoint\\.reached\\(\\s*\"([^\"]+)\"");
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher matcher = call.matcher(Files.readString(file));
        while (matcher.find()) {
          names.add(matcher.group(1));
        }
      }
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Order(3)
  void withoutRecoveryAKillIsNoticed(Kind<?, ?> kind) throws IOException {
    Simulation<?, ?> simulation = simulation(kind, StoreLog.Order.REAL, true);
    simulation.run(1500);
    assertNotNull(simulation.failure, "no recovery, and nothing was wrong");
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "NO_FENCES"})
  @Order(3)
  void storesThatLoseTheirOrderAreNoticed(StoreLog.Order order) throws IOException {
    Simulation<?, ?> simulation = simulation(Kind.RECORDS, order, false);
    simulation.run(1500);
    assertNotNull(simulation.failure, "stores in any order, and nothing was wrong");
    assertTrue(simulation.failure.startsWith("with stores moved"), () -> simulation.failure);
  }
}
