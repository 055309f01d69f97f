package io.tophash.bench.store;

import com.github.benmanes.caffeine.cache.Cache;
import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.file.Path;
import java.util.Map;

/** Caffeine of keys and arrays of bytes; see {@link CaffeineLongs}. */
final class CaffeineRecords<K> extends ArrayRecords<K> {
  private Cache<K, byte[]> cache;

  CaffeineRecords(RecordShape<K> shape) {
    super(shape, true);
  }

  @Override
  public void open(Path directory, long entries) {
    cache = CaffeineLongs.builder(entries).build();
  }

  @Override
  public RecordStore<K> forThread() {
    CaffeineRecords<K> other = new CaffeineRecords<>(shape);
    other.cache = cache;
    return other;
  }

  @Override
  byte[] find(K key) {
    return cache.getIfPresent(key);
  }

  @Override
  void store(K key, byte[] value) {
    cache.put(key, value);
  }

  @Override
  public void remove(K key) {
    cache.invalidate(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    for (Map.Entry<K, byte[]> entry : cache.asMap().entrySet()) {
      sum += Records.fold(entry.getKey(), entry.getValue());
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
