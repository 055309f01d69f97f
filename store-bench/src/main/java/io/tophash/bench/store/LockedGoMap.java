package io.tophash.bench.store;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.ToLongFunction;

/** {@link HashMap} with boxed longs under a lock that many readers share. */
final class LockedGoMap implements GoMap {
  private final Map<Long, Long> map = new HashMap<>();
  private final Lock reading;
  private final Lock writing;

  LockedGoMap() {
    ReadWriteLock lock = new ReentrantReadWriteLock();
    reading = lock.readLock();
    writing = lock.writeLock();
  }

  private static long unbox(Long value) {
    return value == null ? ABSENT : value;
  }

  private long locked(Lock lock, ToLongFunction<Map<Long, Long>> action) {
    lock.lock();
    try {
      return action.applyAsLong(map);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void open(Path directory) {}

  @Override
  public long load(long key) {
    return locked(reading, all -> unbox(all.get(key)));
  }

  @Override
  public void store(long key, long value) {
    swap(key, value);
  }

  @Override
  public long swap(long key, long value) {
    return locked(writing, all -> unbox(all.put(key, value)));
  }

  @Override
  public long loadOrStore(long key, long value) {
    long present = load(key);
    return present != ABSENT ? present : locked(writing, all -> unbox(all.putIfAbsent(key, value)));
  }

  @Override
  public long loadAndDelete(long key) {
    return locked(writing, all -> unbox(all.remove(key)));
  }

  @Override
  public void delete(long key) {
    loadAndDelete(key);
  }

  @Override
  public boolean compareAndSwap(long key, long expected, long value) {
    return locked(writing, all -> all.replace(key, expected, value) ? 1 : 0) == 1;
  }

  @Override
  public boolean compareAndDelete(long key, long expected) {
    return locked(writing, all -> all.remove(key, (Long) expected) ? 1 : 0) == 1;
  }

  @Override
  public long range() {
    long[] count = new long[1];
    reading.lock();
    try {
      map.forEach((key, value) -> count[0]++);
    } finally {
      reading.unlock();
    }
    return count[0];
  }

  @Override
  public long first() {
    return locked(
        reading,
        all -> {
          Iterator<Long> keys = all.keySet().iterator();
          return keys.hasNext() ? keys.next() : ABSENT;
        });
  }

  @Override
  public void clear() {
    writing.lock();
    try {
      map.clear();
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() {}
}
