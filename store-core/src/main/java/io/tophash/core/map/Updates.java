package io.tophash.core.map;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * The compound operations: loops of compare and set over the entries of one store. A function that
 * a caller gives runs outside of all locks, and again if another one changed the entry meanwhile.
 */
public final class Updates<K, V> {
  private final Entries<K, V> entries;
  private final Encoding<K> keys;
  private final Encoding<V> values;

  public Updates(Entries<K, V> entries) {
    this.entries = entries;
    this.keys = entries.keys();
    this.values = entries.values();
  }

  private V decode(byte[] encoded) {
    return encoded == null ? null : values.read(encoded);
  }

  // The step of each loop: true if it is done, false if another one came between. It compares with
  // the bytes that were read, not with the object: the function may have changed that.
  private boolean change(K key, byte[] seen, V value) {
    if (value == null) {
      return seen == null || entries.removeEncoded(key, seen);
    }
    return seen == null
        ? entries.putIfAbsent(key, value) == null
        : entries.replaceEncoded(key, seen, value);
  }

  public V compute(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    Objects.requireNonNull(remapping, "remapping");
    while (true) {
      byte[] seen = entries.getEncoded(key);
      V value = remapping.apply(key, decode(seen));
      if (change(key, seen, value)) {
        return value;
      }
    }
  }

  public V computeIfAbsent(K key, Function<? super K, ? extends V> mapping) {
    Objects.requireNonNull(mapping, "mapping");
    V present = entries.get(key);
    if (present != null) {
      return present;
    }
    V value = mapping.apply(key);
    if (value == null) {
      return null;
    }
    present = entries.putIfAbsent(key, value);
    return present == null ? value : present;
  }

  public V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    Objects.requireNonNull(remapping, "remapping");
    while (true) {
      byte[] seen = entries.getEncoded(key);
      if (seen == null) {
        return null;
      }
      V value = remapping.apply(key, decode(seen));
      if (change(key, seen, value)) {
        return value;
      }
    }
  }

  public V merge(K key, V value, BiFunction<? super V, ? super V, ? extends V> remapping) {
    Objects.requireNonNull(remapping, "remapping");
    Objects.requireNonNull(value, "value");
    while (true) {
      byte[] seen = entries.getEncoded(key);
      V merged = seen == null ? value : remapping.apply(decode(seen), value);
      if (change(key, seen, merged)) {
        return merged;
      }
    }
  }

  public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
    Objects.requireNonNull(function, "function");
    EntryWalk<K, V> walk = entries.newWalk();
    while (walk.advance()) {
      computeIfPresent(
          walk.key(),
          (key, value) -> Objects.requireNonNull(function.apply(key, value), "new value"));
    }
  }

  // --- for the views -----------------------------------------------------------------------------

  /** True if the key is present with this value; null and other types are not. */
  boolean isPresent(Entry<?, ?> entry) {
    byte[] value = values.bytesIfAny(entry.getValue());
    if (value == null || keys.bytesIfAny(entry.getKey()) == null) {
      return false;
    }
    byte[] stored = entries.getEncoded(entry.getKey());
    return stored != null && Arrays.equals(stored, value);
  }

  /** Removes an entry if the key is present with this value. */
  boolean remove(Entry<?, ?> entry) {
    byte[] value = values.bytesIfAny(entry.getValue());
    return value != null
        && keys.bytesIfAny(entry.getKey()) != null
        && entries.removeEncoded(entry.getKey(), value);
  }

  /** Removes one entry that has this value. */
  boolean removeOneWith(Object value) {
    byte[] encoded = values.bytes(value);
    EntryWalk<K, V> walk = entries.newWalk();
    while (walk.advance()) {
      if (entries.removeEncoded(walk.key(), encoded)) {
        return true;
      }
    }
    return false;
  }

  /** Removes the entries that the filter accepts, each with the value that it has accepted. */
  boolean removeIf(BiPredicate<? super K, ? super V> filter) {
    boolean changed = false;
    EntryWalk<K, V> walk = entries.newWalk();
    while (walk.advance()) {
      K key = walk.key();
      // The bytes are fetched only for what is likely to go.
      changed |=
          filter.test(key, walk.value())
              && removeIfEncoded(key, seen -> filter.test(key, values.read(seen)));
    }
    return changed;
  }

  /** As {@link #removeIf}, by the bytes of the values. */
  boolean removeIfValue(Function<byte[], Boolean> filter) {
    boolean changed = false;
    EntryWalk<K, V> walk = entries.newWalk();
    while (walk.advance()) {
      changed |= removeIfEncoded(walk.key(), filter);
    }
    return changed;
  }

  /** Removes the entries that are not in a set that {@link #encoded} has made. */
  boolean retain(Set<ByteBuffer> wanted) {
    boolean changed = false;
    EntryWalk<K, V> walk = entries.newWalk();
    while (walk.advance()) {
      K key = walk.key();
      byte[] keyBytes = keys.bytes(key);
      changed |= removeIfEncoded(key, seen -> !wanted.contains(join(keyBytes, seen)));
    }
    return changed;
  }

  private boolean removeIfEncoded(K key, Function<byte[], Boolean> filter) {
    while (true) {
      byte[] seen = entries.getEncoded(key);
      if (seen == null || !filter.apply(seen)) {
        return false;
      }
      if (entries.removeEncoded(key, seen)) {
        return true;
      }
    }
  }

  /** The entries among these objects, as bytes. */
  Set<ByteBuffer> encoded(Collection<?> objects) {
    Set<ByteBuffer> result = new HashSet<>();
    for (Object object : objects) {
      if (object instanceof Entry) {
        byte[] key = keys.bytesIfAny(((Entry<?, ?>) object).getKey());
        byte[] value = values.bytesIfAny(((Entry<?, ?>) object).getValue());
        if (key != null && value != null) {
          result.add(join(key, value));
        }
      }
    }
    return result;
  }

  private static ByteBuffer join(byte[] key, byte[] value) {
    return ByteBuffer.allocate(Integer.BYTES + key.length + value.length)
        .putInt(key.length)
        .put(key)
        .put(value)
        .flip();
  }

  /** The objects that can be keys, or values, as bytes. */
  static Set<ByteBuffer> encoded(Encoding<?> encoding, Collection<?> objects) {
    Set<ByteBuffer> result = new HashSet<>();
    for (Object object : objects) {
      byte[] bytes = encoding.bytesIfAny(object);
      if (bytes != null) {
        result.add(ByteBuffer.wrap(bytes));
      }
    }
    return result;
  }
}
