package io.tophash.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tophash.cache.TophashCache;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The meters of a file: its bytes and entries, and what all processes have done to it since it was
 * made. The figures are computed at most once in ten seconds, as that walks the segments; a store
 * that is closed has none (NaN).
 */
public final class TophashStoreMetrics implements MeterBinder {
  private static final long FRESH_NANOS = 10_000_000_000L;

  private final Figures figures;
  private final Tags tags;

  private TophashStoreMetrics(
      BooleanSupplier isOpen, Supplier<SyncStats> stats, String name, Iterable<Tag> tags) {
    this.figures = new Figures(isOpen, stats, System::nanoTime);
    this.tags = Tags.concat(tags, "store", name);
  }

  /** Those of a store; it is not kept from the collector by its meters. */
  public static TophashStoreMetrics of(SyncStore<?, ?> store, String name, Iterable<Tag> tags) {
    return of(store, SyncStore::isClosed, SyncStore::stats, name, tags);
  }

  /** Those of the file of a cache; it is not kept from the collector by its meters. */
  public static TophashStoreMetrics of(TophashCache<?, ?> cache, String name, Iterable<Tag> tags) {
    return of(cache, TophashCache::isClosed, TophashCache::storeStats, name, tags);
  }

  private static <S> TophashStoreMetrics of(
      S store,
      Function<S, Boolean> isClosed,
      Function<S, SyncStats> stats,
      String name,
      Iterable<Tag> tags) {
    WeakReference<S> weak = new WeakReference<>(store);
    return new TophashStoreMetrics(
        () -> {
          S strong = weak.get();
          return strong != null && !isClosed.apply(strong);
        },
        () -> stats.apply(weak.get()),
        name,
        tags);
  }

  /** Insertions and overwrites of all processes, 0 if the store is closed. */
  long writes() {
    SyncStats now = figures.get();
    return now == null ? 0 : now.inserts() + now.stores();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "tophash.entries", null, "entries", SyncStats::entries);
    gauge(registry, "tophash.file.size", "bytes", "length of the file", SyncStats::fileBytes);
    gauge(registry, "tophash.file.used", "bytes", "bytes in use", SyncStats::usedBytes);
    gauge(registry, "tophash.file.free", "bytes", "bytes free for reuse", SyncStats::freeBytes);
    gauge(registry, "tophash.segments", null, "segments", SyncStats::segments);
    gauge(registry, "tophash.processes", null, "attached processes", s -> s.attached().size());
    gauge(
        registry,
        "tophash.checkpoint.age",
        "seconds",
        "time since the newest durable checkpoint: what a power cut would take at most",
        s -> Math.max(0, Duration.between(s.checkpoint().cutAt(), Instant.now()).toSeconds()));
    counter(registry, "tophash.checkpoints", "checkpoints", s -> s.checkpoint().count());
    counter(registry, "tophash.rebuilds", "segments rebuilt", SyncStats::rebuilds);
    counter(registry, "tophash.splits", "segments split", SyncStats::splits);
    counter(registry, "tophash.takeovers", "locks taken over from the dead", SyncStats::takeovers);
    FunctionTimer.builder(
            "tophash.lock.waits",
            figures,
            each -> (long) each.value(SyncStats::lockWaits),
            each -> each.value(SyncStats::lockWaitNanos),
            TimeUnit.NANOSECONDS)
        .tags(tags)
        .description("waits for locks of shards")
        .register(registry);
    counter(registry, "tophash.inserts", "new keys", SyncStats::inserts);
    counter(registry, "tophash.stores", "overwrites", SyncStats::stores);
    counter(registry, "tophash.removes", "removals", SyncStats::removes);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String unit,
      String description,
      ToLongFunction<SyncStats> figure) {
    Gauge.builder(name, figures, each -> each.value(figure))
        .tags(tags)
        .baseUnit(unit)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, String description, ToLongFunction<SyncStats> figure) {
    FunctionCounter.builder(name, figures, each -> each.value(figure))
        .tags(tags)
        .description(description)
        .register(registry);
    // A counter holds its object weakly; the gauges above hold it for as long as the registry.
  }

  /** The figures of a store, a few seconds old at most. Thread-safe. */
  static final class Figures {
    private final BooleanSupplier isOpen;
    private final Supplier<SyncStats> stats;
    private final LongSupplier nanoTime;
    private SyncStats last;
    private long takenAt;

    Figures(BooleanSupplier isOpen, Supplier<SyncStats> stats, LongSupplier nanoTime) {
      this.isOpen = isOpen;
      this.stats = stats;
      this.nanoTime = nanoTime;
    }

    /** Null if the store is closed. */
    synchronized SyncStats get() {
      if (!isOpen.getAsBoolean()) {
        return null;
      }
      long now = nanoTime.getAsLong();
      if (last == null || now - takenAt >= FRESH_NANOS) {
        try {
          last = stats.get();
        } catch (IllegalStateException e) {
          return null; // Closed just now.
        }
        takenAt = now;
      }
      return last;
    }

    double value(ToLongFunction<SyncStats> figure) {
      SyncStats now = get();
      return now == null ? Double.NaN : figure.applyAsLong(now);
    }
  }
}
