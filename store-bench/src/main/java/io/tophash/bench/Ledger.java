package io.tophash.bench;

import io.tophash.bench.Children.ChildException;
import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Results;
import io.tophash.bench.report.Summary;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Takes down what a section of a run yields, also what fails. */
final class Ledger {
  private static final int SECONDS_PER_MINUTE = 60;

  private final Results results;
  private final Path file;
  private final PrintWriter out;
  private final int entries;
  private final long begin;
  private final Map<String, Integer> attempts = new HashMap<>();

  /**
   * Begins a section.
   *
   * @param results what is known already, and takes more
   * @param file takes the results after each step, so that a run that is stopped has them
   * @param out takes the progress
   * @param entries the number of entries of the section
   * @param begin when the run began, in nanoseconds of this JVM
   */
  Ledger(Results results, Path file, PrintWriter out, int entries, long begin) {
    this.results = results;
    this.file = file;
    this.out = out;
    this.entries = entries;
    this.begin = begin;
  }

  /** Something that may fail without ending the run. */
  interface Step {
    void run() throws ChildException, IOException, InterruptedException;
  }

  private String key(String step, StoreKind kind, int round) {
    return entries + "/" + step + "/" + kind.id() + "/" + round;
  }

  /** True if an earlier run, with which this one goes on, has the next step of this name. */
  boolean isDone(String step, StoreKind kind) {
    return results.done().contains(key(step, kind, attempts.getOrDefault(step + kind, 0)));
  }

  /** Takes a step that no other figure of its workload has; false if it failed. */
  boolean attempt(String workload, StoreKind kind, Step step) {
    return attempt(workload, workload, kind, step);
  }

  /** Takes the next step of a name, unless an earlier run has it; false if it failed. */
  boolean attempt(String workload, String name, StoreKind kind, Step step) {
    int round = attempts.merge(name + kind, 1, Integer::sum) - 1;
    String key = key(name, kind, round);
    return results.done().contains(key) || take(workload, kind, step, key);
  }

  /** Takes a step, though an earlier run has it. */
  boolean again(String workload, StoreKind kind, Step step) {
    attempts.merge(workload + kind, 1, Integer::sum);
    return take(workload, kind, step, null);
  }

  private boolean take(String workload, StoreKind kind, Step step, String key) {
    String error = null;
    try {
      step.run();
    } catch (ChildException | IOException e) {
      error = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    if (error == null && key != null) {
      results.done().add(key);
    } else if (error != null) {
      results.failures().add(new Results.Failure(workload, kind.id(), entries, error));
      out.println(elapsed() + kind.id() + " " + workload + " FAILED: " + error);
      out.flush();
    }
    try {
      results.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return error == null;
  }

  private String elapsed() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    return String.format(
        Locale.ROOT, "%d:%02d ", seconds / SECONDS_PER_MINUTE, seconds % SECONDS_PER_MINUTE);
  }

  /** Takes down a curve. */
  void add(String name, StoreKind kind, List<Double> x, List<Double> y) {
    results.add(new Results.Series(name, kind.id(), entries, x, y));
  }

  void add(Figure figure, StoreKind kind, List<Double> values) {
    results.add(figure, kind.id(), entries, values);
    out.printf(
        Locale.ROOT,
        "%s%,d %s %s: %s %s%n",
        elapsed(),
        entries,
        figure.id(),
        kind.id(),
        Summary.of(values).text(),
        figure.unit());
    out.flush();
  }
}
