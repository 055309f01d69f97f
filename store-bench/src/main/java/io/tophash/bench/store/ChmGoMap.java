package io.tophash.bench.store;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;

/** {@link ConcurrentHashMap} with boxed longs. */
final class ChmGoMap implements GoMap {
  private final ConcurrentHashMap<Long, Long> map = new ConcurrentHashMap<>();

  private static long unbox(Long value) {
    return value == null ? ABSENT : value;
  }

  @Override
  public void open(Path directory) {}

  @Override
  public long load(long key) {
    return unbox(map.get(key));
  }

  @Override
  public void store(long key, long value) {
    map.put(key, value);
  }

  @Override
  public long swap(long key, long value) {
    return unbox(map.put(key, value));
  }

  @Override
  public long loadOrStore(long key, long value) {
    return unbox(map.putIfAbsent(key, value));
  }

  @Override
  public long loadAndDelete(long key) {
    return unbox(map.remove(key));
  }

  @Override
  public void delete(long key) {
    map.remove(key);
  }

  @Override
  public boolean compareAndSwap(long key, long expected, long value) {
    return map.replace(key, expected, value);
  }

  @Override
  public boolean compareAndDelete(long key, long expected) {
    return map.remove(key, (Long) expected);
  }

  @Override
  public long range() {
    long[] count = new long[1];
    map.forEach((key, value) -> count[0]++);
    return count[0];
  }

  @Override
  public long first() {
    Iterator<Long> keys = map.keySet().iterator();
    return keys.hasNext() ? keys.next() : ABSENT;
  }

  @Override
  public void clear() {
    map.clear();
  }

  @Override
  public void close() {}
}
