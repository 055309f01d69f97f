package io.tophash.jcache;

import io.tophash.cache.TophashCache;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorResult;

/** A cache of JCache over a {@link TophashCache}. Thread-safe. */
final class JCache<K, V> implements Cache<K, V> {
  private final TophashCacheManager manager;
  private final String name;
  private final TophashConfiguration<K, V> configuration;
  private final OpenCache<K, V> open;
  private final Listeners<K, V> listeners;
  private final Changes<K, V> changes;
  private final CountedChanges<K, V> counted;
  private final ReadThrough<K, V> readThrough;
  private final Statistics statistics = new Statistics();
  private volatile boolean closed;

  /**
   * @param configuration belongs to this cache; what is registered later is added to it
   */
  JCache(
      TophashCacheManager manager,
      String name,
      TophashConfiguration<K, V> configuration,
      CacheOpener<K, V> opener) {
    this.manager = manager;
    this.name = name;
    this.configuration = configuration;
    this.listeners = new Listeners<>(this);
    this.open = new OpenCache<>(configuration, opener, listeners, statistics);
    try {
      this.readThrough = new ReadThrough<>(open::cache, open.loader(), listeners);
      this.changes = new Changes<>(open::cache, open.expiry(), open.writer(), listeners);
      this.counted = new CountedChanges<>(changes, statistics);
      configuration.getCacheEntryListenerConfigurations().forEach(this::listen);
      statistics.setOn(configuration.isStatisticsEnabled());
    } catch (RuntimeException e) {
      open.close();
      throw e;
    }
  }

  private void listen(CacheEntryListenerConfiguration<K, V> listener) {
    listeners.register(listener);
    open.hearExpired();
  }

  TophashConfiguration<K, V> configuration() {
    return configuration;
  }

  // --- lookup ------------------------------------------------------------------------------------

  @Override
  public V get(K key) {
    checkKey(key);
    long start = statistics.start();
    V value = open.cache().getIfPresent(key);
    statistics.got(value != null, start);
    return value == null && readsThrough() ? readThrough.get(key) : value;
  }

  private boolean readsThrough() {
    return configuration.isReadThrough() && readThrough.hasLoader();
  }

  @Override
  public Map<K, V> getAll(Set<? extends K> keys) {
    checkKeys(keys);
    Map<K, V> found = new HashMap<>();
    Set<K> missing = new HashSet<>();
    for (K key : keys) {
      long start = statistics.start();
      V value = open.cache().getIfPresent(key);
      statistics.got(value != null, start);
      if (value == null) {
        missing.add(key);
      } else {
        found.put(key, value);
      }
    }
    if (!missing.isEmpty() && readsThrough()) {
      readThrough.loadAll(
          missing,
          (key, value) -> {
            store(key, value);
            found.put(key, value);
          });
    }
    return found;
  }

  @Override
  public boolean containsKey(K key) {
    checkKey(key);
    return open.cache().asMap().containsKey(key);
  }

  @Override
  public void loadAll(
      Set<? extends K> keys, boolean replaceExisting, CompletionListener completion) {
    checkKeys(keys);
    readThrough.loadAll(new HashSet<>(keys), replaceExisting, this::store, completion);
  }

  /** Stores what came from the loader, of which the writer need not hear. */
  private void store(K key, V value) {
    changes.change(key, live -> value);
  }

  // --- change ------------------------------------------------------------------------------------

  @Override
  public void put(K key, V value) {
    check(key, value);
    counted.put(key, value);
  }

  @Override
  public V getAndPut(K key, V value) {
    check(key, value);
    return counted.getAndPut(key, value);
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> values) {
    checkOpen();
    values.forEach(this::check);
    counted.putAll(values);
  }

  @Override
  public boolean putIfAbsent(K key, V value) {
    check(key, value);
    return counted.putIfAbsent(key, value);
  }

  @Override
  public boolean remove(K key) {
    checkKey(key);
    return counted.remove(key);
  }

  @Override
  public V getAndRemove(K key) {
    checkKey(key);
    return counted.getAndRemove(key);
  }

  @Override
  public boolean remove(K key, V oldValue) {
    check(key, oldValue);
    return counted.remove(key, oldValue);
  }

  @Override
  public boolean replace(K key, V oldValue, V newValue) {
    check(key, oldValue);
    check(key, newValue);
    return counted.replace(key, oldValue, newValue).changed();
  }

  @Override
  public boolean replace(K key, V value) {
    check(key, value);
    return counted.replace(key, null, value).changed();
  }

  @Override
  public V getAndReplace(K key, V value) {
    check(key, value);
    return counted.replace(key, null, value).before();
  }

  @Override
  public void removeAll(Set<? extends K> keys) {
    checkKeys(keys);
    counted.removeAll(keys);
  }

  @Override
  public void removeAll() {
    checkOpen();
    removeAll(new HashSet<>(open.cache().asMap().keySet()));
  }

  @Override
  public void clear() {
    checkOpen();
    open.cache().invalidateAll();
  }

  // --- entry processors --------------------------------------------------------------------------

  @Override
  public <T> T invoke(K key, EntryProcessor<K, V, T> processor, Object... arguments) {
    checkKey(key);
    Objects.requireNonNull(processor, "processor");
    long start = statistics.start();
    Processing<K, V, T> processing =
        new Processing<>(changes, processor, arguments, readsThrough() ? readThrough::load : null);
    Changes.Outcome<V> outcome = processing.run(key);
    statistics.got(outcome.existed(), start);
    statistics.put(outcome.stored() && !processing.hasLoaded() ? 1 : 0, start);
    statistics.removed(outcome.removed(), start);
    return processing.result();
  }

  @Override
  public <T> Map<K, EntryProcessorResult<T>> invokeAll(
      Set<? extends K> keys, EntryProcessor<K, V, T> processor, Object... arguments) {
    checkKeys(keys);
    Objects.requireNonNull(processor, "processor");
    Map<K, EntryProcessorResult<T>> results = new HashMap<>();
    for (K key : keys) {
      EntryProcessorResult<T> result = Processing.result(() -> invoke(key, processor, arguments));
      if (result != null) {
        results.put(key, result);
      }
    }
    return results;
  }

  // --- iteration ---------------------------------------------------------------------------------

  @Override
  public Iterator<Entry<K, V>> iterator() {
    checkOpen();
    return new EntryIterator<>(
        this, open.cache().asMap().entrySet().iterator(), changes, statistics);
  }

  // --- the cache ---------------------------------------------------------------------------------

  @Override
  public void registerCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
    checkOpen();
    configuration.addCacheEntryListenerConfiguration(listener); // Refuses one that is there.
    listen(listener);
  }

  @Override
  public void deregisterCacheEntryListener(CacheEntryListenerConfiguration<K, V> listener) {
    checkOpen();
    listeners.deregister(Objects.requireNonNull(listener, "listener"));
    configuration.removeCacheEntryListenerConfiguration(listener);
  }

  void setStatistics(boolean enabled) {
    configuration.setStatisticsEnabled(enabled);
    statistics.setOn(enabled);
    ManagementBeans.setStatistics(this, statistics, enabled);
  }

  void setManagement(boolean enabled) {
    configuration.setManagementEnabled(enabled);
    ManagementBeans.setConfiguration(this, enabled);
  }

  @Override
  public <C extends Configuration<K, V>> C getConfiguration(Class<C> type) {
    return Unwrap.as(configuration, type);
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public CacheManager getCacheManager() {
    return manager;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    manager.forget(this);
    ManagementBeans.setStatistics(this, statistics, false);
    ManagementBeans.setConfiguration(this, false);
    listeners.close();
    open.close();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return type == TophashCache.class ? type.cast(open.cache()) : Unwrap.as(this, type);
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the cache is closed: cache=" + name);
    }
  }

  private void checkKey(K key) {
    checkOpen();
    checkType("key", Objects.requireNonNull(key, "key"), configuration.getKeyType());
  }

  private void check(K key, V value) {
    checkKey(key);
    checkType("value", Objects.requireNonNull(value, "value"), configuration.getValueType());
  }

  private void checkKeys(Set<? extends K> keys) {
    checkOpen();
    keys.forEach(this::checkKey);
  }

  private void checkType(String what, Object object, Class<?> type) {
    if (!type.isInstance(object)) {
      throw new ClassCastException(
          "a %s of the configured type is needed: cache=%s class=%s wanted=%s"
              .formatted(what, name, object.getClass().getName(), type.getName()));
    }
  }
}
