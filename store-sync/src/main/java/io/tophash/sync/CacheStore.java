package io.tophash.sync;

import io.tophash.core.codec.Codec;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.map.Entries;
import io.tophash.sync.attach.CacheSettings;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.entry.RecordEntries;
import io.tophash.sync.entry.ValueHead;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.shard.Caching;
import io.tophash.sync.shard.Sweep;
import java.util.function.Function;

/**
 * A {@link SyncStore} with bounds whose entries have an end: what {@code TophashCache} of the
 * module {@code store-cache} is made of. Use that; this has no loaders, listeners by key, or rules.
 *
 * <p>The encoding of each value begins with a little-endian long, <i>expires</i>: its lower 43 bits
 * are the time in milliseconds since 1970 from which on the store may remove the entry at any time,
 * the upper 21 are the caller's. With the highest of the 43 bits it is never removed for that; the
 * others are the caller's, too, then. It can be changed in place, by {@link #expire}; in all other
 * respects it is a part of the value. The store itself returns entries that are over until they are
 * removed.
 *
 * <p>When a bound is reached, entries go that were not hit for long, see docs/cache.md. A change
 * never throws {@link io.tophash.core.errors.StoreFullException}: if there is no room for a value,
 * its key is removed.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class CacheStore<K, V> implements AutoCloseable {
  /** Hears of entries that the cache removes by itself, in this process. */
  @FunctionalInterface
  public interface EvictionListener {
    /**
     * An entry was removed. Must return soon and not use the store, as locks may be held.
     *
     * @param key the encoded key
     * @param value the encoded value
     * @param expired true if its time was over, false if it had to make room
     */
    void evicted(byte[] key, byte[] value, boolean expired);
  }

  /** In place of what comes behind a head: the value is to be read as a whole. */
  public static final byte[] UNDECIDED = RecordEntries.UNDECIDED;

  private static final int CLAIM_SHIFT = 9;

  private final SyncStore<K, V> store;
  private final RecordEntries<K, V> entries;
  private final SyncCore core;
  private final Caching caching;
  private Caching.Listener listener;

  CacheStore(Attachment attachment, Entries<K, V> typed) {
    this.store = new SyncStore<>(attachment, typed);
    this.entries = (RecordEntries<K, V>) typed;
    this.core = attachment.core();
    this.caching = core.caching();
  }

  /** Begins to open a cache. */
  public static <K, V> CacheStoreBuilder<K, V> builder(Codec<K> keys, Codec<V> values) {
    return new CacheStoreBuilder<>(keys, values);
  }

  /** The entries. Closing it closes this. */
  public SyncStore<K, V> store() {
    return store;
  }

  /** Says of <i>expires</i> what else of a value is to be passed over. */
  @FunctionalInterface
  public interface Head {
    /**
     * How many bytes behind <i>expires</i> the wanted part of the value begins.
     *
     * @return negative if <i>expires</i> alone does not say it
     */
    int bytes(long expires);
  }

  /**
   * Reads of a key what comes behind the head of its encoded value, copied once, by the shortest
   * way alone. Each is a lookup: lock-free. It returns a fresh array; null if the key is absent;
   * {@link #UNDECIDED} if the value is to be read as a whole, because the head says so or the entry
   * is not on that way.
   */
  public Function<Object, byte[]> readBehind(Head head) {
    ValueHead each = head::bytes;
    return key -> entries.behindHead(key, each);
  }

  /**
   * Changes in place when an entry expires: one compare and set.
   *
   * @param seen the encoded value that the key must have, with the present <i>expires</i>
   * @param expires the new one
   * @return false if the key has another value, or none
   */
  public boolean expire(K key, byte[] seen, long expires) {
    return entries.expire(key, seen, expires);
  }

  /**
   * Removes entries whose time is over.
   *
   * @param periodMs shards that somebody has swept within so many milliseconds are passed by; 0 to
   *     sweep all
   */
  public void sweep(long periodMs) {
    checkOpen();
    try {
      new Sweep(core.shards()).run(periodMs);
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
  }

  /** From now on this one hears of entries that go; at most one for each open call. */
  public void evictionListener(EvictionListener each) {
    listener = each::evicted;
    caching.add(listener);
  }

  // --- bounds ------------------------------------------------------------------------------------

  /** Bound of the file in bytes, {@link Long#MAX_VALUE} if there is none. */
  public long maxBytes() {
    checkOpen();
    return core.memory().getLong(0, CacheLayout.MAX_BYTES);
  }

  /** Bound of the number of entries, {@link Long#MAX_VALUE} if there is none. */
  public long maxEntries() {
    checkOpen();
    return core.memory().getLong(0, CacheLayout.MAX_ENTRIES);
  }

  /** Bytes of the file that are in use by entries, with all that belongs to them. */
  public long usedBytes() {
    checkOpen();
    long used = 0;
    for (int shard = 0; shard < core.shards().context().shardCount(); shard++) {
      used += caching.bounds().used(shard);
    }
    return used;
  }

  /**
   * Changes the bounds, for all processes and for good. Higher ones hold at once; for lower ones
   * entries go first, some at a time, while the cache is in use, so when this returns they are
   * kept. Takes time in proportion to what goes. If this is the only process that has the file
   * open, it is compacted and cut then, as far as what is left can be moved, for which up to half
   * may have to go besides; else it is not made longer, and cut by who next compacts it alone. A
   * kill leaves the old bounds or the new ones. Blocking: one at a time, and nobody opens the cache
   * meanwhile.
   *
   * @param maxBytes {@link Long#MAX_VALUE} for none
   * @param maxEntries {@link Long#MAX_VALUE} for none
   * @throws IllegalArgumentException if a bound is less than {@link CacheStoreBuilder#MIN_BYTES},
   *     or not positive, or too small to be divided among the shards that the cache was made with;
   *     or if the segments need more even when they are empty, and then the bounds stay
   * @throws UnsupportedOperationException if the cache was opened read-only
   * @throws io.tophash.core.errors.StoreTimeoutException if a lock was not to be had in time; some
   *     shards may have their new share then, and no bound is exceeded
   */
  public void resize(long maxBytes, long maxEntries) {
    checkOpen();
    if (store.isReadOnly()) {
      throw new UnsupportedOperationException(
          "the cache was opened read-only, store=" + store.path());
    }
    int shards = core.shards().context().shardCount();
    long leastBytes = Math.max(CacheStoreBuilder.MIN_BYTES, CacheSettings.leastBytes(shards));
    if (maxBytes < leastBytes || maxEntries < shards) {
      throw new IllegalArgumentException(
          "a cache that was made for much more cannot be made so small; make a new one, maxBytes="
              + maxBytes
              + " atLeast="
              + leastBytes
              + " maxEntries="
              + maxEntries
              + " atLeast="
              + shards);
    }
    boolean smaller = maxBytes < maxBytes();
    try {
      if (!core.resize(maxBytes, maxEntries)) {
        throw new IllegalArgumentException(
            "the cache has too many segments for such a bound; clear it first, maxBytes="
                + maxBytes);
      }
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
    if (smaller && isTooLong(maxBytes)) {
      store.compact();
      // What is left may lie in the way of what should move there.
      for (long less = maxBytes / 4 * 3;
          isTooLong(maxBytes) && less >= Math.max(leastBytes, maxBytes / 2);
          less -= maxBytes / 4) {
        if (core.resize(less, maxEntries)) {
          store.compact();
        }
      }
      core.resize(maxBytes, maxEntries);
    }
  }

  private boolean isTooLong(long maxBytes) {
    return core.file().length() > maxBytes;
  }

  private RuntimeException explain(IndexOutOfBoundsException e) {
    checkOpen(); // it was closed meanwhile
    return new CorruptStoreException("store", 0, "a reference leads nowhere (" + e + ")");
  }

  // --- counters ----------------------------------------------------------------------------------

  /** Entries that went because a bound left no room, over all processes. */
  public long evictedCount() {
    return sum(CacheLayout.EVICTED);
  }

  /** Entries that went because their time was over, over all processes. */
  public long expiredCount() {
    return sum(CacheLayout.EXPIRED);
  }

  /** Values that found no room at all, over all processes. */
  public long rejectedCount() {
    return sum(CacheLayout.REJECTED);
  }

  private long sum(int counter) {
    checkOpen();
    return caching.sum(core.shards().context().shardCount(), counter);
  }

  /** Number of counters that belong to the caller. */
  public static int counters() {
    return CacheLayout.COUNTERS - CacheLayout.FIRST_OF_USER;
  }

  /** The sum of one of the caller's counters over all processes. */
  public long counter(int index) {
    return sum(CacheLayout.FIRST_OF_USER + index);
  }

  /** Adds to one of the caller's counters. */
  public void count(int index, long more) {
    checkOpen();
    int shard = core.process().slot() & core.shards().context().shardCount() - 1;
    caching.count(shard, CacheLayout.FIRST_OF_USER + index, more);
  }

  // --- words that all processes share
  // -------------------------------------------------------------

  /** Number of tag words. */
  public static int tags() {
    return CacheLayout.TAGS;
  }

  /** A tag word: 0 in a new cache. */
  public long tag(int index) {
    checkOpen();
    return core.memory().getLongVolatile(0, CacheLayout.tag(index));
  }

  /** Adds one to a tag word. */
  public void advanceTag(int index) {
    checkOpen();
    core.memory().getAndAddLong(0, CacheLayout.tag(index), 1);
  }

  /**
   * A number that names this process among all that have or had the store open for writing. In a
   * copy of the file it names nobody, though processes are counted from the beginning there.
   */
  public long self() {
    checkOpen();
    return core.process().self() ^ file();
  }

  /** What tells the numbers of this file from those of others, in the bits of the incarnation. */
  private long file() {
    return core.header().storeId & 0xFFFF_FFFFL;
  }

  /** False if the process with this number has ended, or left the store. */
  public boolean isAlive(long process) {
    checkOpen();
    int slot = LockWord.slot(process);
    return slot >= 0 && core.process().isAlive(slot, LockWord.incarnation(process ^ file()));
  }

  /** A number of 16 bits, never 0, that names this process among those that have it open now. */
  public int claim() {
    checkOpen();
    int slot = core.process().slot();
    return claimOf(slot, core.process().incarnation());
  }

  private int claimOf(int slot, long incarnation) {
    return slot + 1 << CLAIM_SHIFT | (int) (incarnation ^ file()) & (1 << CLAIM_SHIFT) - 1;
  }

  /** False if the process with this {@link #claim} has ended. */
  public boolean isClaimAlive(int claim) {
    checkOpen();
    int slot = (claim >>> CLAIM_SHIFT) - 1;
    if (slot < 0 || slot >= RegionLayout.PROCESS_COUNT) {
      return false;
    }
    long incarnation =
        core.memory().getLongVolatile(RegionLayout.process(slot), ProcessLayout.INCARNATION);
    return claimOf(slot, incarnation) == claim && core.process().isAlive(slot, incarnation);
  }

  private void checkOpen() {
    if (store.isClosed()) {
      throw new IllegalStateException("the cache is closed");
    }
  }

  @Override
  public void close() {
    if (listener != null) {
      caching.remove(listener);
    }
    store.close();
  }
}
