package io.tophash.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Fetches what a cache does not have.
 *
 * <p>A loader may use the cache that calls it, for other keys. Asking for a key that the same
 * thread is loading already, or two threads that wait for each other's loads, is an {@link
 * IllegalStateException} for the one that closes the circle.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
@FunctionalInterface
public interface CacheLoader<K, V> {
  /**
   * The value of a key.
   *
   * @return null if there is none: then nothing is cached, and the caller gets null
   * @throws Exception if it cannot be fetched; the caller gets it, a checked one inside of a {@link
   *     java.util.concurrent.CompletionException}
   */
  V load(K key) throws Exception;

  /**
   * The values of many keys at once; called by {@link TophashCache#getAll}. Keys that are missing
   * in the result, or null there, have no value; keys that were not asked for are cached, too. The
   * default loads one after the other.
   */
  default Map<K, V> loadAll(Set<? extends K> keys) throws Exception {
    Map<K, V> loaded = new LinkedHashMap<>();
    for (K key : keys) {
      V value = load(key);
      if (value != null) {
        loaded.put(key, value);
      }
    }
    return loaded;
  }

  /**
   * A newer value for a key that has one; called when an entry is refreshed. The default loads it
   * anew.
   *
   * @return null if it has no value any more: then the entry is removed
   */
  default V reload(K key, V oldValue) throws Exception {
    return load(key);
  }
}
