package io.tophash.bench.data;

import java.util.SplittableRandom;

/**
 * Random ranks of which low ones are frequent: rank i (from 0 on) has a probability proportional to
 * 1 / (i + 1)^theta. After the algorithm in J. Gray, P. Sundaresan, S. Englert, K. Baclawski, P. J.
 * Weinberger, "Quickly Generating Billion-Record Synthetic Databases", SIGMOD 1994, section 3.2,
 * which takes one power for each number, with the constant 0.99 of YCSB (B. F. Cooper et al.,
 * "Benchmarking Cloud Serving Systems with YCSB", SoCC 2010).
 */
public final class Zipfian {
  /** The skew that YCSB has. */
  public static final double THETA = 0.99;

  private final int ranks;
  private final double zeta;
  private final double alpha;
  private final double eta;
  private final double second;
  private final long step;

  /**
   * Makes a generator.
   *
   * @param ranks number of ranks, at least 2
   */
  public Zipfian(int ranks) {
    if (ranks < 2) {
      throw new IllegalArgumentException("a distribution needs 2 ranks, ranks=" + ranks);
    }
    this.ranks = ranks;
    this.step = stepOf(ranks);
    this.zeta = zeta(ranks);
    this.alpha = 1 / (1 - THETA);
    this.second = 1 + Math.pow(0.5, THETA);
    this.eta = (1 - Math.pow(2.0 / ranks, 1 - THETA)) / (1 - zeta(2) / zeta);
  }

  /** The sum of the weights of the first ranks. */
  static double zeta(int ranks) {
    double sum = 0;
    for (int i = 1; i <= ranks; i++) {
      sum += 1 / Math.pow(i, THETA);
    }
    return sum;
  }

  /** The next rank. */
  public int next(SplittableRandom random) {
    double u = random.nextDouble();
    double scaled = u * zeta;
    if (scaled < 1) {
      return 0;
    }
    if (scaled < second) {
      return 1;
    }
    return Math.min(ranks - 1, (int) (ranks * Math.pow(eta * u - eta + 1, alpha)));
  }

  /**
   * The entry that has a rank: neighbours among the ranks are far from each other among the
   * entries, so that those in demand do not lie together because they were put one after the other.
   * Different ranks have different entries.
   */
  public int scatter(int rank) {
    return (int) ((long) rank * step % ranks);
  }

  /** About the golden section of the ranks, without a common divisor. */
  private static long stepOf(int ranks) {
    long step = Math.max(1, (long) (ranks * 0.6180339887));
    while (gcd(step, ranks) != 1) {
      step++;
    }
    return step;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
