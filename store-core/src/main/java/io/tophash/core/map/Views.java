package io.tophash.core.map;

import java.nio.ByteBuffer;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The collection views of a store: what {@link java.util.Map} demands of them, over walks, by the
 * encoded bytes of keys and values. What removes an entry because of its value does so by compare
 * and set. An object of another type, and null, is in no view.
 */
public final class Views<K, V> {
  private final Entries<K, V> entries;
  private final Updates<K, V> updates;
  private final boolean concurrent;

  /** The entries of the store. */
  public final Set<Entry<K, V>> entrySet;

  /** Its keys. */
  public final Set<K> keySet;

  /** Its values. */
  public final Collection<V> values;

  /**
   * @param concurrent true if others may change the store while it is read
   */
  public Views(Entries<K, V> entries, Updates<K, V> updates, boolean concurrent) {
    this.entries = entries;
    this.updates = updates;
    this.concurrent = concurrent;
    entrySet = new EntrySet();
    keySet = new KeySet();
    values = new ValueCollection();
  }

  /** A view of any store. */
  private abstract static class View<T> extends AbstractCollection<T> {
    abstract String keyCodec();
  }

  /** What the views have in common. */
  private abstract class StoreView<T> extends View<T> {
    private final Function<EntryWalk<K, V>, T> result;
    private final int characteristics;

    StoreView(Function<EntryWalk<K, V>, T> result, int characteristics) {
      this.result = result;
      this.characteristics = characteristics | Spliterator.NONNULL;
    }

    @Override
    final String keyCodec() {
      return entries.keys().codec().id();
    }

    @Override
    public final Iterator<T> iterator() {
      return new WalkIterator<>(entries, result);
    }

    @Override
    public final Spliterator<T> spliterator() {
      return concurrent
          // What may change while it is read has no size to announce.
          ? Spliterators.spliteratorUnknownSize(
              iterator(), characteristics | Spliterator.CONCURRENT)
          : Spliterators.spliterator(iterator(), entries.sizeLong(), characteristics);
    }

    @Override
    public final int size() {
      return (int) Math.min(Integer.MAX_VALUE, entries.sizeLong());
    }

    @Override
    public final boolean isEmpty() {
      return entries.sizeLong() == 0;
    }

    @Override
    public final void clear() {
      entries.clear();
    }

    @Override
    public final String toString() {
      return Text.of("[", this, entries.sizeLong(), "]");
    }
  }

  /** A view without duplicates. */
  private abstract class SetView<T> extends StoreView<T> implements Set<T> {
    SetView(Function<EntryWalk<K, V>, T> result) {
      super(result, Spliterator.DISTINCT);
    }

    /** Bytes of the key of an object that this may contain, else null. */
    abstract byte[] keyOf(Object object);

    // Each one, as the sizes of two collections say nothing of what takes long.
    @Override
    public final boolean removeAll(Collection<?> unwanted) {
      Objects.requireNonNull(unwanted, "unwanted");
      boolean changed = false;
      for (Object object : unwanted) {
        changed |= keyOf(object) != null && remove(object);
      }
      return changed;
    }

    // The other set may hold objects that are not equal, and the same here.
    @Override
    public final boolean equals(Object object) {
      if (object == this) {
        return true;
      }
      if (!(object instanceof Set)) {
        return false;
      }
      Set<?> other = (Set<?>) object;
      if (other.size() != size()) {
        return false;
      }
      // In a store that writes keys alike they are different for certain.
      Set<ByteBuffer> seen = isAlike(other) ? null : new HashSet<>();
      long count = 0;
      for (Object element : other) {
        byte[] key = keyOf(element);
        if (key == null || !contains(element) || seen != null && !seen.add(ByteBuffer.wrap(key))) {
          return false;
        }
        count++;
      }
      return count == entries.sizeLong();
    }

    private boolean isAlike(Set<?> other) {
      return other instanceof View
          && ((View<?>) other).keyCodec().equals(entries.keys().codec().id());
    }

    abstract int hash(T element);

    @Override
    public final int hashCode() {
      int sum = 0;
      for (T element : this) {
        sum += hash(element);
      }
      return sum;
    }
  }

  private final class EntrySet extends SetView<Entry<K, V>> {
    EntrySet() {
      super(walk -> new WrittenThrough<>(entries, concurrent, walk));
    }

    @Override
    byte[] keyOf(Object object) {
      return object instanceof Entry
          ? entries.keys().bytesIfAny(((Entry<?, ?>) object).getKey())
          : null;
    }

    @Override
    int hash(Entry<K, V> entry) {
      return entry.hashCode();
    }

    @Override
    public boolean contains(Object object) {
      return object instanceof Entry && updates.isPresent((Entry<?, ?>) object);
    }

    @Override
    public boolean remove(Object object) {
      return object instanceof Entry && updates.remove((Entry<?, ?>) object);
    }

    @Override
    public boolean removeIf(Predicate<? super Entry<K, V>> filter) {
      Objects.requireNonNull(filter, "filter");
      return updates.removeIf(
          (key, value) -> filter.test(new AbstractMap.SimpleImmutableEntry<>(key, value)));
    }

    @Override
    public boolean retainAll(Collection<?> wanted) {
      return updates.retain(updates.encoded(wanted));
    }
  }

  private final class KeySet extends SetView<K> {
    KeySet() {
      super(EntryWalk::key);
    }

    @Override
    byte[] keyOf(Object object) {
      return entries.keys().bytesIfAny(object);
    }

    @Override
    int hash(K key) {
      return entries.keys().hash(key);
    }

    @Override
    public boolean contains(Object key) {
      return entries.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
      return entries.delete(key);
    }

    @Override
    public boolean retainAll(Collection<?> wanted) {
      Set<ByteBuffer> keys = Updates.encoded(entries.keys(), wanted);
      return removeIf(key -> !keys.contains(ByteBuffer.wrap(entries.keys().bytes(key))));
    }
  }

  private final class ValueCollection extends StoreView<V> {
    ValueCollection() {
      super(EntryWalk::value, 0);
    }

    @Override
    public boolean contains(Object value) {
      return entries.containsValue(value);
    }

    @Override
    public boolean remove(Object value) {
      return updates.removeOneWith(value);
    }

    @Override
    public boolean removeIf(Predicate<? super V> filter) {
      Objects.requireNonNull(filter, "filter");
      return updates.removeIf((key, value) -> filter.test(value));
    }

    @Override
    public boolean removeAll(Collection<?> unwanted) {
      Set<ByteBuffer> values = Updates.encoded(entries.values(), unwanted);
      return updates.removeIfValue(seen -> values.contains(ByteBuffer.wrap(seen)));
    }

    @Override
    public boolean retainAll(Collection<?> wanted) {
      Set<ByteBuffer> values = Updates.encoded(entries.values(), wanted);
      return updates.removeIfValue(seen -> !values.contains(ByteBuffer.wrap(seen)));
    }
  }
}
