package io.tophash.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import io.tophash.cache.CacheStats;
import io.tophash.cache.Policy;
import io.tophash.cache.TophashCache;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters of a cache: those that Micrometer has for every cache ({@code cache.gets}, {@code
 * cache.puts}, {@code cache.size}, …), its loads, its bounds and what went for them ({@code
 * tophash.cache.bytes.used}, {@code tophash.cache.bytes.max}, {@code tophash.cache.entries.max},
 * {@code tophash.cache.removals} by cause), and those of its file, see {@link TophashStoreMetrics}.
 * A bound that is not set is NaN.
 *
 * <pre>{@code
 * TophashCacheMetrics.monitor(registry, cache, "orders", Tags.empty());
 * }</pre>
 *
 * <p>What a cache counts needs {@code recordStats()}; without it, those meters stay 0.
 */
public final class TophashCacheMetrics extends CacheMeterBinder<TophashCache<?, ?>> {
  private final String name;
  private final TophashStoreMetrics file;

  /**
   * Meters to bind.
   *
   * @param cache is not kept from the collector by its meters
   * @param name value of the tag {@code cache}
   * @param tags for all meters
   */
  public TophashCacheMetrics(TophashCache<?, ?> cache, String name, Iterable<Tag> tags) {
    super(cache, name, tags);
    this.name = name;
    this.file = TophashStoreMetrics.of(cache, name, tags);
  }

  /**
   * Binds the meters of a cache.
   *
   * @return the cache
   */
  public static <C extends TophashCache<?, ?>> C monitor(
      MeterRegistry registry, C cache, String name, Iterable<Tag> tags) {
    new TophashCacheMetrics(cache, name, tags).bindTo(registry);
    return cache;
  }

  private static boolean isOpen(TophashCache<?, ?> cache) {
    return cache != null && !cache.isClosed();
  }

  private CacheStats stats() {
    return getCache().stats();
  }

  @Override
  protected Long size() {
    TophashCache<?, ?> cache = getCache();
    return isOpen(cache) ? cache.estimatedSize() : null;
  }

  @Override
  protected long hitCount() {
    return stats().hitCount();
  }

  @Override
  protected Long missCount() {
    return stats().missCount();
  }

  /** What went by itself in all processes, for lack of room or because its time was over. */
  @Override
  protected Long evictionCount() {
    return stats().evictionCount() + stats().expiredCount();
  }

  /** What all processes have stored; a load stores twice, its lease and its value. */
  @Override
  protected long putCount() {
    return getCache().isClosed() ? 0 : file.writes();
  }

  @Override
  protected void bindImplementationSpecificMetrics(MeterRegistry registry) {
    counter(registry, "cache.loads", "success", CacheStats::loadSuccessCount);
    counter(registry, "cache.loads", "failure", CacheStats::loadFailureCount);
    counter(registry, "cache.loads", "stale", CacheStats::staleCount);
    FunctionTimer.builder(
            "cache.load.duration",
            getCache(),
            cache -> cache.stats().loadSuccessCount() + cache.stats().loadFailureCount(),
            cache -> cache.stats().totalLoadNanos(),
            TimeUnit.NANOSECONDS)
        .tags(getTagsWithCacheName())
        .description("time spent in loaders")
        .register(registry);
    removals(registry, "size", CacheStats::evictionCount);
    removals(registry, "expired", CacheStats::expiredCount);
    removals(registry, "rejected", CacheStats::rejectedCount);
    bound(registry, "tophash.cache.bytes.used", "bytes", Policy::usedBytes);
    bound(registry, "tophash.cache.bytes.max", "bytes", Policy::maxBytes);
    bound(registry, "tophash.cache.entries.max", "entries", Policy::maxEntries);
    file.bindTo(registry);
  }

  private void removals(MeterRegistry registry, String cause, ToDoubleFunction<CacheStats> figure) {
    FunctionCounter.builder(
            "tophash.cache.removals", getCache(), cache -> figure.applyAsDouble(cache.stats()))
        .tags(getTagsWithCacheName())
        .tag("cause", cause)
        .description("what went by itself, or found no room, in all processes")
        .register(registry);
  }

  private void bound(
      MeterRegistry registry, String meter, String unit, ToLongFunction<Policy> figure) {
    Gauge.builder(meter, getCache(), cache -> value(cache, figure))
        .tags(getTagsWithCacheName())
        .baseUnit(unit)
        .description("bound of the cache, or what counts against it")
        .register(registry);
  }

  private static double value(TophashCache<?, ?> cache, ToLongFunction<Policy> figure) {
    if (!isOpen(cache)) {
      return Double.NaN;
    }
    try {
      long value = figure.applyAsLong(cache.policy());
      return value == Long.MAX_VALUE ? Double.NaN : value;
    } catch (IllegalStateException e) {
      return Double.NaN; // Closed just now.
    }
  }

  private void counter(
      MeterRegistry registry, String meter, String result, ToDoubleFunction<CacheStats> figure) {
    FunctionCounter.builder(meter, getCache(), cache -> figure.applyAsDouble(cache.stats()))
        .tags(getTagsWithCacheName())
        .tag("result", result)
        .description("loads of the cache " + name + " in this process")
        .register(registry);
  }
}
