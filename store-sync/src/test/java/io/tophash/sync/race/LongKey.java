package io.tophash.sync.race;

import io.tophash.sync.LongSyncStore;

/** A key of the store of longs. */
final class LongKey extends OwnKey {
  private static final int NUMBER_BITS = 8;

  private final LongSyncStore store = SharedStores.longs();

  LongKey(long key) {
    super(key);
  }

  private long value(int number) {
    return key << NUMBER_BITS | number;
  }

  private int number(long value) {
    if (value == SharedStores.MISSING) {
      return ABSENT;
    }
    return value >> NUMBER_BITS == key ? (int) (value & (1 << NUMBER_BITS) - 1) : FOREIGN;
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
        store.asMap().compute(key, (k, seen) -> seen == null ? value(1) : value(number(seen) + 1)));
  }

  @Override
  int mergeOne() {
    return number(store.asMap().merge(key, value(1), (seen, one) -> value(number(seen) + 1)));
  }

  @Override
  void clear() {
    store.clear();
  }
}
