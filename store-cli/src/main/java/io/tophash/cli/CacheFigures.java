package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.cache.CacheStats;
import io.tophash.cache.Policy;
import io.tophash.cache.TophashCache;
import java.io.IOException;
import java.util.Locale;

/** The figures that only a cache has, for people and for programs. */
final class CacheFigures {
  private CacheFigures() {}

  static void rows(StringBuilder text, TophashCache<?, ?> cache) {
    Policy policy = cache.policy();
    CacheStats all = cache.statsOfAll();
    StatCommand.row(
        text, "bytes", "%,d used by entries, %s", policy.usedBytes(), bound(policy.maxBytes()));
    StatCommand.row(text, "bound", "%,d entries, %s", policy.entries(), bound(policy.maxEntries()));
    StatCommand.row(
        text,
        "lookups",
        "%,d hits, %,d misses, %.1f %% hits, of the processes that count them",
        all.hitCount(),
        all.missCount(),
        100 * hitRatio(all));
    StatCommand.row(
        text,
        "loads",
        "%,d values, %,d failures, %.1f ms each; %,d stale values served",
        all.loadSuccessCount(),
        all.loadFailureCount(),
        all.averageLoadNanos() / 1e6,
        all.staleCount());
    StatCommand.row(
        text,
        "went",
        "%,d evicted for lack of room, %,d expired, %,d rejected as too large",
        all.evictionCount(),
        all.expiredCount(),
        all.rejectedCount());
  }

  private static String bound(long max) {
    return max == Long.MAX_VALUE ? "no bound" : String.format(Locale.ROOT, "at most %,d", max);
  }

  /** 0 if there were no lookups, as nobody counts them then. */
  static double hitRatio(CacheStats stats) {
    return stats.requestCount() == 0 ? 0 : stats.hitRate();
  }

  static void writeJson(JsonGenerator out, TophashCache<?, ?> cache) throws IOException {
    Policy policy = cache.policy();
    CacheStats all = cache.statsOfAll();
    out.writeNumberField("cacheBytes", policy.usedBytes());
    if (policy.maxBytes() != Long.MAX_VALUE) {
      out.writeNumberField("maxBytes", policy.maxBytes());
    }
    if (policy.maxEntries() != Long.MAX_VALUE) {
      out.writeNumberField("maxEntries", policy.maxEntries());
    }
    out.writeNumberField("hits", all.hitCount());
    out.writeNumberField("misses", all.missCount());
    out.writeNumberField("hitRatio", hitRatio(all));
    out.writeNumberField("loads", all.loadSuccessCount());
    out.writeNumberField("loadFailures", all.loadFailureCount());
    out.writeNumberField("loadNanos", all.totalLoadNanos());
    out.writeNumberField("stale", all.staleCount());
    out.writeNumberField("evicted", all.evictionCount());
    out.writeNumberField("expired", all.expiredCount());
    out.writeNumberField("rejected", all.rejectedCount());
  }
}
