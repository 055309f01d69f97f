package io.tophash.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Results;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Tag("contract")
@Tag("full")
class SuiteTest {
  private static final int USAGE = 2;

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... args) {
    CommandLine command = Suite.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(args);
  }

  private void assertRefused(String message, String... args) {
    assertEquals(USAGE, execute(args), err::toString);
    assertTrue(err.toString().contains(message), err::toString);
  }

  @Test
  void unknownStoreListsTheKnownOnes() {
    assertRefused(
        "unknown store 'redis', known are: tophash, tophash-fast, sync, sync-fast, chm, chronicle,"
            + " lmdb, rocksdb, mapdb, mvstore, ehcache, caffeine, agrona, hashmap, locked, floor",
        "--store",
        "chm,redis");
  }

  @Test
  void unknownWorkloadListsTheKnownOnes() {
    assertRefused(
        "unknown workload 'fly', known are: " + String.join(", ", Figure.workloads()),
        "--workload",
        "fly");
  }

  @Test
  void aWorkloadThatThePlanDoesNotHaveForTheStoreIsRefused() {
    assertRefused(
        "measures none of these workloads in any of these stores",
        "--headline",
        "--store=rocksdb",
        "--workload=getAll32");
  }

  @Test
  void modesExcludeEachOther() {
    assertRefused("exclude each other", "--quick", "--full");
  }

  @Test
  void entriesAreChecked() {
    assertRefused("entries must be from 2", "--entries", "1");
    assertRefused("'ten' is no whole number", "--entries", "ten");
  }

  @Test
  void directoryMustBeThereAndHaveRoom() {
    assertRefused("--dir is no directory", "--dir", directory.resolve("no").toString());
    assertRefused("not enough space", "--dir", directory.toString(), "--entries", "1_000_000_000");
  }

  @Test
  void helpAndRenderNeedBothFiles() {
    assertEquals(0, execute("--help"));
    assertTrue(out.toString().contains("--render"));
    assertRefused("--render", "--render", "one.json");
  }

  @Test
  void missingResultsAreAnErrorWithTheirName() {
    Path missing = directory.resolve("none.json");
    assertEquals(1, execute("--render", missing.toString(), missing + ".md"));
    assertTrue(err.toString().contains("none.json"), err::toString);
  }

  @Test
  void comparesWithABaselineOfEarlierResults() throws Exception {
    Path results = directory.resolve("results.json");
    Results run = Results.of(Map.of(), Map.of(), Map.of(), Map.of());
    run.add(Figure.PUT, "sync", 1000, List.of(100.0));
    run.add(Figure.PUT, "chm", 1000, List.of(100.0));
    run.write(results);
    String baseline = directory.resolve("baseline.json").toString();
    assertEquals(0, execute("--baseline", baseline, "--from", results.toString()), err::toString);
    assertEquals(0, execute("--compare", baseline, "--from", results.toString()), err::toString);
    assertTrue(out.toString().contains("0 worse, 0 better, 1 as before"), out::toString);
    run.add(Figure.PUT, "sync", 1000, List.of(300.0, 300.0, 300.0));
    run.write(results);
    assertEquals(3, execute("--compare", baseline, "--from", results.toString()), err::toString);
    assertRefused("--from needs", "--from", results.toString());
    assertEquals(1, execute("--compare", directory.resolve("none").toString()));
    assertTrue(err.toString().contains("none"), err::toString);
  }

  @Test
  void goesOnWithARunThatWasStopped() throws Exception {
    Path files = Files.createDirectory(directory.resolve("files"));
    Path out = directory.resolve("out");
    String[] options = {
      "--smoke",
      "--resume", // also without results, as the first time
      "--entries=3000",
      "--store=tophash,chm",
      "--workload=fill,put,space",
      "--iterations=1",
      "--dir=" + files,
      "--out=" + out
    };
    assertEquals(0, execute(options), err::toString);
    Path file = out.resolve("results.json");
    Results whole = Results.read(file);

    // As if it had been stopped, or had failed, before the last step.
    Results part = Results.read(file);
    assertTrue(part.done().remove("section 0"), part.done()::toString);
    assertTrue(part.done().remove("3000/put/tophash/0"), part.done()::toString);
    part.measurements().removeIf(each -> each.figure().equals("put"));
    part.failures().add(new Results.Failure("put", "tophash", 3000, "stopped"));
    part.write(file);
    assertEquals(0, execute(options), err::toString);
    Results again = Results.read(file);
    assertEquals(whole.done(), again.done());
    assertEquals(List.of(), again.failures());
    assertEquals(1, values(again, "put", "tophash"));
    assertEquals(0, values(again, "put", "chm")); // it was said to be done
    assertEquals(1, values(again, "fill", "tophash")); // filled again, but not measured again

    options[2] = "--entries=4000";
    assertRefused("are not of this run", options);
    try (var left = Files.list(files)) {
      assertEquals(0, left.count());
    }
  }

  private static long values(Results results, String figure, String store) {
    return results.measurements().stream()
        .filter(each -> each.figure().equals(figure) && each.store().equals(store))
        .mapToLong(each -> each.values().size())
        .sum();
  }

  @Test
  void aRunThatIsKilledLeavesItsResults() throws Exception {
    Path files = Files.createDirectory(directory.resolve("files"));
    Path out = directory.resolve("out");
    Path log = directory.resolve("log");
    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djmh.ignoreLock=true", // nothing is measured here
                "-cp",
                System.getProperty("java.class.path"),
                Suite.class.getName(),
                "--smoke",
                "--entries=3000",
                "--store=chm",
                "--workload=fill,space,put,miss,removePut,dependentGet",
                "--dir=" + files,
                "--out=" + out)
            .redirectErrorStream(true)
            .start();
    try (var output = run.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.contains(" put chm: ")) {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        line = output.readLine();
      }
      assertTrue(line != null, () -> "it ended by itself, see " + log);
    } finally {
      run.descendants().forEach(ProcessHandle::destroyForcibly);
      run.destroyForcibly().onExit().join();
    }
    Path page = directory.resolve("page.md");
    assertEquals(0, execute("--render", out.resolve("results.json").toString(), page.toString()));
    assertTrue(Files.readString(page).contains("| fill from empty, per entry | ns |"));
  }

  @Test
  void measuresStringsAndTwoProcesses() throws Exception {
    Path files = Files.createDirectory(directory.resolve("files"));
    Path results = directory.resolve("results");
    int code =
        execute(
            "--smoke",
            "--entries=3000",
            "--store=sync",
            "--workload=besideWriter,stringGet2,stringLongestPut,stringSpace",
            "--iterations=1",
            "--dir=" + files,
            "--out=" + results);
    assertEquals(0, code, () -> out + "\n" + err);
    String page = Files.readString(results.resolve("benchmarks.md"));
    assertTrue(page.contains("get while another process overwrites values"), page);
    String rows = Files.readString(results.resolve("benchmarks.csv"));
    assertTrue(rows.contains("get by a process alone"), rows);
    assertTrue(rows.contains("2 threads: get, value copied to a new array"), rows);
    assertTrue(rows.contains("longest get or remove while filling"), rows);
    assertTrue(rows.contains("file without what is free in it"), rows);
    assertTrue(page.contains("1 warm-up and 1 measured iterations"), page);
  }

  @Test
  void measuresOneStoreAndLeavesNoFilesBehind() throws Exception {
    Path files = Files.createDirectory(directory.resolve("files"));
    Path results = directory.resolve("results");
    int code =
        execute(
            "--smoke",
            "--entries=3000",
            "--store=tophash",
            "--workload=put,space,openKilled",
            "--dir=" + files,
            "--out=" + results);
    assertEquals(0, code, () -> out + "\n" + err);
    String page = Files.readString(results.resolve("benchmarks.md"));
    assertTrue(page.contains("put to a key that is there"), page);
    assertTrue(page.contains("after the owner was killed"), page);
    assertTrue(page.contains("file, or memory of a store without one, per entry"), page);
    assertTrue(Files.exists(results.resolve("results.json")));
    try (var left = Files.list(files)) {
      assertEquals(0, left.count());
    }
  }
}
