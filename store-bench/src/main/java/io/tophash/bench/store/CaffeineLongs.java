package io.tophash.bench.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tophash.bench.data.Keys;
import java.nio.file.Path;
import java.util.Map;

/**
 * Caffeine, on the heap, with boxed keys and values. It is a cache, so it has a limit, which its
 * manual tells to set; the limit is so high that nothing is evicted.
 */
final class CaffeineLongs implements LongStore {
  private static final int LIMIT_BY_ENTRIES = 2;

  private Cache<Long, Long> cache;

  static Caffeine<Object, Object> builder(long entries) {
    return Caffeine.newBuilder().maximumSize(LIMIT_BY_ENTRIES * entries);
  }

  @Override
  public void open(Path directory, long entries) {
    cache = builder(entries).build();
  }

  @Override
  public void openHinted(Path directory, long entries) {
    cache = builder(entries).initialCapacity(Math.toIntExact(entries)).build();
  }

  @Override
  public long get(long key) {
    Long value = cache.getIfPresent(key);
    return value == null ? Keys.MISSING : value;
  }

  @Override
  public void put(long key, long value) {
    cache.put(key, value);
  }

  @Override
  public void remove(long key) {
    cache.invalidate(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    for (Map.Entry<Long, Long> entry : cache.asMap().entrySet()) {
      sum += Keys.fold(entry.getKey(), entry.getValue());
    }
    return sum;
  }

  @Override
  public long size() {
    cache.cleanUp();
    return cache.estimatedSize();
  }

  @Override
  public void close() {}
}
