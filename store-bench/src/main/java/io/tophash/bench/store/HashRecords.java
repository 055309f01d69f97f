package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import io.tophash.core.HashStats;
import io.tophash.core.HashStore;
import io.tophash.core.HashStoreBuilder;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Tophash's {@link HashStore} of keys and arrays of bytes. */
final class HashRecords<K> implements RecordStore<K> {
  private final RecordShape<K> shape;
  private final ByteBuffer into;
  private HashStore<K, byte[]> store;

  HashRecords(RecordShape<K> shape) {
    this.shape = shape;
    this.into = ByteBuffer.allocate(shape.valueBytes());
  }

  static <K> Codec<K> codec(RecordShape<K> shape) {
    return shape.keys().pick(Codecs.int32(), Codecs.utf8());
  }

  private HashStoreBuilder<K, byte[]> builder() {
    return HashStore.builder(codec(shape), Codecs.bytes());
  }

  @Override
  public void open(Path directory, long entries) {
    store = builder().open(directory.resolve("records.tph"));
  }

  @Override
  public void openHinted(Path directory, long entries) {
    store = builder().expectedEntries(entries).open(directory.resolve("records.tph"));
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
    HashStats stats = store.stats();
    return stats.fileBytes() - stats.freeBytes();
  }

  @Override
  public void close() {
    store.close();
  }
}
