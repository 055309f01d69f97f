package io.tophash.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How old values become new ones in the background. Of all processes one refreshes an entry: it
 * claims it in the first word of the record, in place; the others go on with the old value, and
 * claim it themselves if that process has died. Thread-safe.
 */
final class Refreshing<K, V> {
  /** Of so many reads of an entry that is claimed one looks whether the owner lives. */
  private static final int LOOKS = 64;

  private final Entries<K, V> entries;
  private final Loading<K, V> loading;
  private final Loads<K, V> refreshes;
  private final Counters counters;
  private final Executor executor;

  Refreshing(
      Entries<K, V> entries,
      Loading<K, V> loading,
      Loads<K, V> refreshes,
      Counters counters,
      Executor executor) {
    this.entries = entries;
    this.loading = loading;
    this.refreshes = refreshes;
    this.counters = counters;
    this.executor = executor;
  }

  /** Refreshes an entry that was read and is old, unless some process does. */
  void refreshIfNobodyDoes(K key, Stored seen, CacheLoader<K, V> loader) {
    int claim = seen.claim();
    if (claim != 0) {
      boolean looks = (ThreadLocalRandom.current().nextInt() & LOOKS - 1) == 0;
      if (!looks || entries.cache().isClaimAlive(claim)) {
        return;
      }
    }
    Stored claimed = entries.claim(key, seen);
    if (claimed != null) {
      start(key, loader, claimed);
    }
  }

  /**
   * Loads a key anew on the executor. What is stored or removed while the loader works is newer
   * than what it returns, and stays.
   */
  CompletableFuture<V> refresh(K key, CacheLoader<K, V> loader) {
    return start(key, loader, null);
  }

  private CompletableFuture<V> start(K key, CacheLoader<K, V> loader, Stored claimed) {
    Loads.Load<V> load = refreshes.newLoad(key);
    Loads.Load<V> other = refreshes.begin(load);
    if (other != null) {
      return other.result();
    }
    CompletableFuture<V> result = load.result();
    boolean submitted = false;
    try {
      executor.execute(() -> run(key, load, loader, claimed));
      submitted = true;
    } finally {
      if (!submitted) {
        if (claimed != null) {
          entries.giveUp(key, claimed);
        }
        refreshes.end(load, null, new IllegalStateException("the executor refuses tasks"));
      }
    }
    return result;
  }

  private void run(K key, Loads.Load<V> load, CacheLoader<K, V> loader, Stored claimed) {
    load.adopt();
    V value = null;
    Throwable thrown = null;
    try {
      Stored seen = claimed != null ? claimed : entries.peek(key);
      value = seen == null ? loading.load(key, loader::load) : reload(key, seen, loader);
    } catch (Throwable t) {
      thrown = t;
      if (claimed != null) {
        entries.giveUp(key, claimed);
      }
      if (t instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    } finally {
      refreshes.end(load, value, thrown);
    }
  }

  private V reload(K key, Stored seen, CacheLoader<K, V> loader) throws Exception {
    LoadEvent event = LoadEvent.begin();
    long start = System.nanoTime();
    V value = null;
    boolean threw = true;
    try {
      value = loader.reload(key, entries.decode(seen));
      threw = false;
    } finally {
      event.end(entries.store().path(), "reload", value == null ? 0 : 1, threw);
      counters.load(value == null ? 0 : 1, value == null, System.nanoTime() - start);
    }
    boolean replaced =
        value == null ? entries.change(key, seen, null) : entries.reloaded(key, seen, value);
    return replaced ? value : entries.decode(entries.peek(key));
  }
}
