package io.tophash.core.map;

import java.util.Map;
import java.util.Objects;

/** An entry as it was when it was reached, that writes through. */
final class WrittenThrough<K, V> implements Map.Entry<K, V> {
  private final Entries<K, V> entries;
  private final boolean concurrent;
  private final K key;
  private V value;

  /**
   * @param concurrent true if others may change the store
   */
  WrittenThrough(Entries<K, V> entries, boolean concurrent, EntryWalk<K, V> walk) {
    this.entries = entries;
    this.concurrent = concurrent;
    key = walk.key();
    value = walk.value();
  }

  @Override
  public K getKey() {
    return key;
  }

  @Override
  public V getValue() {
    return value;
  }

  /** As in the maps of the JDK: only a concurrent one has the key again that was removed. */
  @Override
  public V setValue(V newValue) {
    Objects.requireNonNull(newValue, "value");
    if (concurrent) {
      entries.set(key, newValue);
    } else {
      entries.replace(key, newValue);
    }
    V previous = value;
    value = newValue;
    return previous;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Map.Entry
        && entries.keys().isSame(key, ((Map.Entry<?, ?>) object).getKey())
        && entries.values().isSame(value, ((Map.Entry<?, ?>) object).getValue());
  }

  @Override
  public int hashCode() {
    return entries.keys().hash(key) ^ entries.values().hash(value);
  }

  @Override
  public String toString() {
    return key + "=" + value;
  }
}
