package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.file.Path;
import org.ehcache.Cache;

/** {@link EhcacheTier Ehcache} of longs. */
final class EhcacheLongs implements LongStore {
  private EhcacheTier<Long, Long> tier;
  private Cache<Long, Long> cache;

  @Override
  public void open(Path directory, long entries) {
    tier = new EhcacheTier<>(Long.class, Long.class, entries, 2 * Long.BYTES);
    cache = tier.cache;
  }

  @Override
  public long get(long key) {
    Long value = cache.get(key);
    return value == null ? Keys.MISSING : value;
  }

  @Override
  public void put(long key, long value) {
    cache.put(key, value);
  }

  @Override
  public void remove(long key) {
    cache.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    for (Cache.Entry<Long, Long> entry : cache) {
      sum += Keys.fold(entry.getKey(), entry.getValue());
    }
    return sum;
  }

  @Override
  public long size() {
    return tier.size();
  }

  @Override
  public long memoryBytes() {
    return tier.memoryBytes();
  }

  @Override
  public void close() {
    tier.close();
  }
}
