package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * The compound operations: loops of compare and set over one table. A function that a caller gives
 * runs outside of all locks, and again if another one changed the entry meanwhile.
 */
public final class Updates<K, V> {
  private final TypedTable<K, V> table;
  private final Codec<V> valueCodec;

  public Updates(TypedTable<K, V> table, Codec<V> valueCodec) {
    this.table = table;
    this.valueCodec = valueCodec;
  }

  private V decode(byte[] encoded) {
    return encoded == null ? null : valueCodec.read(CallerBuffer.wrap(encoded));
  }

  // The step of each loop: true if it is done, false if another one came between. It compares with
  // the bytes that were read, not with the object: the function may have changed that.
  private boolean change(K key, byte[] seen, V value) {
    if (value == null) {
      return seen == null || table.removeEncoded(key, seen);
    }
    return seen == null
        ? table.putIfAbsent(key, value) == null
        : table.replaceEncoded(key, seen, value);
  }

  public V compute(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    Objects.requireNonNull(remapping, "remapping");
    while (true) {
      byte[] seen = table.getEncoded(key);
      V value = remapping.apply(key, decode(seen));
      if (change(key, seen, value)) {
        return value;
      }
    }
  }

  public V computeIfAbsent(K key, Function<? super K, ? extends V> mapping) {
    Objects.requireNonNull(mapping, "mapping");
    V present = table.get(key);
    if (present != null) {
      return present;
    }
    V value = mapping.apply(key);
    if (value == null) {
      return null;
    }
    present = table.putIfAbsent(key, value);
    return present == null ? value : present;
  }

  public V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    Objects.requireNonNull(remapping, "remapping");
    while (true) {
      byte[] seen = table.getEncoded(key);
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
      byte[] seen = table.getEncoded(key);
      V merged = seen == null ? value : remapping.apply(decode(seen), value);
      if (change(key, seen, merged)) {
        return merged;
      }
    }
  }

  public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
    Objects.requireNonNull(function, "function");
    EntryWalk<K, V> walk = table.newWalk();
    while (walk.advance()) {
      computeIfPresent(
          walk.key(),
          (key, value) -> Objects.requireNonNull(function.apply(key, value), "new value"));
    }
  }

  // --- for the views -----------------------------------------------------------------------------

  /** True if the key is present with this value. */
  public boolean isPresent(Entry<?, ?> entry) {
    byte[] stored = table.getEncoded(entry.getKey());
    return stored != null && Arrays.equals(stored, encode(entry.getValue()));
  }

  @SuppressWarnings("unchecked") // another type is the codec's ClassCastException
  private byte[] encode(Object object) {
    V value = (V) object;
    byte[] encoded = new byte[valueCodec.size(value)];
    ByteBuffer target = CallerBuffer.wrap(encoded);
    valueCodec.write(value, target);
    return encoded;
  }

  /** Removes one entry that has this value. */
  public boolean removeOneWith(Object value) {
    byte[] encoded = encode(value);
    EntryWalk<K, V> walk = table.newWalk();
    while (walk.advance()) {
      if (table.removeEncoded(walk.key(), encoded)) {
        return true;
      }
    }
    return false;
  }

  /** Removes the entries that the filter accepts, each with the value that it has accepted. */
  public boolean removeIf(BiPredicate<? super K, ? super V> filter) {
    boolean changed = false;
    EntryWalk<K, V> walk = table.newWalk();
    while (walk.advance()) {
      // The bytes are fetched only for what is likely to go.
      changed |= filter.test(walk.key(), walk.value()) && removeIf(walk.key(), filter);
    }
    return changed;
  }

  private boolean removeIf(K key, BiPredicate<? super K, ? super V> filter) {
    while (true) {
      byte[] seen = table.getEncoded(key);
      if (seen == null || !filter.test(key, decode(seen))) {
        return false;
      }
      if (table.removeEncoded(key, seen)) {
        return true;
      }
    }
  }
}
