package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;

/** {@link RocksFile RocksDB} of longs. */
final class RocksLongs implements LongStore {
  private final ByteBuffer keyBuffer = buffer();
  private final ByteBuffer valueBuffer = buffer();
  private final List<ByteBuffer> keyBuffers = new ArrayList<>();
  private final List<ByteBuffer> valueBuffers = new ArrayList<>();
  private RocksFile file;

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
  }

  private ByteBuffer key(long key) {
    return keyBuffer.clear().putLong(0, key);
  }

  @Override
  public void open(Path directory, long entries) {
    file = new RocksFile(directory);
  }

  @Override
  public LongStore forThread() {
    RocksLongs other = new RocksLongs();
    other.file = file;
    return other;
  }

  @Override
  public long get(long key) {
    return file.get(key(key), valueBuffer) ? valueBuffer.getLong(0) : Keys.MISSING;
  }

  @Override
  public void getAll(long[] keys, long[] values) {
    while (keyBuffers.size() < keys.length) {
      keyBuffers.add(buffer());
      valueBuffers.add(buffer());
    }
    for (int i = 0; i < keys.length; i++) {
      keyBuffers.get(i).clear().putLong(0, keys[i]);
      valueBuffers.get(i).clear();
    }
    List<ByteBufferGetStatus> found =
        file.getAll(keyBuffers.subList(0, keys.length), valueBuffers.subList(0, keys.length));
    for (int i = 0; i < keys.length; i++) {
      boolean there = found.get(i).status.getCode() == Status.Code.Ok;
      values[i] = there ? valueBuffers.get(i).getLong(0) : Keys.MISSING;
    }
  }

  @Override
  public void put(long key, long value) {
    file.put(key(key), valueBuffer.clear().putLong(0, value));
  }

  @Override
  public void remove(long key) {
    file.remove(key(key));
  }

  private long fold(RocksIterator at) {
    at.key(keyBuffer.clear());
    at.value(valueBuffer.clear());
    return Keys.fold(keyBuffer.getLong(0), valueBuffer.getLong(0));
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
