package io.tophash.bench.store;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.nio.file.Path;
import java.util.Map;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/** {@link MapDbFile MapDB} of keys and arrays of bytes. */
final class MapDbRecords<K> extends ArrayRecords<K> {
  private static final int INLINE_BYTES = 128;

  private MapDbFile<K, byte[]> file;
  private HTreeMap<K, byte[]> map;
  private final LastSize size = new LastSize();

  MapDbRecords(RecordShape<K> shape) {
    super(shape, false);
  }

  @Override
  public void open(Path directory, long entries) {
    Serializer<K> keys = shape.keys().pick(Serializer.INTEGER, Serializer.STRING_ASCII);
    boolean small = shape.valueBytes() <= INLINE_BYTES;
    file = new MapDbFile<>(directory, keys, Serializer.BYTE_ARRAY, entries, small);
    map = file.map;
  }

  @Override
  byte[] find(K key) {
    return map.get(key);
  }

  @Override
  public boolean has(K key) {
    return map.containsKey(key);
  }

  @Override
  void store(K key, byte[] value) {
    size.forget();
    map.put(key, value);
  }

  @Override
  public void remove(K key) {
    size.forget();
    map.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    long count = 0;
    for (Map.Entry<K, byte[]> entry : map.getEntries()) {
      sum += Records.fold(entry.getKey(), entry.getValue());
      count++;
    }
    size.is(count);
    return sum;
  }

  @Override
  public long size() {
    return size.orCount(map::sizeLong);
  }

  @Override
  public boolean isEmpty() {
    return map.isEmpty();
  }

  @Override
  public void close() {
    file.close();
  }
}
