package io.tophash.bench.store;

import io.tophash.bench.data.Records;
import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import io.tophash.sync.SyncStoreBuilder;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Tophash's {@link SyncStore} of strings and arrays of bytes. */
final class SyncRecords implements RecordStore {
  private final ByteBuffer into = ByteBuffer.allocate(Records.VALUE_BYTES);
  private SyncStore<String, byte[]> store;

  private static SyncStoreBuilder<String, byte[]> builder() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes());
  }

  @Override
  public void open(Path directory, long entries) {
    store = builder().open(SyncLongs.file(directory));
  }

  @Override
  public void openHinted(Path directory, long entries) {
    store = builder().expectedEntries(entries).open(SyncLongs.file(directory));
  }

  @Override
  public RecordStore forThread() {
    SyncRecords other = new SyncRecords();
    other.store = store;
    return other;
  }

  @Override
  public long get(String key) {
    byte[] value = store.get(key);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    return Records.fold(value);
  }

  @Override
  public long getInto(String key) {
    if (store.getInto(key, into.clear()) < 0) {
      throw RecordStore.absent(key);
    }
    return Records.fold(into.array());
  }

  @Override
  public boolean has(String key) {
    return store.containsKey(key);
  }

  @Override
  public void put(String key, byte[] value) {
    store.set(key, value);
  }

  @Override
  public void remove(String key) {
    store.delete(key);
  }

  @Override
  public long iterate() {
    long[] sum = new long[1];
    store.forEach((key, value) -> sum[0] += Records.fold(key, value));
    return sum[0];
  }

  @Override
  public long size() {
    return store.sizeLong();
  }

  @Override
  public long liveBytes() {
    SyncStats stats = store.stats();
    return stats.fileBytes() - stats.freeBytes();
  }

  @Override
  public void close() {
    store.close();
  }
}
