package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** {@link HashMap}, on the heap, with boxed keys and values, grown from empty. */
final class HashMapStore implements LongStore {
  private final HashMap<Long, Long> map = new HashMap<>();

  @Override
  public void open(Path directory, long entries) {}

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
