package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.file.Path;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;
import org.h2.mvstore.type.IntegerDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * {@link MvFile MVStore} of keys and arrays of bytes. It keeps the arrays that it is given in its
 * cache and hands them out, so they are copied here as for the maps on the heap.
 */
final class MvRecords<K> extends ArrayRecords<K> {
  private MvFile<K, byte[]> file;

  MvRecords(RecordShape<K> shape) {
    super(shape, true);
  }

  @Override
  public void open(Path directory, long entries) {
    DataType<K> keys = shape.keys().pick(IntegerDataType.INSTANCE, StringDataType.INSTANCE);
    file = new MvFile<>(directory, keys, ByteArrayDataType.INSTANCE);
  }

  @Override
  public RecordStore<K> forThread() {
    MvRecords<K> other = new MvRecords<>(shape);
    other.file = file;
    return other;
  }

  @Override
  byte[] find(K key) {
    return file.map.get(key);
  }

  @Override
  void store(K key, byte[] value) {
    file.map.put(key, value);
  }

  @Override
  public void remove(K key) {
    file.map.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    Cursor<K, byte[]> cursor = file.map.cursor(null);
    while (cursor.hasNext()) {
      K key = cursor.next();
      sum += Records.fold(key, cursor.getValue());
    }
    return sum;
  }

  @Override
  public long size() {
    return file.map.sizeAsLong();
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
