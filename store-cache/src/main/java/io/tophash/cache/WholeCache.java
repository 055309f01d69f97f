package io.tophash.cache;

import io.tophash.core.Store;
import io.tophash.core.VerifyReport;
import io.tophash.sync.CacheStore;
import io.tophash.sync.SyncStats;
import java.nio.file.Path;

/**
 * What a {@link TophashCache} says of itself and does as a whole: the part of it that needs no
 * loader and knows no single key.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
abstract class WholeCache<K, V> {
  final Entries<K, V> entries;
  final Counters counters;

  WholeCache(Entries<K, V> entries, Counters counters) {
    this.entries = entries;
    this.counters = counters;
  }

  final void upkeep() {
    counters.flush(entries.cache());
    entries.removals().drain();
  }

  /** About how many entries there are; expired ones count until their records go. Wait-free. */
  public long estimatedSize() {
    return entries.store().sizeLong();
  }

  /** What this process has counted since it opened the cache. */
  public CacheStats stats() {
    return counters.here(entries.cache());
  }

  /** What all processes have counted since the file was made, up to about a second ago. */
  public CacheStats statsOfAll() {
    return Counters.ofAll(entries.cache());
  }

  /** The bounds of the cache, and how full it is. */
  public Policy policy() {
    CacheStore<K, Stored> cache = entries.cache();
    return new Policy(cache.maxBytes(), cache.maxEntries(), cache.usedBytes(), estimatedSize());
  }

  /**
   * All that stands in the file, also what is not present: expired, invalidated, being loaded.
   * Walks the cache, weakly consistent; counts as no read.
   */
  public Iterable<CacheRecord<K, V>> records() {
    return () -> new Records<>(entries);
  }

  /**
   * The file of this cache as a store: for its figures, verification, compaction, backup. Closing
   * it is closing the file under the cache: close the cache instead. Its number of entries counts
   * what {@link #records} shows.
   */
  public Store store() {
    return entries.store();
  }

  /**
   * Changes the bounds, for all processes and for good: see {@link CacheStore#resize}. What goes
   * for it counts as evicted.
   *
   * @param maxBytes {@link Long#MAX_VALUE} for none
   * @param maxEntries {@link Long#MAX_VALUE} for none
   * @throws IllegalArgumentException if a bound is too small
   */
  public void resize(long maxBytes, long maxEntries) {
    entries.cache().resize(maxBytes, maxEntries);
    entries.removals().drain();
  }

  /** Figures of the file, for all processes: see {@link io.tophash.sync.SyncStore#stats}. */
  public SyncStats storeStats() {
    return entries.store().stats();
  }

  /** Checks the file: see {@link Store#verify}. */
  public VerifyReport verify() {
    return entries.store().verify();
  }

  /** Writes the file back: see {@link Store#force}. */
  public void force() {
    entries.store().force();
  }

  /**
   * Copies the cache to a new file: see {@link Store#backup}. Each entry is copied as it is when
   * its turn comes; nobody waits.
   */
  public void backup(Path target) {
    entries.store().backup(target);
  }

  /** The file, with symbolic links resolved. */
  public Path path() {
    return entries.store().path();
  }

  /** True if the cache was opened read-only: loads then cache nothing. */
  public boolean isReadOnly() {
    return entries.isReadOnly();
  }

  /** True after {@link #close}. */
  public boolean isClosed() {
    return entries.store().isClosed();
  }
}
