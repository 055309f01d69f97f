package io.tophash.core.map;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The entries of an open store: what the API is made of, and where that hangs which watches or
 * bounds them. All methods refuse null with {@link NullPointerException}, compare keys and values
 * by their encoded bytes, and throw {@link IllegalStateException} once the store was closed. As
 * safe for threads as the store is.
 */
public interface Entries<K, V> {
  /** How keys are written. */
  Encoding<K> keys();

  /** How values are written. */
  Encoding<V> values();

  V get(Object key);

  /** The values of those keys that are present, in their order. */
  default Map<K, V> getAll(Collection<? extends K> wanted) {
    Map<K, V> result = new LinkedHashMap<>();
    for (K key : wanted) {
      V value = get(key);
      if (value != null) {
        result.put(key, value);
      }
    }
    return result;
  }

  /** Sets each key; not atomic. */
  default void setAll(Map<? extends K, ? extends V> values) {
    values.forEach(this::set);
  }

  /** In the unsigned order of this number many entries are best stored; 0 where none is better. */
  default long fillOrder(K key) {
    return 0;
  }

  boolean containsKey(Object key);

  /** The previous value, null if there was none. */
  V put(K key, V value);

  void set(K key, V value);

  /** The present value, null if the key was absent and has the given value now. */
  V putIfAbsent(K key, V value);

  V remove(Object key);

  boolean delete(Object key);

  default boolean remove(Object key, Object value) {
    return removeEncoded(key, values().bytes(value));
  }

  /** The previous value, null if the key is absent, which it stays. */
  V replace(K key, V value);

  default boolean replace(K key, V expected, V value) {
    return replaceEncoded(key, values().bytes(expected), value);
  }

  /** The value's encoded bytes, a fresh array; null if the key is absent. */
  byte[] getEncoded(Object key);

  /**
   * As {@link #replace(Object, Object, Object)}. The compound operations go by bytes, as a function
   * may have changed the object that it was given, and a codec need not write again just what it
   * has read.
   */
  boolean replaceEncoded(K key, byte[] expected, V value);

  /** As {@link #remove(Object, Object)}. */
  boolean removeEncoded(Object key, byte[] expected);

  /**
   * Copies the encoded value into the buffer, from its position on.
   *
   * @return size of the value in bytes, or -1 if the key is absent
   * @throws IllegalArgumentException if the buffer has too little room; its position is unchanged
   */
  int getInto(Object key, ByteBuffer target);

  boolean containsValue(Object value);

  EntryWalk<K, V> newWalk();

  void clear();

  long sizeLong();
}
