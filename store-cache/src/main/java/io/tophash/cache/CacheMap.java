package io.tophash.cache;

import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** {@link TophashCache#asMap}. */
final class CacheMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V> {
  private final TophashCache<K, V> cache;
  private final Entries<K, V> entries;

  CacheMap(TophashCache<K, V> cache, Entries<K, V> entries) {
    this.cache = cache;
    this.entries = entries;
  }

  // A key of another type is the codec's ClassCastException.
  @SuppressWarnings("unchecked")
  private K key(Object key) {
    return (K) Objects.requireNonNull(key, "key");
  }

  @Override
  public V get(Object key) {
    return entries.get(key(key));
  }

  @Override
  public V getOrDefault(Object key, V defaultValue) {
    V value = get(key);
    return value == null ? defaultValue : value;
  }

  @Override
  public boolean containsKey(Object key) {
    return entries.peek(key(key)) != null;
  }

  @Override
  public V put(K key, V value) {
    return entries.decode(entries.put(key, value, PutOptions.none()));
  }

  @Override
  public V putIfAbsent(K key, V value) {
    return entries.decode(entries.putIfAbsent(key, value));
  }

  @Override
  public V remove(Object key) {
    return entries.decode(entries.remove(key(key)));
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean remove(Object key, Object value) {
    return entries.removeValue(key(key), (V) Objects.requireNonNull(value, "value"));
  }

  @Override
  public V replace(K key, V value) {
    Objects.requireNonNull(value, "value");
    while (true) {
      Stored seen = entries.peek(key);
      if (seen == null || entries.replace(key, seen, value)) {
        return entries.decode(seen);
      }
    }
  }

  @Override
  public boolean replace(K key, V oldValue, V newValue) {
    return entries.replaceValue(key, oldValue, newValue);
  }

  @Override
  public V compute(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    return entries.compute(key, false, Objects.requireNonNull(remapping, "remapping"));
  }

  @Override
  public V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends V> remapping) {
    return entries.compute(key, true, Objects.requireNonNull(remapping, "remapping"));
  }

  /** As {@link TophashCache#get(Object, Function)}: one thread loads, the others wait. */
  @Override
  public V computeIfAbsent(K key, Function<? super K, ? extends V> mapping) {
    return cache.get(key, mapping);
  }

  @Override
  public V merge(K key, V value, BiFunction<? super V, ? super V, ? extends V> remapping) {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(remapping, "remapping");
    return entries.compute(
        key, false, (k, present) -> present == null ? value : remapping.apply(present, value));
  }

  @Override
  public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
    Objects.requireNonNull(function, "function");
    for (Entry<K, V> entry : entrySet()) {
      entries.compute(
          entry.getKey(),
          true,
          (key, value) -> Objects.requireNonNull(function.apply(key, value), "new value"));
    }
  }

  /** Counts the live entries: a walk over all of them. */
  @Override
  public int size() {
    long count = 0;
    for (Iterator<Entry<K, Stored>> live = live(); live.hasNext(); live.next()) {
      count++;
    }
    return (int) Math.min(Integer.MAX_VALUE, count);
  }

  @Override
  public boolean isEmpty() {
    return !live().hasNext();
  }

  @Override
  public void clear() {
    cache.invalidateAll();
  }

  // --- views -------------------------------------------------------------------------------------

  /** The live entries, as they stand in the file. */
  Iterator<Entry<K, Stored>> live() {
    Iterator<Entry<K, Stored>> all = entries.store().entrySet().iterator();
    return new Iterator<>() {
      private Entry<K, Stored> next;

      @Override
      public boolean hasNext() {
        while (next == null && all.hasNext()) {
          Entry<K, Stored> entry = all.next();
          next = entries.isLive(entry.getValue()) ? entry : null;
        }
        return next != null;
      }

      @Override
      public Entry<K, Stored> next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the iteration is over");
        }
        Entry<K, Stored> entry = next;
        next = null;
        return entry;
      }
    };
  }

  private final class LiveIterator<T> implements Iterator<T> {
    private final Iterator<Entry<K, Stored>> live = live();
    private final Function<Entry<K, Stored>, T> result;
    private K last;

    LiveIterator(Function<Entry<K, Stored>, T> result) {
      this.result = result;
    }

    @Override
    public boolean hasNext() {
      return live.hasNext();
    }

    @Override
    public T next() {
      Entry<K, Stored> entry = live.next();
      last = entry.getKey();
      return result.apply(entry);
    }

    @Override
    public void remove() {
      if (last == null) {
        throw new IllegalStateException("next() was not called, or the entry was removed already");
      }
      CacheMap.this.remove(last);
      last = null;
    }
  }

  private final class WrittenThrough extends SimpleEntry<K, V> {
    private static final long serialVersionUID = 1L;

    WrittenThrough(K key, V value) {
      super(key, value);
    }

    @Override
    public V setValue(V value) {
      put(getKey(), value);
      return super.setValue(value);
    }
  }

  @Override
  public Set<Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<K, V>> iterator() {
        return new LiveIterator<>(
            entry -> new WrittenThrough(entry.getKey(), entries.decode(entry.getValue())));
      }

      @Override
      public int size() {
        return CacheMap.this.size();
      }

      @Override
      public boolean contains(Object object) {
        if (!(object instanceof Map.Entry<?, ?> entry) || entry.getKey() == null) {
          return false;
        }
        V value = get(entry.getKey());
        return value != null && value.equals(entry.getValue());
      }

      @Override
      public boolean remove(Object object) {
        return object instanceof Map.Entry<?, ?> entry
            && entry.getKey() != null
            && entry.getValue() != null
            && CacheMap.this.remove(entry.getKey(), entry.getValue());
      }

      @Override
      public void clear() {
        CacheMap.this.clear();
      }
    };
  }

  @Override
  public Set<K> keySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<K> iterator() {
        return new LiveIterator<>(Entry::getKey);
      }

      @Override
      public int size() {
        return CacheMap.this.size();
      }

      @Override
      public boolean contains(Object key) {
        return containsKey(key);
      }

      @Override
      public boolean remove(Object key) {
        return entries.remove(key(key)) != null; // without a look at the value
      }

      @Override
      public void clear() {
        CacheMap.this.clear();
      }
    };
  }

  @Override
  public Collection<V> values() {
    return new AbstractCollection<>() {
      @Override
      public Iterator<V> iterator() {
        return new LiveIterator<>(entry -> entries.decode(entry.getValue()));
      }

      @Override
      public int size() {
        return CacheMap.this.size();
      }

      @Override
      public void clear() {
        CacheMap.this.clear();
      }
    };
  }
}
