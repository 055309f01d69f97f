package io.tophash.bench.store;

import io.tophash.bench.data.Records;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@link ConcurrentHashMap} of strings and arrays of bytes, grown from empty. It keeps and returns
 * references, so the copies that other stores make by themselves are made here.
 */
final class ChmRecords implements RecordStore {
  private final ConcurrentHashMap<String, byte[]> map;
  private final byte[] into = new byte[Records.VALUE_BYTES];

  ChmRecords() {
    this(new ConcurrentHashMap<>());
  }

  private ChmRecords(ConcurrentHashMap<String, byte[]> map) {
    this.map = map;
  }

  @Override
  public void open(Path directory, long entries) {}

  @Override
  public RecordStore forThread() {
    return new ChmRecords(map);
  }

  private byte[] find(String key) {
    byte[] value = map.get(key);
    if (value == null) {
      throw RecordStore.absent(key);
    }
    return value;
  }

  @Override
  public long get(String key) {
    byte[] value = find(key);
    return Records.fold(Arrays.copyOf(value, value.length));
  }

  @Override
  public long getInto(String key) {
    byte[] value = find(key);
    System.arraycopy(value, 0, into, 0, value.length);
    return Records.fold(into);
  }

  @Override
  public boolean has(String key) {
    return map.containsKey(key);
  }

  @Override
  public void put(String key, byte[] value) {
    map.put(key, Arrays.copyOf(value, value.length));
  }

  @Override
  public void remove(String key) {
    map.remove(key);
  }

  @Override
  public long iterate() {
    long sum = 0;
    for (Map.Entry<String, byte[]> entry : map.entrySet()) {
      sum += Records.fold(entry.getKey(), entry.getValue());
    }
    return sum;
  }

  @Override
  public long size() {
    return map.size();
  }

  @Override
  public void close() {}
}
