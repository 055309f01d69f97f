package io.tophash.jcache;

import java.util.Objects;
import javax.cache.processor.MutableEntry;

/** The entry that an entry processor works on; what it has done is applied afterwards. */
final class ProcessorEntry<K, V> implements MutableEntry<K, V> {
  /** What is to be done when the processor has returned. */
  enum Operation {
    NONE,
    READ,
    LOAD,
    STORE,
    REMOVE
  }

  private final K key;
  private final Loader<K, V> loader;
  private final boolean existed;
  private V value;
  private Operation operation = Operation.NONE;

  /** What fetches an absent value; null for none. */
  interface Loader<K, V> {
    V load(K key);
  }

  ProcessorEntry(K key, V value, Loader<K, V> loader) {
    this.key = key;
    this.value = value;
    this.existed = value != null;
    this.loader = loader;
  }

  Operation operation() {
    return operation;
  }

  /** The value now, whatever may have been done. */
  V value() {
    return value;
  }

  @Override
  public boolean exists() {
    return value != null;
  }

  @Override
  public K getKey() {
    return key;
  }

  @Override
  public V getValue() {
    if (operation != Operation.NONE) {
      return value;
    }
    if (value != null) {
      operation = Operation.READ;
    } else if (loader != null) {
      value = loader.load(key);
      if (value != null) {
        operation = Operation.LOAD;
      }
    }
    return value;
  }

  @Override
  public void setValue(V newValue) {
    value = Objects.requireNonNull(newValue, "value");
    operation = Operation.STORE;
  }

  @Override
  public void remove() {
    boolean madeHere = !existed && (operation == Operation.STORE || operation == Operation.LOAD);
    operation = madeHere ? Operation.NONE : Operation.REMOVE;
    value = null;
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.as(this, type);
  }
}
