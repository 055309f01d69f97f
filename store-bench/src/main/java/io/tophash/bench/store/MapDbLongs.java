package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.file.Path;
import java.util.Map;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/** {@link MapDbFile MapDB} of longs. */
final class MapDbLongs implements LongStore {
  private MapDbFile<Long, Long> file;
  private HTreeMap<Long, Long> map;
  private final LastSize size = new LastSize();

  @Override
  public void open(Path directory, long entries) {
    file = new MapDbFile<>(directory, Serializer.LONG, Serializer.LONG, entries, true);
    map = file.map;
  }

  @Override
  public long get(long key) {
    Long value = map.get(key);
    return value == null ? Keys.MISSING : value;
  }

  @Override
  public void put(long key, long value) {
    size.forget();
    map.put(key, value);
  }

  @Override
  public void remove(long key) {
    size.forget();
    map.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    long count = 0;
    for (Map.Entry<Long, Long> entry : map.getEntries()) {
      sum += Keys.fold(entry.getKey(), entry.getValue());
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
