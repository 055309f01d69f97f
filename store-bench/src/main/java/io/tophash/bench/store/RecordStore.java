package io.tophash.bench.store;

/**
 * A store of {@link io.tophash.bench.data.Records} as the benchmarks use it: keys to arrays of
 * bytes. Each get copies the value and reads all of the copy.
 */
public interface RecordStore<K> extends AnyStore {
  /**
   * Gets a value as a fresh array.
   *
   * @return {@link io.tophash.bench.data.Records#fold} of it
   * @throws IllegalStateException if the key is absent
   */
  long get(K key);

  /**
   * Gets a value into memory that the caller uses again.
   *
   * @return {@link io.tophash.bench.data.Records#fold} of it
   * @throws IllegalStateException if the key is absent
   */
  long getInto(K key);

  /** True if the key is there. */
  boolean has(K key);

  /** Stores a copy of a value; the caller may change its array afterwards. */
  void put(K key, byte[] value);

  /** Removes a key. */
  void remove(K key);

  /**
   * The open store for another thread. Only for stores that allow several; closed with this one,
   * never by itself.
   */
  default RecordStore<K> forThread() {
    return this;
  }

  /** What a get of a key that must be there throws. */
  static IllegalStateException absent(Object key) {
    return new IllegalStateException("the store lost a key, key=" + key);
  }
}
