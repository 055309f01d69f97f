package io.tophash.jcache;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The changes of a cache with what JCache counts of each: a put, a removal, a hit or miss where it
 * tells what was there. Keys and values have been checked. Thread-safe.
 */
final class CountedChanges<K, V> {
  private final Changes<K, V> changes;
  private final Statistics statistics;

  CountedChanges(Changes<K, V> changes, Statistics statistics) {
    this.changes = changes;
    this.statistics = statistics;
  }

  void put(K key, V value) {
    long start = statistics.start();
    boolean stored =
        changes.isPlain()
            ? changes.set(key, value)
            : changes.change(key, live -> changes.written(key, value)).stored();
    statistics.put(stored ? 1 : 0, start);
  }

  V getAndPut(K key, V value) {
    long start = statistics.start();
    Changes.Outcome<V> outcome = changes.change(key, live -> changes.written(key, value));
    countPut(outcome, start);
    return outcome.before();
  }

  void putAll(Map<? extends K, ? extends V> values) {
    long start = statistics.start();
    changes.writeAll(
        values,
        entry -> {
          boolean stored =
              changes.isPlain()
                  ? changes.set(entry.getKey(), entry.getValue())
                  : changes.change(entry.getKey(), live -> entry.getValue()).stored();
          statistics.put(stored ? 1 : 0, start);
        });
  }

  boolean putIfAbsent(K key, V value) {
    long start = statistics.start();
    Changes.Outcome<V> outcome =
        changes.change(
            key,
            live -> {
              keepUnless(live == null);
              return changes.written(key, value);
            });
    countPut(outcome, start);
    return outcome.changed();
  }

  boolean remove(K key) {
    long start = statistics.start();
    boolean removed = changes.isPlain() ? changes.delete(key) : delete(key).removed();
    statistics.removed(removed, start);
    return removed;
  }

  V getAndRemove(K key) {
    long start = statistics.start();
    Changes.Outcome<V> outcome = delete(key);
    countRemoval(outcome, start);
    return outcome.before();
  }

  private Changes.Outcome<V> delete(K key) {
    return changes.change(
        key,
        live -> {
          changes.writeDeletion(key);
          return null;
        });
  }

  boolean remove(K key, V oldValue) {
    long start = statistics.start();
    Changes.Outcome<V> outcome =
        changes.change(
            key,
            live -> {
              keepUnless(Objects.deepEquals(live, oldValue));
              changes.writeDeletion(key);
              return null;
            });
    readIfKept(key, outcome);
    countRemoval(outcome, start);
    return outcome.removed();
  }

  /**
   * Replaces the value of a present key.
   *
   * @param expected the value that it must have, null if any will do
   */
  Changes.Outcome<V> replace(K key, V expected, V value) {
    long start = statistics.start();
    Changes.Outcome<V> outcome =
        changes.change(
            key,
            live -> {
              keepUnless(live != null && (expected == null || Objects.deepEquals(live, expected)));
              return changes.written(key, value);
            });
    readIfKept(key, outcome);
    countPut(outcome, start);
    return outcome;
  }

  private void countPut(Changes.Outcome<V> outcome, long start) {
    statistics.got(outcome.existed(), start);
    statistics.put(outcome.stored() ? 1 : 0, start);
  }

  private void countRemoval(Changes.Outcome<V> outcome, long start) {
    statistics.got(outcome.existed(), start);
    statistics.removed(outcome.removed(), start);
  }

  private static void keepUnless(boolean applies) {
    if (!applies) {
      throw Changes.Keep.INSTANCE;
    }
  }

  /** A change that did not apply to the entry that was there was a read of it. */
  private void readIfKept(K key, Changes.Outcome<V> outcome) {
    if (outcome.existed() && !outcome.changed()) {
      changes.touch(key);
    }
  }

  void removeAll(Set<? extends K> keys) {
    long start = statistics.start();
    changes.deleteAll(
        keys, key -> statistics.removed(changes.change(key, live -> null).removed(), start));
  }
}
