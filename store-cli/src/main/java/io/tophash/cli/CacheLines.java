package io.tophash.cli;

import io.tophash.cache.CacheStats;
import io.tophash.cache.Policy;
import io.tophash.cache.TophashCache;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * What happens in a cache, a line for each interval: how full it is as a bar, and how the share of
 * hits went as a curve. For one thread.
 */
final class CacheLines {
  static final String HEAD =
      String.format(
          "%12s %17s %10s %10s %6s %9s %9s %9s %9s  %s%n",
          "entries",
          "of the bound",
          "hits/s",
          "misses/s",
          "hits",
          "loads/s",
          "evicted/s",
          "expired/s",
          "rejected",
          "hits so far");

  private static final String STEPS = "▁▂▃▄▅▆▇█";
  private static final int CURVE = 20;
  private static final int BAR = 10;

  private final TophashCache<?, ?> cache;

  /** Share of the hits in each of the last intervals, negative where nobody looked anything up. */
  private final Deque<Double> shares = new ArrayDeque<>();

  private CacheStats before;

  CacheLines(TophashCache<?, ?> cache) {
    this.cache = cache;
    this.before = cache.statsOfAll();
  }

  /** The line of the interval that ends now. */
  String next(double seconds) {
    CacheStats now = cache.statsOfAll();
    long hits = now.hitCount() - before.hitCount();
    long misses = now.missCount() - before.missCount();
    double share = hits + misses <= 0 ? -1 : (double) hits / (hits + misses);
    shares.addLast(share);
    if (shares.size() > CURVE) {
      shares.removeFirst();
    }
    Policy policy = cache.policy();
    String line =
        String.format(
            Locale.ROOT,
            "%,12d %17s %,10d %,10d %6s %,9d %,9d %,9d %,9d  %s%n",
            policy.entries(),
            bar(fullness(policy)),
            perSecond(hits, seconds),
            perSecond(misses, seconds),
            share < 0 ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * share),
            perSecond(now.loadSuccessCount() - before.loadSuccessCount(), seconds),
            perSecond(now.evictionCount() - before.evictionCount(), seconds),
            perSecond(now.expiredCount() - before.expiredCount(), seconds),
            now.rejectedCount(),
            curve());
    before = now;
    return line;
  }

  private static long perSecond(long difference, double seconds) {
    return Math.round(Math.max(0, difference) / seconds);
  }

  /** How much of the bound that is nearer is reached; negative if there is none. */
  private static double fullness(Policy policy) {
    double bytes =
        policy.maxBytes() == Long.MAX_VALUE ? -1 : (double) policy.usedBytes() / policy.maxBytes();
    double entries =
        policy.maxEntries() == Long.MAX_VALUE
            ? -1
            : (double) policy.entries() / policy.maxEntries();
    return Math.max(bytes, entries);
  }

  static String bar(double share) {
    if (share < 0) {
      return "no bound";
    }
    int filled = (int) Math.round(Math.min(1, share) * BAR);
    return "█".repeat(filled)
        + "░".repeat(BAR - filled)
        + String.format(Locale.ROOT, " %5.1f%%", 100 * share);
  }

  private String curve() {
    StringBuilder curve = new StringBuilder();
    for (double share : shares) {
      int step = (int) Math.min(STEPS.length() - 1, share * STEPS.length());
      curve.append(share < 0 ? ' ' : STEPS.charAt(step));
    }
    return curve.toString();
  }
}
