package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.core.values.LongValue;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.values.Values;

/**
 * Chronicle Map, tuned as its tutorial advises: value interfaces and {@code getUsing} so that
 * nothing is allocated, the exact number of entries, and no previous values returned.
 */
final class ChronicleLongs implements LongStore {
  /** So that a few more entries than it was told of find a place; costs nothing until they come. */
  static final double MAX_BLOAT = 2;

  private final LongValue keyValue = Values.newHeapInstance(LongValue.class);
  private final LongValue value = Values.newHeapInstance(LongValue.class);
  private ChronicleMap<LongValue, LongValue> map;

  private static ChronicleMapBuilder<LongValue, LongValue> builder(long entries) {
    return ChronicleMapBuilder.of(LongValue.class, LongValue.class)
        .entries(entries)
        .maxBloatFactor(MAX_BLOAT)
        .putReturnsNull(true)
        .removeReturnsNull(true);
  }

  private static File file(Path directory) {
    return directory.resolve("map.dat").toFile();
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
  public LongStore forThread() {
    ChronicleLongs other = new ChronicleLongs();
    other.map = map;
    return other;
  }

  @Override
  public long get(long key) {
    keyValue.setValue(key);
    LongValue found = map.getUsing(keyValue, value);
    return found == null ? Keys.MISSING : found.getValue();
  }

  @Override
  public void put(long key, long newValue) {
    keyValue.setValue(key);
    value.setValue(newValue);
    map.put(keyValue, value);
  }

  @Override
  public void remove(long key) {
    keyValue.setValue(key);
    map.remove(keyValue);
  }

  @Override
  public long iterate() {
    long[] sum = new long[1];
    map.forEachEntry(
        entry -> sum[0] += Keys.fold(entry.key().get().getValue(), entry.value().get().getValue()));
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
