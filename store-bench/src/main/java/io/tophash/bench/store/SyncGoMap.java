package io.tophash.bench.store;

import io.tophash.sync.LongSyncStore;
import io.tophash.sync.SyncStore;
import java.nio.file.Path;

/** Tophash's {@link LongSyncStore}. */
final class SyncGoMap implements GoMap {
  private LongSyncStore store;

  @Override
  public void open(Path directory) {
    store = SyncStore.longs().missingValue(ABSENT).open(SyncLongs.file(directory));
  }

  @Override
  public long load(long key) {
    return store.get(key);
  }

  @Override
  public void store(long key, long value) {
    store.set(key, value);
  }

  @Override
  public long swap(long key, long value) {
    return store.put(key, value);
  }

  @Override
  public long loadOrStore(long key, long value) {
    return store.putIfAbsent(key, value);
  }

  @Override
  public long loadAndDelete(long key) {
    return store.remove(key);
  }

  @Override
  public void delete(long key) {
    store.delete(key);
  }

  @Override
  public boolean compareAndSwap(long key, long expected, long value) {
    return store.replace(key, expected, value);
  }

  @Override
  public boolean compareAndDelete(long key, long expected) {
    return store.remove(key, expected);
  }

  @Override
  public long range() {
    long[] count = new long[1];
    store.forEach((key, value) -> count[0]++);
    return count[0];
  }

  @Override
  public long first() {
    long[] first = {ABSENT};
    store.range(
        (key, value) -> {
          first[0] = key;
          return false;
        });
    return first[0];
  }

  @Override
  public void clear() {
    store.clear();
  }

  @Override
  public void close() {
    store.close();
  }
}
