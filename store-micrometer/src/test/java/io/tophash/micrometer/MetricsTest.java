package io.tophash.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tophash.cache.TophashCache;
import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("contract")
class MetricsTest {
  private static final long SECOND = 1_000_000_000L;

  private final MeterRegistry registry = new SimpleMeterRegistry();

  private double counted(String meter, String... tags) {
    return registry.get(meter).tags(tags).functionCounter().count();
  }

  @Test
  void aCacheShowsWhatItsUsersDid() {
    try (TophashCache<String, String> cache =
        TophashCache.builder(Codecs.utf8(), Codecs.utf8()).recordStats().openTemporary()) {
      cache.put("a", "1");
      cache.put("b", "2");
      cache.getIfPresent("a");
      cache.getIfPresent("absent");
      cache.get("c", key -> "3");
      TophashCacheMetrics.monitor(registry, cache, "orders", Tags.of("service", "shop"));
      assertEquals(1, counted("cache.gets", "cache", "orders", "result", "hit"));
      assertTrue(counted("cache.gets", "service", "shop", "result", "miss") >= 2);
      assertEquals(1, counted("cache.loads", "result", "success"));
      assertEquals(3, registry.get("cache.size").gauge().value());
      // The lease of the load is stored, too.
      assertEquals(4, counted("cache.puts"));
      assertEquals(3, registry.get("tophash.entries").tag("store", "orders").gauge().value());
      assertTrue(registry.get("tophash.file.size").gauge().value() > 0);
      assertEquals(1, registry.get("tophash.processes").gauge().value());
    }
  }

  @Test
  void aCacheShowsItsBoundsAndWhatWentForThem() {
    try (TophashCache<String, String> cache =
        TophashCache.builder(Codecs.utf8(), Codecs.utf8())
            .maxBytes(8 << 20)
            .maxEntries(100)
            .openTemporary()) {
      TophashCacheMetrics.monitor(registry, cache, "orders", Tags.empty());
      for (int i = 0; i < 300; i++) {
        cache.put("key" + i, "value");
      }
      assertEquals(8 << 20, registry.get("tophash.cache.bytes.max").gauge().value());
      assertEquals(100, registry.get("tophash.cache.entries.max").gauge().value());
      assertEquals(
          cache.policy().usedBytes(), registry.get("tophash.cache.bytes.used").gauge().value());
      double evicted = counted("tophash.cache.removals", "cause", "size");
      assertTrue(evicted >= 200, () -> "evicted=" + evicted);
      assertEquals(evicted, counted("cache.evictions"));
      assertEquals(0, counted("tophash.cache.removals", "cause", "expired"));
      assertEquals(0, registry.get("tophash.lock.waits").functionTimer().count());
    }
    assertTrue(Double.isNaN(registry.get("tophash.cache.bytes.used").gauge().value()));
  }

  @Test
  void aCacheWithoutABoundShowsNone() {
    try (TophashCache<String, String> cache =
        TophashCache.builder(Codecs.utf8(), Codecs.utf8()).openTemporary()) {
      TophashCacheMetrics.monitor(registry, cache, "orders", Tags.empty());
      assertTrue(Double.isNaN(registry.get("tophash.cache.bytes.max").gauge().value()));
      assertTrue(Double.isNaN(registry.get("tophash.cache.entries.max").gauge().value()));
    }
  }

  @Test
  void aStoreThatIsClosedHasNoFigures() {
    SyncStore<String, String> store =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8()).openTemporary();
    TophashStoreMetrics.of(store, "plain", Tags.empty()).bindTo(registry);
    store.put("a", "1");
    store.force();
    assertEquals(1, registry.get("tophash.entries").gauge().value());
    assertTrue(registry.get("tophash.checkpoint.age").gauge().value() >= 0);
    assertTrue(counted("tophash.checkpoints") >= 1);
    store.close();
    assertTrue(Double.isNaN(registry.get("tophash.entries").gauge().value()));
  }

  @Test
  void figuresAreComputedAtMostOnceInTenSeconds() {
    AtomicLong clock = new AtomicLong();
    AtomicInteger computed = new AtomicInteger();
    try (SyncStore<String, String> store =
        SyncStore.builder(Codecs.utf8(), Codecs.utf8()).openTemporary()) {
      TophashStoreMetrics.Figures figures =
          new TophashStoreMetrics.Figures(
              () -> true,
              () -> {
                computed.incrementAndGet();
                return store.stats();
              },
              clock::get);
      figures.get();
      clock.addAndGet(9 * SECOND);
      figures.get();
      assertEquals(1, computed.get());
      clock.addAndGet(SECOND);
      figures.get();
      assertEquals(2, computed.get());
    }
  }
}
