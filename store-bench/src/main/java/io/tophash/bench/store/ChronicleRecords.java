package io.tophash.bench.store;

import io.tophash.bench.data.Records;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** Chronicle Map of strings and arrays of bytes: sizes and number of entries told exactly. */
final class ChronicleRecords implements RecordStore {
  private byte[] into = new byte[Records.VALUE_BYTES];
  private ChronicleMap<String, byte[]> map;

  private static ChronicleMapBuilder<String, byte[]> builder(long entries) {
    return ChronicleMapBuilder.of(String.class, byte[].class)
        .entries(entries)
        .constantKeySizeBySample(Records.key(0))
        .constantValueSizeBySample(new byte[Records.VALUE_BYTES])
        .putReturnsNull(true)
        .removeReturnsNull(true);
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
  public RecordStore forThread() {
    ChronicleRecords other = new ChronicleRecords();
    other.map = map;
    return other;
  }

  @Override
  public long get(String key) {
    byte[] value = map.get(key);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    return Records.fold(value);
  }

  @Override
  public long getInto(String key) {
    byte[] value = map.getUsing(key, into);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    into = value;
    return Records.fold(value);
  }

  @Override
  public boolean has(String key) {
    return map.containsKey(key);
  }

  @Override
  public void put(String key, byte[] value) {
    map.put(key, value);
  }

  @Override
  public void remove(String key) {
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
