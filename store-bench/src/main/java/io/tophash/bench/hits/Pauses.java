package io.tophash.bench.hits;

import io.tophash.cache.TophashCache;
import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * The longest get and put of a cache at its bound. Beside it, at the same time, a thread does
 * nothing but look at the clock: what it finds between two looks is what the machine and the JVM do
 * to any thread.
 */
final class Pauses {
  private static final int ROUNDS = 5;

  private Pauses() {}

  /** Looks at the clock, until it is stopped. */
  private static final class Idle extends Thread {
    private final Histogram gaps = new Histogram(3);
    private volatile boolean stopped;

    @Override
    public void run() {
      long last = System.nanoTime();
      while (!stopped) {
        long now = System.nanoTime();
        gaps.recordValue(now - last);
        last = now;
      }
    }

    Histogram end() {
      stopped = true;
      try {
        join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return gaps;
    }
  }

  /**
   * Measures and prints.
   *
   * @param entries the bound; twice as many keys are in demand
   */
  static void run(Path file, int entries, int valueBytes) {
    try (TophashCache<Long, byte[]> cache =
        TophashCache.builder(Codecs.int64(), Codecs.bytes()).maxEntries(entries).open(file)) {
      byte[] value = new byte[valueBytes];
      for (long key = 0; key < 2L * entries; key++) {
        cache.put(key, value);
      }
      for (int round = 0; round < ROUNDS; round++) {
        Histogram gets = new Histogram(3);
        Histogram puts = new Histogram(3);
        SplittableRandom random = new SplittableRandom(round);
        Idle idle = new Idle();
        idle.start();
        for (int i = 0; i < entries; i++) {
          Long key = random.nextLong(2L * entries);
          long start = System.nanoTime();
          boolean found = cache.getIfPresent(key) != null;
          long read = System.nanoTime();
          gets.recordValue(read - start);
          if (!found) {
            cache.put(key, value);
            puts.recordValue(System.nanoTime() - read);
          }
        }
        print(entries, gets, puts, idle.end());
      }
    }
  }

  private static void print(int entries, Histogram gets, Histogram puts, Histogram idle) {
    System.out.printf(
        Locale.ROOT,
        "longest at the bound, %d entries: get %.2f ms, put %.2f ms (99.99 %% %.3f ms); nothing, at"
            + " the same time, %.2f ms (%d gaps over 0.5 ms; puts over that: %d)%n",
        entries,
        gets.getMaxValue() / 1e6,
        puts.getMaxValue() / 1e6,
        puts.getValueAtPercentile(99.99) / 1e6,
        idle.getMaxValue() / 1e6,
        idle.getCountBetweenValues(500_000, Long.MAX_VALUE / 2),
        puts.getCountBetweenValues(500_000, Long.MAX_VALUE / 2));
  }
}
