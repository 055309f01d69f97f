package io.tophash.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How absent values come into a cache. In this process the threads that want a key share one load
 * by {@link Loads}; of the processes one loads it, by {@link Leases}. Thread-safe.
 */
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
  private final Leases<K, V> leases;
  private final Counters counters;

  Loading(Entries<K, V> entries, Loads<K, V> loads, Leases<K, V> leases, Counters counters) {
    this.entries = entries;
    this.loads = loads;
    this.leases = leases;
    this.counters = counters;
  }

  /** The value of a key that was not found just now. */
  V load(K key, One<? super K, ? extends V> loader) {
    Loads.Fate fate = new Loads.Fate();
    Loads.Load<V> load = loads.newLoad(key, fate);
    V value = null;
    Throwable thrown = null;
    boolean ended = false;
    try {
      Loads.Load<V> other = loads.begin(load);
      if (other != null) {
        ended = true;
        return loads.await(other);
      }
      // Once more: another load may have ended between the miss and the beginning of this one.
      Leases.Outcome outcome = leases.acquire(key);
      value =
          outcome.present() != null
              ? entries.decode(outcome.present())
              : loadMine(key, outcome.lease(), loader);
      return value;
    } catch (Throwable t) {
      thrown = t;
      throw Loads.rethrow(t);
    } finally {
      try {
        if (!ended) {
          loads.end(load, value, thrown);
          ended = true;
        }
      } finally {
        if (!ended) {
          fate.deserted = true;
        }
      }
    }
  }

  /**
   * Loads a key.
   *
   * @param lease null if another process is loading it for too long: nothing is cached then
   */
  private V loadMine(K key, Stored lease, One<? super K, ? extends V> loader) throws Exception {
    LoadEvent event = LoadEvent.begin();
    long start = System.nanoTime();
    V value = null;
    boolean threw = true;
    boolean loaded = false;
    boolean ended = false;
    long tag = entries.tags().now(key, PutOptions.none()); // before the loader reads anything
    try {
      value = loader.load(key);
      threw = false;
      loaded = value != null;
      V present = loaded ? cache(key, value, lease, tag) : null;
      ended = loaded;
      return present;
    } catch (Exception e) {
      V stale = stale(key, lease, e);
      if (stale == null) {
        throw e;
      }
      return stale;
    } finally {
      counters.load(loaded ? 1 : 0, !loaded, System.nanoTime() - start);
      event.end(entries.store().path(), "load", loaded ? 1 : 0, threw);
      if (!ended && lease != null) {
        leases.giveUp(key, lease);
      }
    }
  }

  /** Caches what was loaded; returns what the key has now. */
  private V cache(K key, V value, Stored lease, long tag) {
    if (lease == null
        || leases.end(key, lease, entries.encode(key, value, PutOptions.none(), null, tag))) {
      return value;
    }
    Stored present = entries.peek(key);
    return present == null ? value : entries.decode(present);
  }

  /** The expired value of a key whose loader has failed, null if there is none. */
  private V stale(K key, Stored lease, Exception failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    Stored stale = entries.stale(lease != null ? lease : entries.raw(key));
    if (stale == null) {
      return null;
    }
    counters.stale();
    return entries.decode(stale);
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

  /** A key that this thread loads together with others. */
  private record Mine<V>(Loads.Load<V> load, Stored lease) {}

  private void loadAll(Set<K> missing, Many<K, V> loader, Map<K, V> result) {
    Map<K, Mine<V>> mine = new LinkedHashMap<>();
    List<K> others = new ArrayList<>();
    Throwable thrown = null;
    Map<K, V> found = new LinkedHashMap<>();
    Loads.Fate fate = new Loads.Fate();
    boolean ended = false;
    try {
      for (K key : missing) {
        begin(key, fate, mine, others, found);
      }
      if (!mine.isEmpty()) {
        loadMine(mine, loader, found);
      }
    } catch (Throwable t) {
      thrown = t;
      throw Loads.rethrow(t);
    } finally {
      try {
        for (Map.Entry<K, Mine<V>> entry : mine.entrySet()) {
          V value = found.get(entry.getKey());
          if (value == null) {
            leases.giveUp(entry.getKey(), entry.getValue().lease());
          }
          loads.end(entry.getValue().load(), value, thrown);
        }
        ended = !(thrown instanceof Error); // which may have struck in begin()
      } finally {
        if (!ended) {
          fate.deserted = true;
        }
      }
    }
    result.putAll(found);
    // Only now, when nobody waits for this thread any more.
    for (K key : others) {
      V value = load(key, one -> loader.load(Collections.singleton(one)).get(one));
      if (value != null) {
        result.put(key, value);
      }
    }
  }

  private void begin(
      K key, Loads.Fate fate, Map<K, Mine<V>> mine, List<K> others, Map<K, V> found) {
    Loads.Load<V> load = loads.newLoad(key, fate);
    if (loads.begin(load) != null) {
      others.add(key);
      return;
    }
    Leases.Outcome outcome = null;
    try {
      outcome = leases.tryAcquire(key);
    } finally {
      if (outcome == null || outcome.lease() == null) {
        V present = outcome == null ? null : entries.decode(outcome.present());
        loads.end(load, present, null);
        if (present == null) {
          others.add(key);
        } else {
          found.put(key, present);
        }
      } else {
        mine.put(key, new Mine<>(load, outcome.lease()));
      }
    }
  }

  private void loadMine(Map<K, Mine<V>> mine, Many<K, V> loader, Map<K, V> found) throws Exception {
    LoadEvent event = LoadEvent.begin();
    long start = System.nanoTime();
    int values = 0;
    boolean failed = true;
    Tags<K>.Moment moment = entries.tags().moment(); // before the loader reads anything
    try {
      Map<? extends K, ? extends V> loaded =
          loader.load(Collections.unmodifiableSet(new LinkedHashSet<>(mine.keySet())));
      for (Map.Entry<? extends K, ? extends V> entry : loaded.entrySet()) {
        K key = entry.getKey();
        V value = entry.getValue();
        if (value != null) {
          values++;
          Mine<V> each = mine.get(key);
          if (each == null) {
            entries.putIfAbsent(key, value, moment.of(key));
          } else {
            found.put(key, cache(key, value, each.lease(), moment.of(key)));
          }
        }
      }
      failed = false;
    } finally {
      counters.load(values, failed, System.nanoTime() - start);
      event.end(entries.store().path(), "loadAll", values, failed);
    }
  }
}
