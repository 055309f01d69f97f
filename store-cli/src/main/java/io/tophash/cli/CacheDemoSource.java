package io.tophash.cli;

import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * The slow source behind the cache of the demo: pages by their numbers, each a millisecond away.
 * Thread-safe.
 */
final class CacheDemoSource {
  /** Number of pages, in the order of how often they are asked for. */
  static final int PAGES = 100_000;

  /** The page whose load is never done by the process that is killed. */
  static final int LAST = PAGES;

  private static final long DELAY_NANOS = 1_000_000;
  private static final int MIN_BYTES = 100;
  private static final int MAX_BYTES = 2_000;
  static final long MEAN_BYTES = (MIN_BYTES + MAX_BYTES) / 2;

  private final LongConsumer asked;

  /**
   * @param asked hears of each page that is fetched, before it is
   */
  CacheDemoSource(LongConsumer asked) {
    this.asked = asked;
  }

  /** Fetches a page. */
  byte[] fetch(long page) {
    asked.accept(page);
    long end = System.nanoTime() + DELAY_NANOS;
    for (long left = DELAY_NANOS; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return page(page);
  }

  /** What a page is, without asking the source. */
  static byte[] page(long page) {
    SplittableRandom random = new SplittableRandom(page);
    byte[] bytes = new byte[random.nextInt(MIN_BYTES, MAX_BYTES)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A page that somebody wants: the first ones often, the last ones seldom (Zipf's law). */
  static long wanted(SplittableRandom random) {
    return (long) Math.pow(PAGES, random.nextDouble()) - 1;
  }
}
