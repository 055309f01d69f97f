package io.tophash.cache;

import io.tophash.core.codec.Codec;
import io.tophash.sync.SyncStore;
import io.tophash.sync.SyncStoreBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/**
 * Opens a {@link TophashCache}. A builder may be used again; it is not thread-safe. Durations must
 * be positive and count in whole milliseconds, rounded up.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class TophashCacheBuilder<K, V> {
  private final Codec<K> keys;
  private final StoredCodec<V> values;
  private final SyncStoreBuilder<K, Stored> store;
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

  TophashCacheBuilder(Codec<K> keys, Codec<V> values) {
    this.keys = Objects.requireNonNull(keys, "keys");
    this.values = new StoredCodec<>(Objects.requireNonNull(values, "values"));
    this.store = SyncStore.builder(keys, this.values);
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

  /** The clock by which entries expire; for tests. Default: the wall clock. */
  public TophashCacheBuilder<K, V> clock(InstantSource source) {
    clock = Objects.requireNonNull(source, "clock");
    return this;
  }

  /** Counts for {@link TophashCache#stats}. Default: counts nothing. */
  public TophashCacheBuilder<K, V> recordStats() {
    recordsStats = true;
    return this;
  }

  /** True to open an existing cache without changing a byte of it. Default: false. */
  public TophashCacheBuilder<K, V> readOnly(boolean value) {
    store.readOnly(value);
    return this;
  }

  /** See {@link SyncStoreBuilder#lockTimeout}. */
  public TophashCacheBuilder<K, V> lockTimeout(Duration timeout) {
    store.lockTimeout(timeout);
    return this;
  }

  /**
   * Opens the cache, and makes it first if it is not there.
   *
   * @throws IllegalStateException if the settings exclude each other
   * @throws io.tophash.core.errors.StoreException as {@link SyncStoreBuilder#open} says
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

  private TophashCache<K, V> cache(SyncStore<K, Stored> opened) {
    Counters counters = new Counters(recordsStats);
    Entries<K, V> entries =
        new Entries<>(
            opened,
            values,
            new Lifetimes<>(afterWriteMs, afterAccessMs, expiry, staleMs),
            clock,
            new Removals<>(listener, executor, values),
            counters);
    Loading<K, V> loading =
        new Loading<>(entries, new Loads<>(keys), new Loads<>(keys), counters, executor);
    return new TophashCache<>(entries, loading, counters, loader, refreshMs);
  }
}
