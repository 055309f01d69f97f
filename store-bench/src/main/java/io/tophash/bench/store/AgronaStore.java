package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.file.Path;
import org.agrona.collections.Long2LongHashMap;

/** Agrona's primitive map, on the heap, grown from empty. Holds as many keys as one array does. */
final class AgronaStore implements LongStore {
  private final Long2LongHashMap map = new Long2LongHashMap(Keys.MISSING);

  @Override
  public void open(Path directory, long entries) {}

  @Override
  public long get(long key) {
    return map.get(key);
  }

  @Override
  public void put(long key, long value) {
    map.put(key, value);
  }

  @Override
  public void remove(long key) {
    map.remove(key);
  }

  @Override
  public long iterate() {
    long[] sum = new long[1];
    map.forEachLong((key, value) -> sum[0] += Keys.fold(key, value));
    return sum[0];
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() {}
}
