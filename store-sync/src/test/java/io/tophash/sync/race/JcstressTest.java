package io.tophash.sync.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.tophash.core.Store;
import io.tophash.core.crash.InMemoryDirectory;
import io.tophash.core.testing.ChildJvm;
import io.tophash.core.testing.Seeds;
import io.tophash.sync.SyncStats;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs the cases of this package under jcstress, which starts a JVM for each of them: all must
 * hold, and those of {@link Broken} must be found. The long form tries each way to compile the two
 * actors (interpreter, C1, C2), also with the compiler's stress options, and both memory modes.
 */
@Tag("race")
@Tag("full")
class JcstressTest {
  private static final String CASES = JcstressTest.class.getPackageName() + ".";
  private static final String BROKEN = Broken.class.getName() + ".";
  private static final String FAST_MEMORY = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

  // The two threads begin on each state at nearly the same time. In longer strides they are mostly
  // on different states.
  private static final String SHORT_STRIDES = "-strideSize 1 -strideCount 256";

  // One way to compile; C2 has no time to do anything in a short run.
  private static final String SHORT = SHORT_STRIDES + " -sc false -jvmArgs -XX:TieredStopAtLevel=1";

  private static final String COMMON = "-f 1 -af NONE -c 2 -pth false ";
  private static final int BROKEN_TRIES = 5;
  private static final int MINUTES = Seeds.LONG ? 180 : 10;

  @TempDir(factory = InMemoryDirectory.class)
  private Path directory;

  /** What the runs of one case have given, over all ways to run it. */
  private static final class Result {
    final Map<String, Long> outcomes = new TreeMap<>();
    final List<String> faults = new ArrayList<>();
    boolean outcomeForbidden;

    void add(TestResult result) {
      if (result.status() != Status.NORMAL) {
        faults.add(result.status() + " " + result.getMessages() + result.getVmErr());
        return;
      }
      for (String outcome : result.getStateKeys()) {
        outcomes.merge(outcome, result.getCount(outcome), Long::sum);
      }
      if (!result.grading().isPassed) {
        outcomeForbidden = true;
        faults.add(result.getConfig() + " " + result.grading().failureMessages);
      }
    }

    long samples() {
      return outcomes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  private static List<String> split(String options) {
    return List.of(options.split(" "));
  }

  private static Stream<List<String>> forms() {
    String full = COMMON + "-fsm 1 -iters 2 -time 500 -sc true ";
    return Seeds.LONG
        ? Stream.of(
            split(full + SHORT_STRIDES),
            split(full + "-strideSize 32 -strideCount 8 -jvmArgsPrepend " + FAST_MEMORY))
        : Stream.of(split(COMMON + "-iters 1 -time 150 " + SHORT));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void allCasesHoldAndTheBrokenOnesAreFound(List<String> options) throws Exception {
    Path log = directory.resolve("jcstress.log");
    int status = run(CASES, options, log);
    Map<String, Result> results = results();
    for (int again = 0; again < BROKEN_TRIES && !areBrokenFound(results); again++) {
      // The machine was so busy that the two threads hardly ran at all.
      status = run(BROKEN, split(COMMON + "-iters 5 -time 1000 " + SHORT), log);
      results = results();
    }
    check(results, status, log);
  }

  private static boolean areBrokenFound(Map<String, Result> results) {
    return results.entrySet().stream()
        .allMatch(e -> !e.getKey().startsWith(BROKEN) || e.getValue().outcomeForbidden);
  }

  private static void check(Map<String, Result> results, int status, Path log) {
    results.forEach(
        (name, result) ->
            System.out.println(name.substring(CASES.length()) + " " + result.outcomes));
    System.out.printf(
        "jcstress: %d cases, %d samples%n",
        results.size(), results.values().stream().mapToLong(Result::samples).sum());
    Set<String> all =
        TestList.tests().stream()
            .filter(name -> name.startsWith(CASES))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(all.size() > 20, () -> "the cases are not all there: " + all);
    assertEquals(all, results.keySet(), () -> "cases that were run\n" + read(log));
    results.forEach(
        (name, result) -> {
          assertTrue(result.samples() > 0, () -> "nothing was tried, case=" + name);
          if (name.startsWith(BROKEN)) {
            assertTrue(result.outcomeForbidden, () -> "not found, case=" + name);
          } else {
            assertEquals(List.of(), result.faults, name);
          }
        });
    assertEquals(1, status, "jcstress ends with 1, as it has found the broken ones");
  }

  private int run(String cases, List<String> options, Path log)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    // The children of that JVM inherit its flags, and so open their stores there.
    command.addAll(List.of("-Xmx256m", "-Djava.io.tmpdir=" + directory));
    command.addAll(List.of("-cp", ChildJvm.classPath(), Main.class.getName()));
    command.addAll(List.of("-t", cases.replace(".", "\\."), "-r", directory + "/"));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        fail("jcstress has not ended in time\n" + read(log));
      }
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  private Map<String, Result> results() throws IOException, ClassNotFoundException {
    Map<String, Result> results = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "jcstress-results-*")) {
      for (Path file : files) {
        DiskReadCollector reader =
            new DiskReadCollector(
                file.toString(),
                result -> results.computeIfAbsent(result.getName(), n -> new Result()).add(result));
        reader.dump();
        reader.close();
      }
    }
    return results;
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e;
    }
  }

  /**
   * If the segments were not rebuilt again and again, the cases would be worth little. Where the
   * keys of a round fall is chance, so there are rounds until all of it was seen in both stores.
   */
  @Test
  void theKeysOfTheCasesMakeRebuilds() {
    int round = 0;
    do {
      List<Rebuilt.Crowd> crowds = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Rebuilt.Crowd crowd = new Rebuilt.Crowd();
        crowd.insert();
        assertEquals(0, crowd.key.get());
        crowds.add(crowd);
      }
      crowds.forEach(crowd -> assertEquals(0, crowd.release()));
    } while (++round < 80 || round < 2_000 && !wereRebuilt());
    assertTrue(
        wereRebuilt(), () -> SharedStores.records().stats() + "\n" + SharedStores.longs().stats());
    assertEquals(0, SharedStores.records().sizeLong());
    assertEquals(0, SharedStores.longs().sizeLong());
  }

  private static boolean wereRebuilt() {
    for (Store store : List.of(SharedStores.records(), SharedStores.longs())) {
      SyncStats stats = (SyncStats) store.stats();
      if (stats.rebuilds() <= 40 || stats.splits() == 0 || stats.promotions() == 0) {
        return false;
      }
    }
    return true;
  }
}
