package io.tophash.bench.store;

import java.util.Objects;

/** What the random workloads have in common. */
final class Agreement {
  static final int KEYS = 2_000;
  static final int OPERATIONS = 20_000;
  static final long SEED = 42;

  private Agreement() {}

  static void check(String what, Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new IllegalStateException(what + " expected=" + expected + " actual=" + actual);
    }
  }
}
