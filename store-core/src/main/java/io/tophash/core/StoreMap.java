package io.tophash.core;

import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.core.map.Text;
import io.tophash.core.map.Updates;
import io.tophash.core.map.Views;
import java.nio.ByteBuffer;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.agrona.MutableDirectBuffer;

/**
 * What every store of this library is as a {@link Map}. There is one class for each kind of store,
 * none to be written elsewhere.
 *
 * <p><b>One rule for sameness.</b> Two keys are the same iff their encoded bytes are equal, and so
 * are two values, in all methods and views, also where {@link Map} says {@code equals}: in {@code
 * contains}, {@code remove}, {@code removeAll}, {@code retainAll}, {@code equals} and {@code
 * hashCode}. For the usual types both say the same; for arrays, which are equal to nothing but
 * themselves, it means that they are compared by what is in them. {@code hashCode} is the one that
 * {@link Map} defines where the objects have one, and made of the bytes for arrays and the like. An
 * object that the codec does not take ({@link ClassCastException}), and null, is in no view of a
 * store.
 *
 * <p>{@link #toString} and the views' show at most a hundred entries, and say how many they leave
 * out.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public abstract class StoreMap<K, V> extends AbstractMap<K, V> implements Store {
  private final Entries<K, V> entries;
  private final Updates<K, V> updates;
  private final Views<K, V> views;

  /**
   * Begins with the entries of an open store.
   *
   * @param entries the entries
   * @param concurrent true if others may change them while they are read
   */
  @SuppressWarnings("exports") // for the stores of this library only
  protected StoreMap(Entries<K, V> entries, boolean concurrent) {
    this.entries = entries;
    this.updates = new Updates<>(entries);
    this.views = new Views<>(entries, updates, concurrent);
  }

  // --- lookup ------------------------------------------------------------------------------------

  /**
   * Copies the encoded value of a key into the caller's buffer, from its position on, and allocates
   * nothing but what the codec of the keys does: for strings the bytes of the key.
   *
   * @return size of the value in bytes, or -1 if the key is absent
   * @throws IllegalArgumentException if the buffer has too little room; its position is unchanged
   */
  public abstract int getInto(K key, ByteBuffer target);

  /**
   * Copies the encoded value of a key into the caller's buffer. Agrona's own buffers need the JVM
   * flag {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED}; this store does not.
   *
   * @param offset where in the buffer
   * @return size of the value in bytes, or -1 if the key is absent
   * @throws IllegalArgumentException if the buffer has too little room
   */
  @SuppressWarnings("exports") // of an optional module
  public abstract int getInto(K key, MutableDirectBuffer target, int offset);

  /**
   * The values of many keys; keys that are absent are absent from the result. One lookup for each,
   * of which the cache misses overlap.
   *
   * @return a fresh map in the order of the keys
   */
  public Map<K, V> getAll(Collection<? extends K> wanted) {
    return entries.getAll(wanted);
  }

  /** {@inheritDoc} Walks the store. */
  @Override
  public final boolean containsValue(Object value) {
    return entries.containsValue(value);
  }

  // --- change ------------------------------------------------------------------------------------

  /**
   * Stores a value without returning the previous one.
   *
   * @throws NullPointerException if key or value is null
   */
  public abstract void set(K key, V value);

  /**
   * {@inheritDoc} One {@link #set} for each, not all at once. In a {@code SyncStore} of records
   * their cache misses overlap, and a large map (16,384 entries or more) is stored in the order of
   * the file, in pieces that take up to 32 MiB of heap.
   */
  @Override
  public void putAll(Map<? extends K, ? extends V> values) {
    entries.setAll(values);
  }

  /**
   * Removes a key without returning its value.
   *
   * @return true if it was there
   */
  public abstract boolean delete(K key);

  /** {@inheritDoc} Values are compared by their bytes. */
  @Override
  public boolean remove(Object key, Object value) {
    return entries.remove(key, value);
  }

  @Override
  public V replace(K key, V value) {
    return entries.replace(key, value);
  }

  /** {@inheritDoc} Values are compared by their bytes. */
  @Override
  public boolean replace(K key, V oldValue, V newValue) {
    return entries.replace(key, oldValue, newValue);
  }

  @Override
  public void clear() {
    entries.clear();
  }

  // --- compound operations -----------------------------------------------------------------------

  /** {@inheritDoc} A loop of compare and set: the function may run more than once. */
  @Override
  public V compute(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    return updates.compute(key, remapping);
  }

  /** {@inheritDoc} The function may run although another thread's value is returned in the end. */
  @Override
  public V computeIfAbsent(K key, Function<? super K, ? extends V> mapping) {
    return updates.computeIfAbsent(key, mapping);
  }

  /** {@inheritDoc} A loop of compare and set: the function may run more than once. */
  @Override
  public V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    return updates.computeIfPresent(key, remapping);
  }

  /** {@inheritDoc} A loop of compare and set: the function may run more than once. */
  @Override
  public V merge(K key, V value, BiFunction<? super V, ? super V, ? extends V> remapping) {
    return updates.merge(key, value, remapping);
  }

  /** {@inheritDoc} A walk, and a loop of compare and set for each key. */
  @Override
  public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
    updates.replaceAll(function);
  }

  // --- iteration ---------------------------------------------------------------------------------

  /**
   * Calls the visitor with each entry until it returns false. The visitor may call anything on this
   * store but {@link #close}.
   */
  public void range(BiPredicate<? super K, ? super V> visitor) {
    Objects.requireNonNull(visitor, "visitor");
    EntryWalk<K, V> walk = entries.newWalk();
    while (walk.advance()) {
      if (!visitor.test(walk.key(), walk.value())) {
        return;
      }
    }
  }

  @Override
  public void forEach(BiConsumer<? super K, ? super V> action) {
    Objects.requireNonNull(action, "action");
    EntryWalk<K, V> walk = entries.newWalk();
    while (walk.advance()) {
      action.accept(walk.key(), walk.value());
    }
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return views.entrySet;
  }

  @Override
  public Set<K> keySet() {
    return views.keySet;
  }

  @Override
  public Collection<V> values() {
    return views.values;
  }

  // --- the whole ---------------------------------------------------------------------------------

  /** Number of entries; {@link Integer#MAX_VALUE} if there are more, see {@link #sizeLong}. */
  @Override
  public final int size() {
    return (int) Math.min(Integer.MAX_VALUE, sizeLong());
  }

  @Override
  public final boolean isEmpty() {
    return sizeLong() == 0;
  }

  @Override
  public boolean equals(Object object) {
    return object == this
        || object instanceof Map && views.entrySet.equals(((Map<?, ?>) object).entrySet());
  }

  @Override
  public int hashCode() {
    return views.entrySet.hashCode();
  }

  /** {@inheritDoc} The first hundred entries at most, and how many are left out. */
  @Override
  public String toString() {
    return Text.of("{", views.entrySet, sizeLong(), "}");
  }
}
