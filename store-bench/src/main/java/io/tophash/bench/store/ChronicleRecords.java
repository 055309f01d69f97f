package io.tophash.bench.store;

import io.tophash.bench.data.KeyForm;
import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** Chronicle Map of keys and arrays of bytes: sizes and number of entries told exactly. */
final class ChronicleRecords<K> implements RecordStore<K> {
  private final RecordShape<K> shape;
  private byte[] into;
  private ChronicleMap<K, byte[]> map;

  ChronicleRecords(RecordShape<K> shape) {
    this.shape = shape;
    this.into = new byte[shape.valueBytes()];
  }

  private ChronicleMapBuilder<K, byte[]> builder(long entries) {
    ChronicleMapBuilder<K, byte[]> builder =
        ChronicleMapBuilder.of(shape.keys().type(), byte[].class)
            .entries(entries)
            .maxBloatFactor(ChronicleLongs.MAX_BLOAT)
            .constantValueSizeBySample(new byte[shape.valueBytes()])
            .putReturnsNull(true)
            .removeReturnsNull(true);
    // It knows the size of an Integer by itself.
    return shape.keys() == KeyForm.INT ? builder : builder.constantKeySizeBySample(shape.key(0));
  }

  private static File file(Path directory) {
    return directory.resolve("records.dat").toFile();
  }

  @Override
  public void open(Path directory, long entries) throws IOException {
    map = builder(entries).createPersistedTo(file(directory));
  }

  @Override
  public void openAfterKill(Path directory, long entries) throws IOException {
    map = builder(entries).recoverPersistedTo(file(directory), true);
  }

  @Override
  public RecordStore<K> forThread() {
    ChronicleRecords<K> other = new ChronicleRecords<>(shape);
    other.map = map;
    return other;
  }

  @Override
  public long get(K key) {
    byte[] value = map.get(key);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    return Records.fold(value);
  }

  @Override
  public long getInto(K key) {
    byte[] value = map.getUsing(key, into);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    into = value;
    return Records.fold(value);
  }

  @Override
  public boolean has(K key) {
    return map.containsKey(key);
  }

  @Override
  public void put(K key, byte[] value) {
    map.put(key, value);
  }

  @Override
  public void remove(K key) {
    map.remove(key);
  }

  @Override
  public long iterate() {
    long[] sum = new long[1];
    map.forEachEntry(
        entry -> {
          into = entry.value().getUsing(into);
          sum[0] += Records.fold(entry.key().get(), into);
        });
    return sum[0];
  }

  @Override
  public long size() {
    return map.longSize();
  }

  @Override
  public void close() {
    map.close();
  }
}
