package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.file.Path;
import org.ehcache.Cache;

/** {@link EhcacheTier Ehcache} of keys and arrays of bytes. */
final class EhcacheRecords<K> extends ArrayRecords<K> {
  private EhcacheTier<K, byte[]> tier;
  private Cache<K, byte[]> cache;

  EhcacheRecords(RecordShape<K> shape) {
    super(shape, false);
  }

  @Override
  public void open(Path directory, long entries) {
    tier = new EhcacheTier<>(shape.keys().type(), byte[].class, entries, shape.entryBytes());
    cache = tier.cache;
  }

  @Override
  byte[] find(K key) {
    return cache.get(key);
  }

  @Override
  void store(K key, byte[] value) {
    cache.put(key, value);
  }

  @Override
  public void remove(K key) {
    cache.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    for (Cache.Entry<K, byte[]> entry : cache) {
      sum += Records.fold(entry.getKey(), entry.getValue());
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
