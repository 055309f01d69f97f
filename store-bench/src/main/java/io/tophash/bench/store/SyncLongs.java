package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import io.tophash.sync.LongSyncStore;
import io.tophash.sync.LongSyncStoreBuilder;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.nio.file.Path;

/** Tophash's {@link LongSyncStore}. */
final class SyncLongs implements LongStore {
  private LongSyncStore store;

  private static LongSyncStoreBuilder builder() {
    return SyncStore.longs().missingValue(Keys.MISSING);
  }

  static Path file(Path directory) {
    return directory.resolve("sync.tph");
  }

  @Override
  public void open(Path directory, long entries) {
    store = builder().open(file(directory));
  }

  @Override
  public void openHinted(Path directory, long entries) {
    store = builder().expectedEntries(entries).open(file(directory));
  }

  @Override
  public long get(long key) {
    return store.get(key);
  }

  @Override
  public void getAll(long[] keys, long[] values) {
    store.getAll(keys, values, Keys.MISSING);
  }

  @Override
  public void put(long key, long value) {
    store.set(key, value);
  }

  @Override
  public void remove(long key) {
    store.delete(key);
  }

  @Override
  public long iterate() {
    long[] sum = new long[1];
    store.forEach((key, value) -> sum[0] += Keys.fold(key, value));
    return sum[0];
  }

  @Override
  public long size() {
    return store.sizeLong();
  }

  @Override
  public long liveBytes() {
    SyncStats stats = store.stats();
    return stats.usedBytes();
  }

  @Override
  public void close() {
    store.close();
  }
}
