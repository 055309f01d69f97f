package io.tophash.cache;

import io.tophash.core.codec.Codec;
import io.tophash.core.errors.StoreException;
import io.tophash.sync.CacheStore;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * A cache in one memory-mapped file, which outlives its process and is shared by all processes that
 * open it.
 *
 * <pre>{@code
 * TophashCache<String, byte[]> pages =
 *     TophashCache.builder(Codecs.utf8(), Codecs.bytes())
 *         .expireAfterWrite(Duration.ofMinutes(10))
 *         .loader(this::fetch)
 *         .open(Path.of("pages.tph"));
 * byte[] page = pages.get("/index");
 * }</pre>
 *
 * <p>Methods are named as in Caffeine where that has them.
 *
 * <p><b>What is promised.</b> The bound is never exceeded, at no moment, whoever is killed; where
 * it leaves no room, what was not hit for long goes. An expired entry is never returned, by
 * whatever method, but for a value that {@link #get(Object)} serves because a loader failed and
 * {@link TophashCacheBuilder#staleIfError} allows it. A change never fails for lack of space: if
 * there is no room for a value, its key is removed, so that no older value stays. Each change takes
 * effect at one moment, for all threads and processes, and is there whole or not at all after
 * {@code kill -9}. A value that any process has removed or replaced does not come back by a load or
 * refresh that began before.
 *
 * <p><b>Keys and values</b> are compared by their encoded bytes, also where {@link ConcurrentMap}
 * says {@code equals}. Null is refused with {@link NullPointerException}.
 *
 * <p><b>Time</b> is the wall clock's, in milliseconds, as it has to mean the same for all processes
 * and after a restart; another clock can be set for tests. If it is set back, entries live so much
 * longer; if it is set forward, they expire early. An entry is absent from the moment that it has
 * expired; its record goes about a second later, or when there is more that has expired.
 *
 * <p><b>Loads.</b> At most one load of a key runs at a time, over all processes: who asks meanwhile
 * waits for it and gets its value. In the process that loads, the others get what it has thrown,
 * too; other processes then load for themselves. If a process dies while it loads, another takes
 * over.
 *
 * <p><b>Threads.</b> All methods are safe for use by any number of threads and processes. Lookups
 * take no lock. Loaders, listeners and functions run outside of all locks; the functions of {@link
 * ConcurrentMap#compute} and the like may run more than once, except that of {@code
 * computeIfAbsent}, which is {@link #get(Object, Function)}.
 *
 * <p><b>Errors.</b> Any method throws {@link IllegalStateException} after {@link #close}, and what
 * a {@link io.tophash.sync.SyncStore} throws: {@link UnsupportedOperationException} for a change of
 * a cache that was opened read-only, and the exceptions of {@code io.tophash.core.errors}.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class TophashCache<K, V> extends WholeCache<K, V> implements AutoCloseable {
  /** The duration that means "never" where one is returned. */
  public static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

  private final Loading<K, V> loading;
  private final Refreshing<K, V> refreshing;
  private final CacheLoader<K, V> loader;
  private final long refreshMs;
  private final CacheMap<K, V> map;
  private volatile Runnable onClose = () -> {};
  // Held here, as the thread holds it weakly.
  private final Maintenance.Upkeep maintenance = this::maintain;

  TophashCache(
      Entries<K, V> entries,
      Loading<K, V> loading,
      Refreshing<K, V> refreshing,
      Counters counters,
      CacheLoader<K, V> loader,
      long refreshMs) {
    super(entries, counters);
    this.loading = loading;
    this.refreshing = refreshing;
    this.loader = loader;
    this.refreshMs = refreshMs;
    this.map = new CacheMap<>(this, entries);
  }

  /**
   * Begins to open a cache.
   *
   * @param keys how keys are written
   * @param values how values are written
   */
  public static <K, V> TophashCacheBuilder<K, V> builder(Codec<K> keys, Codec<V> values) {
    return new TophashCacheBuilder<>(keys, values);
  }

  // --- lookup ------------------------------------------------------------------------------------

  /**
   * The value of a key, null if it is absent; loads nothing. Lock-free. May begin a refresh, see
   * {@link TophashCacheBuilder#refreshAfterWrite}.
   */
  public V getIfPresent(K key) {
    Objects.requireNonNull(key, "key");
    byte[] value = refreshMs == Times.NEVER ? entries.value(key) : CacheStore.UNDECIDED;
    if (value != CacheStore.UNDECIDED) {
      counters.lookup(value != null);
      return value == null ? null : entries.decode(value);
    }
    Stored stored = entries.peekWhole(key);
    counters.lookup(stored != null);
    return stored == null ? null : found(key, stored);
  }

  private V found(K key, Stored stored) {
    V value = entries.read(key, stored);
    if (refreshMs != Times.NEVER
        && !entries.isReadOnly()
        && Times.after(stored.written(), refreshMs) <= entries.now()) {
      refreshing.refreshIfNobodyDoes(key, stored, loader);
    }
    return value;
  }

  /**
   * The value of a key, which the cache's loader fetches if it is absent.
   *
   * @return null if the loader has none
   * @throws IllegalStateException if the cache has no loader, or loads wait for each other in a
   *     circle
   * @throws java.util.concurrent.CompletionException around a checked exception of the loader
   */
  public V get(K key) {
    V value = getIfPresent(key);
    return value != null ? value : loading.load(key, needLoader()::load);
  }

  /**
   * The value of a key, which the function makes if it is absent. One thread calls its function;
   * the others that ask for the key meanwhile wait, and get what comes of it.
   *
   * @return null if the function returns null: nothing is cached then
   */
  public V get(K key, Function<? super K, ? extends V> function) {
    Objects.requireNonNull(function, "function");
    V value = getIfPresent(key);
    return value != null ? value : loading.load(key, function::apply);
  }

  /** The present ones of many keys, in their order; loads nothing. One lookup for each. */
  public Map<K, V> getAllPresent(Collection<? extends K> keys) {
    return loading.getAll(keys, null);
  }

  /**
   * The values of many keys; {@link CacheLoader#loadAll} fetches those that are absent, by one call
   * for all that no other thread loads just now. Keys without a value are absent from the result.
   */
  public Map<K, V> getAll(Collection<? extends K> keys) {
    return loading.getAll(keys, needLoader()::loadAll);
  }

  /** The same with a function in place of the cache's loader. */
  public Map<K, V> getAll(
      Collection<? extends K> keys,
      Function<? super Set<K>, ? extends Map<? extends K, ? extends V>> function) {
    Objects.requireNonNull(function, "function");
    return loading.getAll(keys, function::apply);
  }

  private CacheLoader<K, V> needLoader() {
    if (loader == null) {
      throw new IllegalStateException(
          "the cache has no loader: set one in its builder, or use get(key, function), store="
              + path());
    }
    return loader;
  }

  // --- change ------------------------------------------------------------------------------------

  /** Stores a value. */
  public void put(K key, V value) {
    put(key, value, PutOptions.none());
  }

  /**
   * Stores a value that lives so long, whatever the cache's settings say.
   *
   * @throws IllegalArgumentException if the duration is zero or negative
   */
  public void put(K key, V value, Duration ttl) {
    put(key, value, PutOptions.ttl(ttl));
  }

  /** Stores a value with options of its own. */
  public void put(K key, V value, PutOptions options) {
    entries.set(
        Objects.requireNonNull(key, "key"),
        Objects.requireNonNull(value, "value"),
        Objects.requireNonNull(options, "options"));
  }

  /** Stores many values, one after the other. */
  public void putAll(Map<? extends K, ? extends V> values) {
    values.forEach(this::put);
  }

  /** Removes a key. What any process is loading for it is not cached. */
  public void invalidate(K key) {
    entries.remove(Objects.requireNonNull(key, "key"));
  }

  /** Removes many keys, one after the other. */
  public void invalidateAll(Collection<? extends K> keys) {
    keys.forEach(this::invalidate);
  }

  /**
   * Removes all keys: shard by shard, not at one moment. With a removal listener key by key, as it
   * hears of each.
   */
  public void invalidateAll() {
    if (!entries.removals().isHeard()) {
      entries.store().clear();
      return;
    }
    for (K key : entries.store().keySet()) {
      entries.remove(key);
    }
  }

  /**
   * Invalidates all values that were stored with this tag: one store, however many there are. What
   * is stored with it from now on is there. There are 4,096 words for all tags, so a few values
   * with other tags go, too. Removal listeners hear of each value only when its record goes.
   */
  public void invalidateTag(String tag) {
    entries.checkWritable();
    entries.cache().advanceTag(Tags.index(Objects.requireNonNull(tag, "tag")));
  }

  // --- time --------------------------------------------------------------------------------------

  /**
   * Lets a present key live so long from now on, whatever the cache's settings say.
   *
   * @return false if it is absent
   * @throws IllegalArgumentException if the duration is zero or negative
   */
  public boolean touch(K key, Duration duration) {
    Times.checkPositive("duration", duration);
    while (true) {
      Stored seen = entries.peek(Objects.requireNonNull(key, "key"));
      if (seen == null) {
        return false;
      }
      long now = entries.now();
      if (entries.expireAt(key, seen, Times.after(now, Times.ms(duration)), now)) {
        return true;
      }
    }
  }

  /**
   * How long a key will live on: {@link #FOREVER} if it does not expire, empty if it is absent. No
   * read as far as the expiry is concerned.
   */
  public Optional<Duration> expiresIn(K key) {
    Stored stored = entries.peek(Objects.requireNonNull(key, "key"));
    return Optional.ofNullable(stored).map(s -> Times.between(entries.now(), s.expires()));
  }

  /** How long ago the value of a key was stored; empty if it is absent. */
  public Optional<Duration> age(K key) {
    Stored stored = entries.peek(Objects.requireNonNull(key, "key"));
    return Optional.ofNullable(stored).map(s -> Times.between(s.written(), entries.now()));
  }

  /**
   * Loads a key anew on the cache's executor, by {@link CacheLoader#reload} if it is present. Until
   * that is done it has its old value, and it keeps that if the loader fails. If somebody stores or
   * removes it meanwhile, that stays.
   *
   * @return the value that the key has afterwards, null for none
   */
  public CompletableFuture<V> refresh(K key) {
    return refreshing.refresh(Objects.requireNonNull(key, "key"), needLoader());
  }

  /**
   * Removes the records of entries that have expired, and tells listeners of what went. A thread of
   * the cache does so once a second.
   */
  public void cleanUp() {
    entries.cache().sweep(0);
    upkeep();
  }

  /** What else is to be done when this is closed. */
  void onClose(Runnable action) {
    onClose = action;
  }

  /** Lets a thread do this once a second, as long as the cache is open and in use. */
  void startMaintenance() {
    Maintenance.start(maintenance);
  }

  private boolean maintain(long periodMs) {
    try {
      entries.cache().sweep(periodMs);
      upkeep();
      return !isClosed();
    } catch (IllegalStateException | StoreException e) {
      return !isClosed(); // closed meanwhile; or somebody holds a lock, then the next time
    }
  }

  // --- the whole ---------------------------------------------------------------------------------

  /**
   * The live entries as a map. Its changes go by the cache's settings for expiry; {@code size},
   * {@code isEmpty} and {@code containsValue} walk the cache; iterators are weakly consistent and
   * hold no lock. Its lookups are counted by no statistics and refresh nothing.
   */
  public ConcurrentMap<K, V> asMap() {
    return map;
  }

  /**
   * Ends the use of the cache by this object. The entries stay in the file. A second call does
   * nothing.
   */
  @Override
  public void close() {
    if (!isClosed() && !isReadOnly()) {
      upkeep();
    }
    onClose.run();
    entries.cache().close();
  }
}
