package io.tophash.bench;

import io.tophash.bench.Children.ChildException;
import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Results;
import io.tophash.bench.report.Summary;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Takes down what a section of a run yields, also what fails. */
final class Ledger {
  private final Results results;
  private final PrintWriter out;
  private final int entries;

  Ledger(Results results, PrintWriter out, int entries) {
    this.results = results;
    this.out = out;
    this.entries = entries;
  }

  /** Something that may fail without ending the run. */
  interface Step {
    void run() throws ChildException, IOException, InterruptedException;
  }

  /** Takes a step; false if it failed. */
  boolean attempt(String workload, StoreKind kind, Step step) {
    String error;
    try {
      step.run();
      return true;
    } catch (ChildException | IOException e) {
      error = e.getMessage();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    results.failures().add(new Results.Failure(workload, kind.id(), entries, error));
    out.println(kind.id() + " " + workload + " FAILED: " + error);
    out.flush();
    return false;
  }

  /** Takes down a curve. */
  void add(String name, StoreKind kind, List<Double> x, List<Double> y) {
    results.add(new Results.Series(name, kind.id(), entries, x, y));
  }

  void add(Figure figure, StoreKind kind, List<Double> values) {
    results.add(figure, kind.id(), entries, values);
    out.printf(
        Locale.ROOT,
        "%,d %s %s: %s %s%n",
        entries,
        figure.id(),
        kind.id(),
        Summary.of(values).text(),
        figure.unit());
    out.flush();
  }
}
