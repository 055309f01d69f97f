package io.tophash.core;

import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map.Entry;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;

/** The collection views of a store: what {@link java.util.Map} demands of them, over one walk. */
final class StoreViews {
  private StoreViews() {}

  /** Iterator over a walk; {@code hasNext} reaches the next entry. */
  private static final class WalkIterator<K, V, T> implements Iterator<T> {
    private final HashStore<K, V> store;
    private final EntryWalk<K, V> walk;
    private final Function<EntryWalk<K, V>, T> result;
    private boolean reached;
    private K last;

    WalkIterator(HashStore<K, V> store, Function<EntryWalk<K, V>, T> result) {
      this.store = store;
      this.walk = store.newWalk();
      this.result = result;
    }

    @Override
    public boolean hasNext() {
      if (!reached) {
        reached = walk.advance();
      }
      return reached;
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the iteration is over");
      }
      reached = false;
      walk.refresh();
      last = walk.key();
      return result.apply(walk);
    }

    @Override
    public void remove() {
      if (last == null) {
        throw new IllegalStateException("next() was not called, or the entry was removed already");
      }
      store.delete(last);
      last = null;
    }
  }

  /** An entry that writes through. */
  private static final class StoreEntry<K, V> extends AbstractMap.SimpleEntry<K, V> {
    private static final long serialVersionUID = 1L;

    private final transient HashStore<K, V> store;

    StoreEntry(HashStore<K, V> store, K key, V value) {
      super(key, value);
      this.store = store;
    }

    @Override
    public V setValue(V value) {
      Objects.requireNonNull(value, "value");
      store.replace(getKey(), value);
      return super.setValue(value);
    }
  }

  static final class Entries<K, V> extends AbstractSet<Entry<K, V>> {
    private final HashStore<K, V> store;

    Entries(HashStore<K, V> store) {
      this.store = store;
    }

    @Override
    public Iterator<Entry<K, V>> iterator() {
      return new WalkIterator<>(store, walk -> new StoreEntry<>(store, walk.key(), walk.value()));
    }

    @Override
    public int size() {
      return store.size();
    }

    @Override
    public boolean contains(Object object) {
      if (!(object instanceof Entry)) {
        return false;
      }
      Entry<?, ?> entry = (Entry<?, ?>) object;
      V value = entry.getKey() == null ? null : store.get(entry.getKey());
      return value != null && Objects.deepEquals(value, entry.getValue());
    }

    @Override
    public boolean remove(Object object) {
      if (!contains(object)) {
        return false;
      }
      store.remove(((Entry<?, ?>) object).getKey());
      return true;
    }

    @Override
    public void clear() {
      store.clear();
    }
  }

  static final class Keys<K, V> extends AbstractSet<K> {
    private final HashStore<K, V> store;

    Keys(HashStore<K, V> store) {
      this.store = store;
    }

    @Override
    public Iterator<K> iterator() {
      return new WalkIterator<>(store, EntryWalk::key);
    }

    @Override
    public int size() {
      return store.size();
    }

    @Override
    public boolean contains(Object key) {
      return store.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
      return store.remove(key) != null;
    }

    @Override
    public void clear() {
      store.clear();
    }
  }

  static final class Values<K, V> extends AbstractCollection<V> {
    private final HashStore<K, V> store;

    Values(HashStore<K, V> store) {
      this.store = store;
    }

    @Override
    public Iterator<V> iterator() {
      return new WalkIterator<>(store, EntryWalk::value);
    }

    @Override
    public int size() {
      return store.size();
    }

    @Override
    public boolean contains(Object value) {
      return store.containsValue(value);
    }

    @Override
    public void clear() {
      store.clear();
    }
  }
}
