package io.tophash.cache;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** How values come into a cache that it does not have: loads and refreshes. Thread-safe. */
final class Loading<K, V> {
  /** A loader of one key. */
  interface One<K, V> {
    V load(K key) throws Exception;
  }

  /** A loader of many keys. */
  interface Many<K, V> {
    Map<? extends K, ? extends V> load(Set<K> keys) throws Exception;
  }

  private final Entries<K, V> entries;
  private final Loads<K, V> loads;
  private final Loads<K, V> refreshes;
  private final Counters counters;
  private final Executor executor;

  Loading(
      Entries<K, V> entries,
      Loads<K, V> loads,
      Loads<K, V> refreshes,
      Counters counters,
      Executor executor) {
    this.entries = entries;
    this.loads = loads;
    this.refreshes = refreshes;
    this.counters = counters;
    this.executor = executor;
  }

  /** Invalidated keys must not come back by loads that began before. */
  void drop(K key) {
    loads.drop(key);
    refreshes.drop(key);
  }

  /** The same for all keys. */
  void dropAll() {
    loads.dropAll();
    refreshes.dropAll();
  }

  /** The value of a key that was not found just now. */
  V load(K key, One<? super K, ? extends V> loader) {
    Loads.Load<V> load = loads.newLoad(key);
    Loads.Load<V> other = loads.begin(load);
    if (other != null) {
      return loads.await(other);
    }
    V value = null;
    Throwable thrown = null;
    try {
      // Once more: another load may have ended between the miss and the beginning of this one.
      Stored present = entries.peek(key);
      value = present != null ? entries.decode(present) : loadMine(key, load, loader);
      return value;
    } catch (Throwable t) {
      thrown = t;
      throw Loads.rethrow(t);
    } finally {
      loads.end(load, value, thrown);
    }
  }

  private V loadMine(K key, Loads.Load<V> load, One<? super K, ? extends V> loader)
      throws Exception {
    long start = System.nanoTime();
    V value = null;
    boolean ended = false;
    try {
      value = loader.load(key);
      ended = true;
    } catch (Exception e) {
      V stale = stale(key, e);
      if (stale == null) {
        throw e;
      }
      return stale;
    } finally {
      boolean loaded = ended && value != null;
      counters.load(loaded ? 1 : 0, !loaded, System.nanoTime() - start);
    }
    return value == null ? null : cache(key, value, load);
  }

  /** Caches what was loaded; returns what the key has now. */
  private V cache(K key, V value, Loads.Load<V> load) {
    return load.cache(
        value,
        () -> {
          Stored present =
              entries.isReadOnly() ? null : entries.putIfAbsent(key, value, PutOptions.none());
          return present == null ? value : entries.decode(present);
        });
  }

  /** The expired value of a key whose loader has failed, null if there is none. */
  private V stale(K key, Exception failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    Stored stored = entries.raw(key);
    if (stored == null || stored.keptUntil() <= entries.now()) {
      return null;
    }
    counters.stale();
    return entries.decode(stored);
  }

  /** The values of keys, those that are loaded by one call included. */
  Map<K, V> getAll(Collection<? extends K> keys, Many<K, V> loader) {
    Map<K, V> result = new LinkedHashMap<>();
    Set<K> missing = new LinkedHashSet<>();
    for (K key : keys) {
      V value = result.containsKey(key) ? null : entries.get(key);
      if (value != null) {
        result.put(key, value);
      } else if (!result.containsKey(key)) {
        missing.add(key);
      }
    }
    counters.lookups(true, result.size());
    counters.lookups(false, missing.size());
    if (loader != null && !missing.isEmpty()) {
      loadAll(missing, loader, result);
    }
    return result;
  }

  private void loadAll(Set<K> missing, Many<K, V> loader, Map<K, V> result) {
    Map<K, Loads.Load<V>> mine = new LinkedHashMap<>();
    Map<K, Loads.Load<V>> others = new LinkedHashMap<>();
    for (K key : missing) {
      Loads.Load<V> load = loads.newLoad(key);
      Loads.Load<V> other = loads.begin(load);
      (other == null ? mine : others).put(key, other == null ? load : other);
    }
    if (!mine.isEmpty()) {
      loadMine(mine, loader, result);
    }
    // Only now, when nobody waits for this thread any more.
    others.forEach(
        (key, load) -> {
          V value = loads.await(load);
          if (value != null) {
            result.put(key, value);
          }
        });
  }

  private void loadMine(Map<K, Loads.Load<V>> mine, Many<K, V> loader, Map<K, V> result) {
    Throwable thrown = null;
    Map<K, V> found = new LinkedHashMap<>();
    long start = System.nanoTime();
    try {
      Map<? extends K, ? extends V> loaded =
          loader.load(Collections.unmodifiableSet(new LinkedHashSet<>(mine.keySet())));
      counters.load(loaded.size(), false, System.nanoTime() - start);
      loaded.forEach(
          (key, value) -> {
            Loads.Load<V> load = mine.get(key);
            if (value != null) {
              if (load == null) {
                entries.putIfAbsent(key, value, PutOptions.none());
              } else {
                found.put(key, cache(key, value, load));
              }
            }
          });
      result.putAll(found);
    } catch (Throwable t) {
      thrown = t;
      counters.load(0, true, System.nanoTime() - start);
      throw Loads.rethrow(t);
    } finally {
      for (Map.Entry<K, Loads.Load<V>> entry : mine.entrySet()) {
        loads.end(entry.getValue(), found.get(entry.getKey()), thrown);
      }
    }
  }

  /**
   * Loads a key anew on the executor. The value of meanwhile stays: what was stored or removed
   * while the loader worked is newer than what it returns.
   */
  CompletableFuture<V> refresh(K key, CacheLoader<K, V> loader) {
    Loads.Load<V> load = refreshes.newLoad(key);
    Loads.Load<V> other = refreshes.begin(load);
    if (other != null) {
      return other.result();
    }
    CompletableFuture<V> result = load.result();
    boolean submitted = false;
    try {
      executor.execute(() -> refreshNow(key, load, loader));
      submitted = true;
    } finally {
      if (!submitted) {
        refreshes.end(load, null, new IllegalStateException("the executor refuses tasks"));
      }
    }
    return result;
  }

  private void refreshNow(K key, Loads.Load<V> load, CacheLoader<K, V> loader) {
    load.adopt();
    V value = null;
    Throwable thrown = null;
    try {
      Stored seen = entries.peek(key);
      value = seen == null ? load(key, loader::load) : reload(key, seen, load, loader);
    } catch (Throwable t) {
      thrown = t;
    } finally {
      refreshes.end(load, value, thrown);
    }
  }

  private V reload(K key, Stored seen, Loads.Load<V> load, CacheLoader<K, V> loader)
      throws Exception {
    long start = System.nanoTime();
    V value = null;
    try {
      value = loader.reload(key, entries.decode(seen));
    } finally {
      counters.load(value == null ? 0 : 1, value == null, System.nanoTime() - start);
    }
    V reloaded = value;
    return load.cache(reloaded, () -> replace(key, seen, reloaded));
  }

  private V replace(K key, Stored seen, V value) {
    boolean replaced =
        value == null ? entries.remove(key, seen) : entries.replace(key, seen, value);
    return replaced ? value : entries.decode(entries.peek(key));
  }
}
