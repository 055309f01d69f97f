package io.tophash.jcache;

import io.tophash.cache.TophashCache;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CompletionListener;

/**
 * Gets values from the configured loader. In one process, one load of a key runs at a time.
 * Thread-safe.
 */
final class ReadThrough<K, V> {
  private static final CompletionListener NOBODY =
      new CompletionListener() {
        @Override
        public void onCompletion() {}

        @Override
        public void onException(Exception e) {}
      };

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

  /**
   * Loads keys in the background and stores what comes.
   *
   * @param keys belongs to the callee
   * @param replaceExisting false to load only those that are absent
   * @param completion told at the end, null for nobody
   */
  void loadAll(
      Set<K> keys, boolean replaceExisting, BiConsumer<K, V> store, CompletionListener completion) {
    CompletionListener told = completion != null ? completion : NOBODY;
    if (hasLoader()) {
      ForkJoinPool.commonPool().execute(() -> loadNow(keys, replaceExisting, store, told));
    } else {
      told.onCompletion();
    }
  }

  private void loadNow(
      Set<K> keys, boolean replaceExisting, BiConsumer<K, V> store, CompletionListener told) {
    try {
      if (!replaceExisting) {
        keys.removeIf(cache.get().asMap()::containsKey);
      }
      if (!keys.isEmpty()) {
        loadAll(keys, store);
      }
    } catch (RuntimeException e) {
      told.onException(e);
      return;
    }
    told.onCompletion();
  }
}
