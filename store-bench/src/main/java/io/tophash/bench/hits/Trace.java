package io.tophash.bench.hits;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Requests for keys, made from a seed: the same for every cache. Keys from 0 on are those in
 * demand; what a scan reads has numbers of its own and never comes again.
 */
enum Trace {
  /** Zipf's law with exponent 0.9. */
  ZIPF_09("zipf 0.9", 0.9),
  /** The same with exponent 1.0. */
  ZIPF_10("zipf 1.0", 1.0),
  /** Of three requests one is of a scan over keys that nobody asks for again. */
  SCANS("zipf 0.9 + 1/3 scans", 0.9) {
    @Override
    void request(int[] keys, int i, Popularity popularity, SplittableRandom random) {
      keys[i] = random.nextInt(3) == 0 ? SCANNED + i : popularity.next(random);
    }
  },
  /** Sixteen times all keys change their places. */
  SHIFT("zipf 0.9, all keys shift 16 times", 0.9) {
    @Override
    void request(int[] keys, int i, Popularity popularity, SplittableRandom random) {
      int epoch = (int) ((long) i * SHIFTS / keys.length);
      keys[i] = (int) ((popularity.next(random) + (long) epoch * SHIFT_BY) % popularity.keys());
    }
  },
  /** Every other request is the next of a loop. */
  LOOP("zipf 0.9 + loop of 100 k", 0.9) {
    @Override
    void request(int[] keys, int i, Popularity popularity, SplittableRandom random) {
      keys[i] = i % 2 == 0 ? SCANNED + i / 2 % LOOPED : popularity.next(random);
    }
  };

  private static final int SCANNED = 1 << 28;
  private static final int LOOPED = 100_000;
  private static final int SHIFTS = 16;
  private static final long SHIFT_BY = 31_271;

  /** Which key is asked for how often. */
  static final class Popularity {
    private final double[] upTo;

    Popularity(int keys, double exponent) {
      upTo = new double[keys];
      double sum = 0;
      for (int i = 0; i < keys; i++) {
        sum += Math.pow(i + 1, -exponent);
        upTo[i] = sum;
      }
    }

    int keys() {
      return upTo.length;
    }

    int next(SplittableRandom random) {
      int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
      return Math.min(upTo.length - 1, at < 0 ? -at - 1 : at + 1);
    }
  }

  private final String title;
  private final double exponent;

  Trace(String title, double exponent) {
    this.title = title;
    this.exponent = exponent;
  }

  /** What is said of it in a table. */
  String title() {
    return title;
  }

  void request(int[] keys, int i, Popularity popularity, SplittableRandom random) {
    keys[i] = popularity.next(random);
  }

  /**
   * Makes requests.
   *
   * @param keys number of keys in demand
   * @param requests number of requests
   */
  int[] requests(int keys, int requests, long seed) {
    Popularity popularity = new Popularity(keys, exponent);
    SplittableRandom random = new SplittableRandom(seed);
    int[] all = new int[requests];
    for (int i = 0; i < requests; i++) {
      request(all, i, popularity, random);
    }
    return all;
  }
}
