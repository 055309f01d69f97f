package io.tophash.sync;

import io.tophash.sync.entry.EntryWalk;
import io.tophash.sync.entry.TypedTable;
import io.tophash.sync.entry.Updates;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map.Entry;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The collection views of a store: what {@link java.util.concurrent.ConcurrentMap} demands of them,
 * over walks. What removes an entry because of its value does so by compare and set.
 */
final class SyncViews {
  private SyncViews() {}

  /** Iterator over a walk; {@code hasNext} reaches the next entry. */
  private static final class WalkIterator<K, V, T> implements Iterator<T> {
    private final TypedTable<K, V> table;
    private final EntryWalk<K, V> walk;
    private final Function<EntryWalk<K, V>, T> result;
    private boolean reached;
    private boolean over;
    private K last;

    WalkIterator(TypedTable<K, V> table, Function<EntryWalk<K, V>, T> result) {
      this.table = table;
      this.walk = table.newWalk();
      this.result = result;
    }

    @Override
    public boolean hasNext() {
      if (!reached && !over) {
        reached = walk.advance();
        over = !reached;
      }
      return reached;
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the iteration is over");
      }
      reached = false;
      last = walk.key();
      return result.apply(walk);
    }

    /** Removes the key, whatever its value is by now. */
    @Override
    public void remove() {
      if (last == null) {
        throw new IllegalStateException("next() was not called, or the entry was removed already");
      }
      table.delete(last);
      last = null;
    }
  }

  /** An entry as it was when it was reached, that writes through. */
  private static final class WrittenThrough<K, V> extends AbstractMap.SimpleEntry<K, V> {
    private static final long serialVersionUID = 1L;

    private final transient TypedTable<K, V> table;

    WrittenThrough(TypedTable<K, V> table, EntryWalk<K, V> walk) {
      super(walk.key(), walk.value());
      this.table = table;
    }

    @Override
    public V setValue(V value) {
      Objects.requireNonNull(value, "value");
      table.set(getKey(), value);
      return super.setValue(value);
    }
  }

  // A source that may change while it is read has no size to announce.
  private static <T> Spliterator<T> spliterator(Iterator<T> iterator, int more) {
    return Spliterators.spliteratorUnknownSize(
        iterator, Spliterator.CONCURRENT | Spliterator.NONNULL | more);
  }

  static final class Entries<K, V> extends AbstractSet<Entry<K, V>> {
    private final SyncStore<K, V> store;
    private final TypedTable<K, V> table;
    private final Updates<K, V> updates;

    Entries(SyncStore<K, V> store, TypedTable<K, V> table, Updates<K, V> updates) {
      this.store = store;
      this.table = table;
      this.updates = updates;
    }

    @Override
    public Iterator<Entry<K, V>> iterator() {
      return new WalkIterator<>(table, walk -> new WrittenThrough<>(table, walk));
    }

    @Override
    public Spliterator<Entry<K, V>> spliterator() {
      return SyncViews.spliterator(iterator(), Spliterator.DISTINCT);
    }

    @Override
    public int size() {
      return store.size();
    }

    @Override
    public boolean isEmpty() {
      return store.isEmpty();
    }

    @Override
    public boolean contains(Object object) {
      return isEntry(object) && updates.isPresent((Entry<?, ?>) object);
    }

    @Override
    public boolean remove(Object object) {
      if (!isEntry(object)) {
        return false;
      }
      Entry<?, ?> entry = (Entry<?, ?>) object;
      return table.remove(entry.getKey(), entry.getValue());
    }

    private static boolean isEntry(Object object) {
      return object instanceof Entry
          && ((Entry<?, ?>) object).getKey() != null
          && ((Entry<?, ?>) object).getValue() != null;
    }

    @Override
    public boolean removeIf(Predicate<? super Entry<K, V>> filter) {
      Objects.requireNonNull(filter, "filter");
      return updates.removeIf(
          (key, value) -> filter.test(new AbstractMap.SimpleImmutableEntry<>(key, value)));
    }

    @Override
    public boolean removeAll(Collection<?> unwanted) {
      boolean changed = false;
      for (Object object : unwanted) {
        changed |= remove(object);
      }
      return changed;
    }

    @Override
    public boolean retainAll(Collection<?> wanted) {
      Objects.requireNonNull(wanted, "wanted");
      return removeIf(entry -> !wanted.contains(entry));
    }

    @Override
    public void clear() {
      store.clear();
    }
  }

  static final class Keys<K, V> extends AbstractSet<K> {
    private final SyncStore<K, V> store;
    private final TypedTable<K, V> table;

    Keys(SyncStore<K, V> store, TypedTable<K, V> table) {
      this.store = store;
      this.table = table;
    }

    @Override
    public Iterator<K> iterator() {
      return new WalkIterator<>(table, EntryWalk::key);
    }

    @Override
    public Spliterator<K> spliterator() {
      return SyncViews.spliterator(iterator(), Spliterator.DISTINCT);
    }

    @Override
    public int size() {
      return store.size();
    }

    @Override
    public boolean isEmpty() {
      return store.isEmpty();
    }

    @Override
    public boolean contains(Object key) {
      return table.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
      return table.delete(key);
    }

    @Override
    public void clear() {
      store.clear();
    }
  }

  static final class Values<K, V> extends AbstractCollection<V> {
    private final SyncStore<K, V> store;
    private final TypedTable<K, V> table;
    private final Updates<K, V> updates;

    Values(SyncStore<K, V> store, TypedTable<K, V> table, Updates<K, V> updates) {
      this.store = store;
      this.table = table;
      this.updates = updates;
    }

    @Override
    public Iterator<V> iterator() {
      return new WalkIterator<>(table, EntryWalk::value);
    }

    @Override
    public Spliterator<V> spliterator() {
      return SyncViews.spliterator(iterator(), 0);
    }

    @Override
    public int size() {
      return store.size();
    }

    @Override
    public boolean isEmpty() {
      return store.isEmpty();
    }

    @Override
    public boolean contains(Object value) {
      return table.containsValue(value);
    }

    @Override
    public boolean remove(Object value) {
      Objects.requireNonNull(value, "value");
      return updates.removeOneWith(value);
    }

    @Override
    public boolean removeIf(Predicate<? super V> filter) {
      Objects.requireNonNull(filter, "filter");
      return updates.removeIf((key, value) -> filter.test(value));
    }

    @Override
    public boolean removeAll(Collection<?> unwanted) {
      Objects.requireNonNull(unwanted, "unwanted");
      return removeIf(unwanted::contains);
    }

    @Override
    public boolean retainAll(Collection<?> wanted) {
      Objects.requireNonNull(wanted, "wanted");
      return removeIf(value -> !wanted.contains(value));
    }

    @Override
    public void clear() {
      store.clear();
    }
  }
}
