package io.tophash.sync.race;

import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.SyncStore;

/** A key of the store of records; its values are of one size. */
final class RecordKey extends OwnKey {
  private static final int NUMBER_BITS = 8;

  private final SyncStore<Long, byte[]> store = SharedStores.records();
  private final int bytes;

  RecordKey(long key, int bytes) {
    super(key);
    this.bytes = bytes;
  }

  private byte[] value(int number) {
    return value(key, number, bytes);
  }

  private int number(byte[] value) {
    return value == null || value.length == bytes ? number(key, value) : FOREIGN;
  }

  /** A value of any size: the same word again and again, and the first bytes of it at the end. */
  static byte[] value(long key, int number, int bytes) {
    byte[] value = new byte[bytes];
    long word = key << NUMBER_BITS | number;
    int whole = bytes & -Long.BYTES;
    for (int at = 0; at < whole; at += Long.BYTES) {
      HeapBytes.putLong(value, at, word);
    }
    for (int at = whole; at < bytes; at++) {
      value[at] = (byte) (word >>> 8 * (at - whole));
    }
    return value;
  }

  /** Number of a value of any size. */
  static int number(long key, byte[] value) {
    if (value == null) {
      return ABSENT;
    }
    long word = HeapBytes.getLong(value, 0);
    if (word >> NUMBER_BITS != key) {
      return FOREIGN;
    }
    int whole = value.length & -Long.BYTES;
    for (int at = Long.BYTES; at < whole; at += Long.BYTES) {
      if (HeapBytes.getLong(value, at) != word) {
        return FOREIGN;
      }
    }
    for (int at = whole; at < value.length; at++) {
      if (value[at] != (byte) (word >>> 8 * (at - whole))) {
        return FOREIGN;
      }
    }
    return (int) (word & (1 << NUMBER_BITS) - 1);
  }

  @Override
  int get() {
    return number(store.get(key));
  }

  @Override
  void set(int number) {
    store.set(key, value(number));
  }

  @Override
  int put(int number) {
    return number(store.put(key, value(number)));
  }

  @Override
  int putIfAbsent(int number) {
    return number(store.putIfAbsent(key, value(number)));
  }

  @Override
  int remove() {
    return number(store.remove(key));
  }

  @Override
  boolean remove(int number) {
    return store.remove(key, value(number));
  }

  @Override
  boolean replace(int expected, int number) {
    return store.replace(key, value(expected), value(number));
  }

  @Override
  int increment() {
    return number(
        store.compute(key, (k, seen) -> seen == null ? value(1) : value(number(seen) + 1)));
  }

  @Override
  int mergeOne() {
    return number(store.merge(key, value(1), (seen, one) -> value(number(seen) + 1)));
  }

  @Override
  void clear() {
    store.clear();
  }
}
