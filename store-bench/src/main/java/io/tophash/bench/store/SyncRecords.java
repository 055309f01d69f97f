package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import io.tophash.core.codec.Codecs;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import io.tophash.sync.SyncStoreBuilder;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Tophash's {@link SyncStore} of keys and arrays of bytes. */
final class SyncRecords<K> implements RecordStore<K> {
  private final RecordShape<K> shape;
  private final ByteBuffer into;
  private SyncStore<K, byte[]> store;

  SyncRecords(RecordShape<K> shape) {
    this.shape = shape;
    this.into = ByteBuffer.allocate(shape.valueBytes());
  }

  private SyncStoreBuilder<K, byte[]> builder() {
    return SyncStore.builder(HashRecords.codec(shape), Codecs.bytes());
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
  public RecordStore<K> forThread() {
    SyncRecords<K> other = new SyncRecords<>(shape);
    other.store = store;
    return other;
  }

  @Override
  public long get(K key) {
    byte[] value = store.get(key);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    return Records.fold(value);
  }

  @Override
  public long getInto(K key) {
    if (store.getInto(key, into.clear()) < 0) {
      throw RecordStore.absent(key);
    }
    return Records.fold(into.array());
  }

  @Override
  public boolean has(K key) {
    return store.containsKey(key);
  }

  @Override
  public void put(K key, byte[] value) {
    store.set(key, value);
  }

  @Override
  public void remove(K key) {
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
    return stats.usedBytes();
  }

  @Override
  public void close() {
    store.close();
  }
}
