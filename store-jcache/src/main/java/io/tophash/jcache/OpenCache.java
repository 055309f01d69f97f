package io.tophash.jcache;

import io.tophash.cache.RemovalCause;
import io.tophash.cache.TophashCache;
import io.tophash.cache.TophashCacheBuilder;
import java.util.ArrayList;
import java.util.List;
import javax.cache.configuration.Factory;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;

/**
 * The open file of a cache, with what the configuration's factories made for it.
 *
 * <p>A {@link TophashCache} that tells of entries which expire must look at what it replaces; so it
 * is opened without, and opened once more beside itself when the first such listener comes. Both
 * are the same mapping and the same entries; operations under way end where they began.
 */
final class OpenCache<K, V> implements AutoCloseable {
  private final CacheOpener<K, V> opener;
  private final Listeners<K, V> listeners;
  private final Statistics statistics;
  private final ExpiryPolicy policy;
  private final PolicyExpiry<K, V> expiry;
  private final CacheLoader<K, V> loader;
  private final CacheWriter<? super K, ? super V> writer;

  /** All that were opened; guarded by this. */
  private final List<TophashCache<K, V>> opened = new ArrayList<>();

  private boolean hearsExpired;
  private volatile TophashCache<K, V> cache;

  OpenCache(
      TophashConfiguration<K, V> configuration,
      CacheOpener<K, V> opener,
      Listeners<K, V> listeners,
      Statistics statistics) {
    this.opener = opener;
    this.listeners = listeners;
    this.statistics = statistics;
    this.policy = configuration.getExpiryPolicyFactory().create();
    this.expiry = PolicyExpiry.of(policy);
    this.loader = create(configuration.getCacheLoaderFactory());
    this.writer =
        configuration.isWriteThrough() ? create(configuration.getCacheWriterFactory()) : null;
    this.cache = open(false);
  }

  private static <T> T create(Factory<T> factory) {
    return factory == null ? null : factory.create();
  }

  private TophashCache<K, V> open(boolean hearing) {
    TophashCacheBuilder<K, V> builder = opener.builder();
    if (expiry != null) {
      builder.expiry(expiry);
    }
    if (hearing) {
      builder.executor(Runnable::run).removalListener(this::removed);
    }
    TophashCache<K, V> next = opener.open(builder, cache);
    opened.add(next);
    return next;
  }

  private void removed(K key, V value, RemovalCause cause) {
    if (cause == RemovalCause.EXPIRED) {
      listeners.expired(key, value);
    } else if (cause == RemovalCause.SIZE) {
      statistics.evicted();
    }
  }

  /** Tells the listeners of entries that expire from now on, if there is one for them. */
  synchronized void hearExpired() {
    if (!hearsExpired && expiry != null && listeners.anyForExpired()) {
      hearsExpired = true;
      cache = open(true);
    }
  }

  TophashCache<K, V> cache() {
    return cache;
  }

  /** Null if nothing expires. */
  PolicyExpiry<K, V> expiry() {
    return expiry;
  }

  /** Null if there is none. */
  CacheLoader<K, V> loader() {
    return loader;
  }

  /** Null if the cache does not write through. */
  CacheWriter<? super K, ? super V> writer() {
    return writer;
  }

  /** Closes the file and what the factories made. */
  @Override
  public synchronized void close() {
    opened.forEach(TophashCache::close);
    Resources.close(policy);
    Resources.close(loader);
    Resources.close(writer);
  }
}
