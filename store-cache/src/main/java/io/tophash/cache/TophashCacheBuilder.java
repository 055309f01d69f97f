package io.tophash.cache;

import io.tophash.core.codec.Codec;
import io.tophash.sync.CacheStore;
import io.tophash.sync.CacheStoreBuilder;
import io.tophash.sync.Durability;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;

/**
 * Opens a {@link TophashCache}. A builder may be used again; it is not thread-safe. Durations must
 * be positive and count in whole milliseconds, rounded up.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class TophashCacheBuilder<K, V> {
  /** The smallest bound in bytes. */
  public static final long MIN_BYTES = CacheStoreBuilder.MIN_BYTES;

  private static final System.Logger LOG = System.getLogger("io.tophash.cache");

  private final Codec<K> keys;
  private final StoredCodec<V> values;
  private final CacheStoreBuilder<K, Stored> store;
  private long afterWriteMs = Times.NEVER;
  private long afterAccessMs = Times.NEVER;
  private long refreshMs = Times.NEVER;
  private long staleMs;
  private Expiry<? super K, ? super V> expiry;
  private CacheLoader<K, V> loader;
  private RemovalListener<? super K, ? super V> listener;
  private Executor executor = ForkJoinPool.commonPool();
  private InstantSource clock = InstantSource.system();
  private boolean recordsStats;
  private long loadTimeoutMs = 30_000;
  private long maxBytes = Long.MAX_VALUE;
  private long maxEntries = Long.MAX_VALUE;
  private boolean maintained = true;
  private Function<? super K, String> tags;
  private String management;

  TophashCacheBuilder(Codec<K> keys, Codec<V> values) {
    this.keys = Objects.requireNonNull(keys, "keys");
    this.values = new StoredCodec<>(Objects.requireNonNull(values, "values"));
    this.store = CacheStore.builder(keys, this.values);
  }

  /**
   * The file of a new cache never takes more bytes than this, with all that belongs to the entries.
   * It stands in the file; of a cache that is there the file's own bound counts, and a difference
   * is said in the log. Default: no bound.
   *
   * @throws IllegalArgumentException if it is less than {@link #MIN_BYTES}, 2 MiB
   */
  public TophashCacheBuilder<K, V> maxBytes(long bytes) {
    store.maxBytes(bytes);
    maxBytes = bytes;
    return this;
  }

  /**
   * A new cache never has more entries than this; as {@link #maxBytes}. Default: no bound.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public TophashCacheBuilder<K, V> maxEntries(long entries) {
    store.maxEntries(entries);
    maxEntries = entries;
    return this;
  }

  /**
   * Up to so many values are kept on the heap by this object, in front of the file, and never
   * stale: see {@link io.tophash.sync.SyncStoreBuilder#heapEntries}. Default: none.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public TophashCacheBuilder<K, V> heapEntries(int entries) {
    store.heapEntries(entries);
    values.keepDecoded(entries > 0);
    return this;
  }

  /**
   * The least durability that is wanted: see {@link io.tophash.sync.SyncStoreBuilder#durability}.
   * Default: {@link Durability#PROCESS} for a new cache, and whatever the file says.
   */
  public TophashCacheBuilder<K, V> durability(Durability level) {
    store.durability(level);
    return this;
  }

  /** Entries expire so long after their value was stored. Default: never. */
  public TophashCacheBuilder<K, V> expireAfterWrite(Duration duration) {
    afterWriteMs = Times.ms(Times.checkPositive("expireAfterWrite", duration));
    return this;
  }

  /**
   * Entries expire so long after they were last read or stored; with {@link #expireAfterWrite}, at
   * whichever comes first. A read moves the end only if that is at least 1/16 of the duration, so
   * an entry may expire so much early. Default: never.
   */
  public TophashCacheBuilder<K, V> expireAfterAccess(Duration duration) {
    afterAccessMs = Times.ms(Times.checkPositive("expireAfterAccess", duration));
    return this;
  }

  /** Each entry expires when this says; excludes the two settings above. */
  public TophashCacheBuilder<K, V> expiry(Expiry<? super K, ? super V> each) {
    expiry = Objects.requireNonNull(each, "expiry");
    return this;
  }

  /**
   * An entry that is read so long after it was stored is refreshed in the background, while the old
   * value is served. Needs a {@link #loader}. Default: never.
   */
  public TophashCacheBuilder<K, V> refreshAfterWrite(Duration duration) {
    refreshMs = Times.ms(Times.checkPositive("refreshAfterWrite", duration));
    return this;
  }

  /**
   * A value is kept so long after it has expired, at most about 24 days, and returned by {@code
   * get} if the loader throws. All other methods take the entry for absent. Default: not at all.
   */
  public TophashCacheBuilder<K, V> staleIfError(Duration duration) {
    staleMs = Times.ms(Times.checkPositive("staleIfError", duration));
    return this;
  }

  /**
   * The tag that the values of a key have unless they are stored with one of their own, those that
   * are loaded included; see {@link TophashCache#invalidateTag}. The function must return the same
   * for the same key, null for no tag. Default: no tags.
   */
  public TophashCacheBuilder<K, V> tags(Function<? super K, String> ofKey) {
    tags = Objects.requireNonNull(ofKey, "ofKey");
    return this;
  }

  /** What fetches absent keys for {@link TophashCache#get(Object)}. Default: none. */
  public TophashCacheBuilder<K, V> loader(CacheLoader<K, V> fetcher) {
    loader = Objects.requireNonNull(fetcher, "loader");
    return this;
  }

  /** Who hears of this process's removals. Default: nobody. */
  public TophashCacheBuilder<K, V> removalListener(
      RemovalListener<? super K, ? super V> removalListener) {
    listener = Objects.requireNonNull(removalListener, "listener");
    return this;
  }

  /** Where refreshes and listeners run. Default: {@link ForkJoinPool#commonPool}. */
  public TophashCacheBuilder<K, V> executor(Executor other) {
    executor = Objects.requireNonNull(other, "executor");
    return this;
  }

  /**
   * How long to wait for another process that loads a key, before it is loaded here and not cached.
   * Default: 30 seconds.
   */
  public TophashCacheBuilder<K, V> loadTimeout(Duration timeout) {
    loadTimeoutMs = Times.ms(Times.checkPositive("loadTimeout", timeout));
    return this;
  }

  /** Starts no thread that removes what has expired: for tests. */
  TophashCacheBuilder<K, V> unmaintained() {
    maintained = false;
    return this;
  }

  /** The clock by which entries expire; for tests. Default: the wall clock. */
  public TophashCacheBuilder<K, V> clock(InstantSource source) {
    clock = Objects.requireNonNull(source, "clock");
    store.clock(source::millis);
    return this;
  }

  /** Counts for {@link TophashCache#stats}. Default: counts nothing. */
  public TophashCacheBuilder<K, V> recordStats() {
    recordsStats = true;
    return this;
  }

  /**
   * Shows the cache in JMX under this name, until it is closed; see {@link TophashCacheMXBean}.
   * Opening fails with {@link IllegalStateException} if this JVM has a cache of that name there.
   * Default: not at all.
   */
  public TophashCacheBuilder<K, V> management(String name) {
    management = Objects.requireNonNull(name, "name");
    return this;
  }

  /** True to open an existing cache without changing a byte of it. Default: false. */
  public TophashCacheBuilder<K, V> readOnly(boolean value) {
    store.readOnly(value);
    return this;
  }

  /** See {@link io.tophash.core.StoreBuilder#waitForLock}. */
  public TophashCacheBuilder<K, V> waitForLock(Duration duration) {
    store.waitForLock(duration);
    return this;
  }

  /** See {@link io.tophash.sync.SyncStoreBuilder#lockTimeout}. */
  public TophashCacheBuilder<K, V> lockTimeout(Duration timeout) {
    store.lockTimeout(timeout);
    return this;
  }

  /**
   * Opens the cache, and makes it first if it is not there.
   *
   * @throws IllegalStateException if the settings exclude each other
   * @throws io.tophash.core.errors.StoreException as {@link io.tophash.sync.SyncStoreBuilder#open}
   *     says
   */
  public TophashCache<K, V> open(Path path) {
    check();
    return cache(store.open(path));
  }

  /** Opens a new cache in the system's directory for temporary files; closing it deletes it. */
  public TophashCache<K, V> openTemporary() {
    check();
    return cache(store.openTemporary());
  }

  private void check() {
    if (expiry != null && (afterWriteMs != Times.NEVER || afterAccessMs != Times.NEVER)) {
      throw new IllegalStateException(
          "expiry decides for each entry; do not set expireAfterWrite or expireAfterAccess, too");
    }
    if (refreshMs != Times.NEVER && loader == null) {
      throw new IllegalStateException("refreshAfterWrite needs a loader");
    }
  }

  private TophashCache<K, V> cache(CacheStore<K, Stored> opened) {
    say("maxBytes", maxBytes, opened.maxBytes(), opened);
    say("maxEntries", maxEntries, opened.maxEntries(), opened);
    Counters counters = new Counters(recordsStats);
    Removals<K, V> removals = new Removals<>(listener, executor, keys, values);
    if (listener != null) {
      opened.evictionListener(removals::evicted);
    }
    Entries<K, V> entries =
        new Entries<>(
            opened,
            values,
            new Lifetimes<>(afterWriteMs, afterAccessMs, expiry, staleMs),
            clock,
            removals,
            new Tags<>(opened, tags));
    long timeoutNanos =
        loadTimeoutMs >= Long.MAX_VALUE / 2_000_000
            ? Long.MAX_VALUE / 2
            : loadTimeoutMs * 1_000_000;
    Loading<K, V> loading =
        new Loading<>(entries, new Loads<>(keys), new Leases<>(entries, timeoutNanos), counters);
    Refreshing<K, V> refreshing =
        new Refreshing<>(entries, loading, new Loads<>(keys), counters, executor);
    TophashCache<K, V> cache =
        new TophashCache<>(entries, loading, refreshing, counters, loader, refreshMs);
    if (management != null) {
      manage(cache);
    }
    if (maintained && !entries.isReadOnly()) {
      cache.startMaintenance();
    }
    return cache;
  }

  private void manage(TophashCache<K, V> cache) {
    boolean registered = false;
    try {
      cache.onClose(Management.register(cache, management));
      registered = true;
    } finally {
      if (!registered) {
        cache.close();
      }
    }
  }

  private static void say(String what, long wanted, long present, CacheStore<?, ?> opened) {
    if (wanted != Long.MAX_VALUE && wanted != present) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the cache was made with another "
              + what
              + ", which counts: the file keeps the bound that it was made with, store="
              + opened.store().path()
              + " present="
              + present
              + " wanted="
              + wanted);
    }
  }
}
