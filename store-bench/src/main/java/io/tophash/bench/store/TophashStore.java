package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import io.tophash.core.HashStore;
import io.tophash.core.LongHashStore;
import io.tophash.core.LongHashStoreBuilder;
import io.tophash.core.StoreStats;
import java.nio.file.Path;

/** Tophash's {@link LongHashStore}. */
final class TophashStore implements LongStore {
  private LongHashStore store;

  private static LongHashStoreBuilder builder() {
    return HashStore.longs().missingValue(Keys.MISSING);
  }

  private static Path file(Path directory) {
    return directory.resolve("store.tph");
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
    store.put(key, value);
  }

  @Override
  public void remove(long key) {
    store.remove(key);
  }

  @Override
  public long iterate() {
    long[] sum = new long[1];
    store.range(
        (key, value) -> {
          sum[0] += Keys.fold(key, value);
          return true;
        });
    return sum[0];
  }

  @Override
  public long size() {
    return store.sizeLong();
  }

  @Override
  public long liveBytes() {
    StoreStats stats = store.stats();
    return stats.fileBytes() - stats.freeBytes();
  }

  @Override
  public void close() {
    store.close();
  }
}
