package io.tophash.bench;

import io.tophash.bench.report.Baseline;
import io.tophash.bench.report.Results;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that watch Tophash's ratios to ConcurrentHashMap. */
final class GuardOptions {
  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = {
        "Write the ratios of Tophash to ConcurrentHashMap to a file; unless told otherwise, of a",
        "small set of workloads, about 6 minutes."
      })
  private Path baseline;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description = {
        "Compare such ratios with those of a file that --baseline wrote, and say what is worse",
        "beyond the noise."
      })
  private Path compare;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Measure nothing: take the results of an earlier run for this.")
  private Path from;

  /** True if one of them is given. */
  boolean areGiven() {
    return baseline != null || compare != null;
  }

  /** The earlier results to take, or null. */
  Path from() {
    return from;
  }

  /** Reads what must be there, so that a long run does not end with an error. */
  void check() throws IOException {
    if (compare != null) {
      Baseline.read(compare);
    }
  }

  /** Writes and compares; true if something is worse. */
  boolean apply(Results results, PrintWriter out) throws IOException {
    Baseline now = Baseline.of(results);
    boolean worse = false;
    if (compare != null) {
      Baseline.Comparison comparison = Baseline.read(compare).compare(now);
      out.print(comparison.text());
      worse = comparison.worse();
    }
    if (baseline != null) {
      now.write(baseline);
      out.println("Baseline: " + baseline + ", ratios=" + now.ratios().size());
    }
    out.flush();
    return worse;
  }
}
