package io.tophash.bench.store;

import io.tophash.bench.data.Keys;
import java.nio.file.Path;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.type.LongDataType;

/** {@link MvFile MVStore} of longs. */
final class MvLongs implements LongStore {
  private MvFile<Long, Long> file;

  @Override
  public void open(Path directory, long entries) {
    file = new MvFile<>(directory, LongDataType.INSTANCE, LongDataType.INSTANCE);
  }

  @Override
  public long get(long key) {
    Long value = file.map.get(key);
    return value == null ? Keys.MISSING : value;
  }

  @Override
  public void put(long key, long value) {
    file.map.put(key, value);
  }

  @Override
  public void remove(long key) {
    file.map.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    Cursor<Long, Long> cursor = file.map.cursor(null);
    while (cursor.hasNext()) {
      long key = cursor.next();
      sum += Keys.fold(key, cursor.getValue());
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
