package io.tophash.core.testing;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * Seeds of random tests: a new one for each run, in the message of a failure, and set with {@code
 * -Dtophash.seed=N} to repeat it.
 */
public final class Seeds {
  private static final String PROPERTY = "tophash.seed";

  /** True in the long form of the tests: {@code -Dtophash.long=true}. */
  public static final boolean LONG = Boolean.getBoolean("tophash.long");

  private Seeds() {}

  /** Runs the test with a seed, once or, in the long form, often. */
  public static void run(int longRuns, ThrowingConsumer<Long> test) {
    run(ThreadLocalRandom.current().nextLong(), longRuns, test);
  }

  /** As {@link #run(int, ThrowingConsumer)}, but the short form always has the same seed. */
  public static void run(long firstSeed, int longRuns, ThrowingConsumer<Long> test) {
    Long given = Long.getLong(PROPERTY);
    int runs = given == null && LONG ? longRuns : 1;
    for (int i = 0; i < runs; i++) {
      long fresh = i == 0 ? firstSeed : ThreadLocalRandom.current().nextLong();
      long seed = given == null ? fresh : given;
      try {
        test.accept(seed);
      } catch (Throwable e) {
        throw new AssertionError(
            "repeat with -D" + PROPERTY + "=" + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
