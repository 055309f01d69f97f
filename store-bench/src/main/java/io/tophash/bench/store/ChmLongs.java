package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@link ConcurrentHashMap}, on the heap, with boxed keys and values, grown from empty unless
 * hinted.
 */
final class ChmLongs implements LongStore {
  private ConcurrentHashMap<Long, Long> map;

  @Override
  public void open(Path directory, long entries) {
    map = new ConcurrentHashMap<>();
  }

  @Override
  public void openHinted(Path directory, long entries) {
    map = new ConcurrentHashMap<>(Math.toIntExact(entries));
  }

  @Override
  public long get(long key) {
    Long value = map.get(key);
    return value == null ? Keys.MISSING : value;
  }

  @Override
  public void put(long key, long value) {
    map.put(key, value);
  }

  @Override
  public void remove(long key) {
    map.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    for (Map.Entry<Long, Long> entry : map.entrySet()) {
      sum += Keys.fold(entry.getKey(), entry.getValue());
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
