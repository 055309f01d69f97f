package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.rocksdb.RocksIterator;

/** {@link RocksFile RocksDB} of keys as bytes and arrays of bytes. */
final class RocksRecords<K> implements RecordStore<K> {
  private final RecordShape<K> shape;
  private final ByteBuffer keyBuffer;
  private final ByteBuffer valueBuffer;
  private final byte[] keyBytes;
  private final byte[] into;
  private RocksFile file;

  RocksRecords(RecordShape<K> shape) {
    this.shape = shape;
    this.keyBuffer = ByteBuffer.allocateDirect(shape.keys().bytes());
    this.valueBuffer = ByteBuffer.allocateDirect(shape.valueBytes());
    this.keyBytes = new byte[shape.keys().bytes()];
    this.into = new byte[shape.valueBytes()];
  }

  private ByteBuffer key(K key) {
    keyBuffer.clear();
    shape.keys().write(key, keyBuffer);
    return keyBuffer.flip();
  }

  @Override
  public void open(Path directory, long entries) {
    file = new RocksFile(directory);
  }

  @Override
  public RecordStore<K> forThread() {
    RocksRecords<K> other = new RocksRecords<>(shape);
    other.file = file;
    return other;
  }

  private long copy(K key, byte[] target) {
    if (!file.get(key(key), valueBuffer)) {
      throw RecordStore.absent(key);
    }
    valueBuffer.get(0, target);
    return Records.fold(target);
  }

  @Override
  public long get(K key) {
    return copy(key, new byte[shape.valueBytes()]);
  }

  @Override
  public long getInto(K key) {
    return copy(key, into);
  }

  @Override
  public boolean has(K key) {
    return file.get(key(key), valueBuffer);
  }

  @Override
  public void put(K key, byte[] value) {
    file.put(key(key), valueBuffer.clear().put(value).flip());
  }

  @Override
  public void remove(K key) {
    file.remove(key(key));
  }

  private long fold(RocksIterator at) {
    at.key(keyBuffer.clear());
    at.value(valueBuffer.clear());
    keyBuffer.get(0, keyBytes);
    valueBuffer.get(0, into);
    return Records.fold(shape.keys().read(keyBytes), into);
  }

  @Override
  public long iterate() {
    return file.iterate(this::fold);
  }

  @Override
  public long size() {
    return file.size();
  }

  @Override
  public boolean isEmpty() {
    return file.isEmpty();
  }

  @Override
  public void settle() {
    file.settle();
  }

  @Override
  public void close() {
    file.close();
  }
}
