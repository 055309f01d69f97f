package io.tophash.bench;

import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Shape;
import io.tophash.bench.shot.Shot;
import io.tophash.bench.store.StoreKind;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Starts the JVMs that measure, each with the flags of its store, and waits for them. */
final class Children {
  private static final long SHOT_MINUTES = 15;
  private static final String BENCHMARKS = "io.tophash.bench.jmh.";

  private final Path directory;
  private final Path logs;
  private final Path temporary;
  private volatile boolean stopped;

  /**
   * Begins to start JVMs.
   *
   * @param directory where the files of the stores are
   * @param logs where the output of each JVM goes
   */
  Children(Path directory, Path logs) throws IOException {
    this.directory = directory;
    this.logs = logs;
    // Native libraries are unpacked there; those of a JVM that is killed would stay elsewhere.
    this.temporary = Files.createDirectories(directory.resolve("tmp"));
  }

  private List<String> jvmFlags(StoreKind kind) {
    while (stopped) { // or the next one would begin while this JVM ends
      LockSupport.park();
    }
    List<String> flags = new ArrayList<>(kind.jvmFlags());
    flags.add("-Djava.io.tmpdir=" + temporary);
    return flags;
  }

  /** A child failed; the message is the first line of its output that says why. */
  static final class ChildException extends Exception {
    private static final long serialVersionUID = 1;

    ChildException(String message) {
      super(message);
    }
  }

  /**
   * Ends the JVMs that run, those of JMH too, so that they use no files; for the end of this one.
   */
  void stop() {
    stopped = true;
    ProcessHandle.current()
        .children()
        .forEach(
            child -> {
              child.destroyForcibly();
              child.onExit().join();
            });
  }

  private Path log(String workload, StoreKind kind, int entries) {
    return logs.resolve(kind.id() + "-" + workload + "-" + entries + ".log");
  }

  /** Runs one benchmark in one JVM. */
  Collection<RunResult> benchmark(Figure figure, StoreKind kind, Plan.Section section)
      throws ChildException {
    Path log = log(figure.id(), kind, section.entries());
    String name =
        kind.isFloor()
            ? "FloorBenchmark." + figure.benchmark().split("\\.")[1]
            : figure.benchmark();
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include((BENCHMARKS + name + "$").replace(".", "\\."))
            .param("dir", directory.toString())
            .jvmArgs(jvmFlags(kind).toArray(new String[0]))
            .forks(1)
            .threads(figure.threads())
            .warmupIterations(section.repeats().warmups())
            .warmupTime(TimeValue.milliseconds(section.repeats().iterationMs()))
            .measurementIterations(section.repeats().iterations())
            .measurementTime(TimeValue.milliseconds(section.repeats().iterationMs()))
            .shouldFailOnError(true)
            .output(log.toString());
    if (figure.shape() != Shape.GO_MAP) {
      options.param("entries", Integer.toString(section.entries()));
    }
    if (!kind.isFloor()) {
      options.param("store", kind.id());
    }
    if (figure.shape().records() != null) {
      options.param("shape", figure.shape().records().id());
    }
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new ChildException(reason(log, e.getMessage()));
    }
  }

  /** Takes one single-shot measurement in one JVM; its figures by name. */
  Map<String, List<Double>> shot(String shot, StoreKind kind, int entries, Path place)
      throws ChildException, IOException, InterruptedException {
    Path log = log(shot, kind, entries);
    File errors = new File(log + ".err");
    Process child =
        builder(shot, kind, entries, place)
            .redirectOutput(log.toFile())
            .redirectError(errors)
            .start();
    try {
      if (!child.waitFor(SHOT_MINUTES, TimeUnit.MINUTES)) {
        throw new ChildException("not done after " + SHOT_MINUTES + " minutes");
      }
    } finally {
      child.destroyForcibly();
    }
    if (child.exitValue() != 0) {
      throw new ChildException(reason(errors.toPath(), "exit code " + child.exitValue()));
    }
    Map<String, List<Double>> figures = new HashMap<>();
    for (String line : Files.readAllLines(log)) {
      if (line.startsWith(Shot.FIGURE)) {
        String[] words = line.split(" ");
        figures.computeIfAbsent(words[1], any -> new ArrayList<>()).add(Double.valueOf(words[2]));
      }
    }
    return figures;
  }

  /** Starts a JVM that overwrites values in a store, and kills it while it does. */
  void killVictim(StoreKind kind, int entries, Path place) throws ChildException, IOException {
    File errors = new File(log("victim", kind, entries) + ".err");
    Process victim = builder("victim", kind, entries, place).redirectError(errors).start();
    try (BufferedReader output = victim.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.equals(Shot.READY)) {
        line = output.readLine();
      }
      if (line == null) {
        throw new ChildException(reason(errors.toPath(), "the victim ended by itself"));
      }
    } finally {
      victim.destroyForcibly().onExit().join();
    }
  }

  /** Starts a JVM that overwrites values in a store until it is told to stop. */
  Process startWriter(StoreKind kind, int entries, Path place) throws ChildException, IOException {
    File errors = new File(log("writer", kind, entries) + ".err");
    Process writer = builder("writer", kind, entries, place).redirectError(errors).start();
    BufferedReader output = writer.inputReader();
    String line = output.readLine();
    while (line != null && !line.equals(Shot.READY)) {
      line = output.readLine();
    }
    if (line == null) {
      throw new ChildException(reason(errors.toPath(), "the writer ended by itself"));
    }
    return writer;
  }

  /** Tells a writer to stop, and waits until it has put the values back. */
  void stopWriter(Process writer) throws ChildException, IOException, InterruptedException {
    boolean wroteAllAlong = writer.isAlive();
    writer.getOutputStream().close();
    boolean ended = writer.waitFor(1, TimeUnit.MINUTES);
    writer.destroyForcibly();
    if (!wroteAllAlong || !ended || writer.exitValue() != 0) {
      throw new ChildException("the writer did not write all along, or did not end well");
    }
  }

  private ProcessBuilder builder(String shot, StoreKind kind, int entries, Path place) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmFlags(kind));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(Shot.arguments(shot, kind, entries, place));
    return new ProcessBuilder(command);
  }

  private static String reason(Path log, String otherwise) {
    try {
      return Files.readAllLines(log).stream()
          .map(String::strip)
          .filter(line -> line.matches(".*\\b[\\w.$]*(Exception|Error)\\b.*"))
          .findFirst()
          .orElse(otherwise);
    } catch (IOException e) {
      return otherwise;
    }
  }
}
