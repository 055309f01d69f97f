package io.tophash.bench.store;

/** A store of longs as the benchmarks use it. */
public interface LongStore extends AnyStore {
  /** The value of a key, or {@link io.tophash.bench.data.Keys#MISSING}. */
  long get(long key);

  /** Looks up many keys; an absent one has {@link io.tophash.bench.data.Keys#MISSING}. */
  default void getAll(long[] keys, long[] values) {
    for (int i = 0; i < keys.length; i++) {
      values[i] = get(keys[i]);
    }
  }

  /** Stores a value. */
  void put(long key, long value);

  /** Removes a key. */
  void remove(long key);

  /**
   * The open store for another thread. Only for stores that allow several; closed with this one,
   * never by itself.
   */
  default LongStore forThread() {
    return this;
  }
}
