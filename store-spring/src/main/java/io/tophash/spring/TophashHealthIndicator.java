package io.tophash.spring;

import io.tophash.cache.Policy;
import io.tophash.cache.TophashCache;
import io.tophash.core.VerifyReport;
import io.tophash.sync.SyncStats;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down if a file was found damaged, takes no changes, or can have no checkpoint any more. Files are
 * verified in the background, when a health check finds that the last time is long enough ago; the
 * check itself waits for nothing.
 */
final class TophashHealthIndicator extends AbstractHealthIndicator {
  private final TophashCacheManager manager;
  private final Duration verifyEvery;
  private final InstantSource clock;
  private final Executor executor;
  private final ConcurrentMap<String, Verified> verified = new ConcurrentHashMap<>();

  /**
   * What was found when; a file that is being verified has the report of the time before.
   *
   * @param report null if there is none yet
   */
  private record Verified(Instant begun, VerifyReport report) {}

  /**
   * @param verifyEvery zero for never
   */
  TophashHealthIndicator(
      TophashCacheManager manager, Duration verifyEvery, InstantSource clock, Executor executor) {
    super("cannot tell the health of the caches");
    this.manager = manager;
    this.verifyEvery = verifyEvery;
    this.clock = clock;
    this.executor = executor;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    builder.up();
    for (TophashSpringCache cache : manager.open()) {
      TophashCache<?, ?> file = cache.getNativeCache();
      if (file.isClosed()) {
        continue;
      }
      verifyIfDue(cache.getName(), file);
      Map<String, Object> details = new LinkedHashMap<>();
      SyncStats stats = file.storeStats();
      details.put("file", stats.store().toString());
      details.put("entries", stats.entries());
      details.put("fileBytes", stats.fileBytes());
      putBounds(details, file.policy());
      putCheckpoint(details, stats.checkpoint());
      if (stats.trouble() != null || stats.checkpoint().broken()) {
        details.put("trouble", trouble(stats));
        builder.down();
      }
      details.put("processes", stats.attached().size());
      Verified last = verified.get(cache.getName());
      if (last != null && last.report() != null) {
        details.put("verified", last.begun().toString());
        details.put("findings", last.report().findingCount());
        if (!last.report().isClean()) {
          details.put("firstFinding", last.report().findings().get(0).toString());
          builder.down();
        }
      }
      builder.withDetail(cache.getName(), details);
    }
  }

  private static void putBounds(Map<String, Object> details, Policy policy) {
    details.put("usedBytes", policy.usedBytes());
    if (policy.maxBytes() != Long.MAX_VALUE) {
      details.put("maxBytes", policy.maxBytes());
    }
    if (policy.maxEntries() != Long.MAX_VALUE) {
      details.put("maxEntries", policy.maxEntries());
    }
  }

  private static void putCheckpoint(Map<String, Object> details, SyncStats.Checkpoint checkpoint) {
    details.put("durability", checkpoint.durability().toString());
    details.put("lastCheckpoint", checkpoint.cutAt().toString());
    if (checkpoint.stalledBy() != null) {
      details.put("checkpointWaitsFor", checkpoint.stalledBy().toString());
    }
  }

  private static String trouble(SyncStats stats) {
    return stats.trouble() != null
        ? stats.trouble()
        : "the device has refused to take something; there will be no checkpoint any more";
  }

  private void verifyIfDue(String name, TophashCache<?, ?> file) {
    Instant now = clock.instant();
    Verified last = verified.get(name);
    if (verifyEvery.isZero() || last != null && now.isBefore(last.begun().plus(verifyEvery))) {
      return;
    }
    Verified begun = new Verified(now, last == null ? null : last.report());
    boolean mine =
        last == null
            ? verified.putIfAbsent(name, begun) == null
            : verified.replace(name, last, begun);
    if (mine) {
      executor.execute(() -> verify(name, file, begun));
    }
  }

  private void verify(String name, TophashCache<?, ?> file, Verified begun) {
    try {
      verified.replace(name, begun, new Verified(begun.begun(), file.verify()));
    } catch (IllegalStateException e) {
      verified.remove(name, begun); // Closed meanwhile.
    }
  }
}
