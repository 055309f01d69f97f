package io.tophash.jcache;

import io.tophash.cache.TophashCache;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;

/**
 * Gets values from the configured loader. In one process, one load of a key runs at a time.
 * Thread-safe.
 */
final class ReadThrough<K, V> {
  private final Supplier<TophashCache<K, V>> cache;
  private final CacheLoader<K, V> loader;
  private final Listeners<K, V> listeners;

  /**
   * @param loader null if there is none
   */
  ReadThrough(
      Supplier<TophashCache<K, V>> cache, CacheLoader<K, V> loader, Listeners<K, V> listeners) {
    this.cache = cache;
    this.loader = loader;
    this.listeners = listeners;
  }

  boolean hasLoader() {
    return loader != null;
  }

  /** The value of an absent key, which is then stored; null if the loader has none. */
  V get(K key) {
    boolean[] loadedHere = {false};
    V value =
        cache
            .get()
            .get(
                key,
                k -> {
                  V loaded = load(k);
                  loadedHere[0] = loaded != null;
                  return loaded;
                });
    if (loadedHere[0]) {
      listeners.created(key, value);
    }
    return value;
  }

  /** Calls the loader and stores nothing. */
  V load(K key) {
    try {
      return loader.load(key);
    } catch (CacheLoaderException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheLoaderException("the loader failed", e);
    }
  }

  /** Calls the loader for many keys, and hands each value that it has to the consumer. */
  void loadAll(Set<? extends K> keys, BiConsumer<K, V> store) {
    Map<K, V> loaded;
    try {
      loaded = loader.loadAll(keys);
    } catch (CacheLoaderException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheLoaderException("the loader failed", e);
    }
    for (Map.Entry<K, V> entry : new HashMap<>(loaded).entrySet()) {
      if (entry.getKey() != null && entry.getValue() != null) {
        store.accept(entry.getKey(), entry.getValue());
      }
    }
  }
}
