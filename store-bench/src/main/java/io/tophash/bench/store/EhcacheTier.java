package io.tophash.bench.store;

import org.ehcache.Cache;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.MemoryUnit;
import org.ehcache.core.internal.statistics.DefaultStatisticsService;
import org.ehcache.core.spi.service.StatisticsService;
import org.ehcache.core.statistics.TierStatistics;

/**
 * Ehcache with its off-heap tier alone, with its own serializers. It is a cache, so it must be told
 * how much memory it has; that is so much that nothing is evicted.
 */
final class EhcacheTier<K, V> {
  private static final String NAME = "entries";
  private static final long EXTRA_BYTES = 64 << 20;

  /** What it takes for an entry beside the key and the value, with room to double its tables. */
  private static final long BYTES_BESIDE = 160;

  final Cache<K, V> cache;
  private final CacheManager manager;
  private final StatisticsService statistics = new DefaultStatisticsService();

  EhcacheTier(Class<K> keys, Class<V> values, long entries, int entryBytes) {
    long bytes = EXTRA_BYTES + entries * (BYTES_BESIDE + 3L * entryBytes / 2);
    manager = CacheManagerBuilder.newCacheManagerBuilder().using(statistics).build(true);
    cache =
        manager.createCache(
            NAME,
            CacheConfigurationBuilder.newCacheConfigurationBuilder(
                keys,
                values,
                ResourcePoolsBuilder.newResourcePoolsBuilder().offheap(bytes, MemoryUnit.B)));
  }

  private TierStatistics tier() {
    return statistics.getCacheStatistics(NAME).getTierStatistics().get("OffHeap");
  }

  long size() {
    return tier().getMappings();
  }

  /** Bytes of memory that it took for its entries, outside of the heap. */
  long memoryBytes() {
    return tier().getAllocatedByteSize();
  }

  void close() {
    manager.close();
  }
}
