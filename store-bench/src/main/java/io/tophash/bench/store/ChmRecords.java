package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** {@link ConcurrentHashMap} of keys and arrays of bytes, grown from empty. */
final class ChmRecords<K> extends ArrayRecords<K> {
  private final ConcurrentHashMap<K, byte[]> map;

  ChmRecords(RecordShape<K> shape) {
    this(shape, new ConcurrentHashMap<>());
  }

  private ChmRecords(RecordShape<K> shape, ConcurrentHashMap<K, byte[]> map) {
    super(shape, true);
    this.map = map;
  }

  @Override
  public void open(Path directory, long entries) {}

  @Override
  public RecordStore<K> forThread() {
    return new ChmRecords<>(shape, map);
  }

  @Override
  byte[] find(K key) {
    return map.get(key);
  }

  @Override
  void store(K key, byte[] value) {
    map.put(key, value);
  }

  @Override
  public void remove(K key) {
    map.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    for (Map.Entry<K, byte[]> entry : map.entrySet()) {
      sum += Records.fold(entry.getKey(), entry.getValue());
    }
    return sum;
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() {}
}
