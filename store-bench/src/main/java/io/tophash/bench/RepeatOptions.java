package io.tophash.bench;

import picocli.CommandLine.Option;

/** The options that say how often to measure, where the plan's own numbers do not fit. */
final class RepeatOptions {
  @Option(names = "--rounds", paramLabel = "N", description = "Another number of JVMs for each.")
  private Integer rounds;

  @Option(names = "--warmups", paramLabel = "N", description = "Other warm-up iterations.")
  private Integer warmups;

  @Option(names = "--iterations", paramLabel = "N", description = "Other measured iterations.")
  private Integer iterations;

  @Option(names = "--iteration-ms", paramLabel = "MS", description = "Another length of them.")
  private Integer iterationMs;

  @Option(names = "--shots", paramLabel = "N", description = "Another number of single shots.")
  private Integer shots;

  private static int or(Integer replacement, int value) {
    return replacement == null ? value : Math.max(1, replacement);
  }

  /** The plan's numbers, with those replaced that were given. */
  Plan.Repeats replace(Plan.Repeats own) {
    return new Plan.Repeats(
        or(rounds, own.rounds()),
        or(warmups, own.warmups()),
        or(iterations, own.iterations()),
        or(iterationMs, own.iterationMs()),
        or(shots, own.shots()));
  }
}
