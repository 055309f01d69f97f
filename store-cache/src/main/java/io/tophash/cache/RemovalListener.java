package io.tophash.cache;

/**
 * Hears of values that this process has removed from a cache. Called on the cache's executor, after
 * the removal, in no particular order; what it throws is handed to the thread's handler of uncaught
 * exceptions. Removals by other processes are theirs to report.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
@FunctionalInterface
public interface RemovalListener<K, V> {
  /** A value was removed. None of the arguments is null. */
  void onRemoval(K key, V value, RemovalCause cause);
}
