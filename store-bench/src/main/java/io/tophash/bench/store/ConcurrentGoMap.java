package io.tophash.bench.store;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/** Go's operations on a {@link ConcurrentMap} with boxed longs. */
final class ConcurrentGoMap implements GoMap {
  private final Maker maker;
  private ConcurrentMap<Long, Long> map;
  private Runnable closer = () -> {};

  /** Makes the map, in a directory if it is in a file. */
  interface Maker {
    /** Makes it; what ends it, if something must, goes to the other one. */
    ConcurrentMap<Long, Long> make(Path directory, Consumer<Runnable> closer);
  }

  ConcurrentGoMap(Maker maker) {
    this.maker = maker;
  }

  private static long unbox(Long value) {
    return value == null ? ABSENT : value;
  }

  @Override
  public void open(Path directory) {
    map = maker.make(directory, end -> closer = end);
  }

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
  public void close() {
    closer.run();
  }
}
