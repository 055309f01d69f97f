package io.tophash.jcache;

import io.tophash.cache.TophashCache;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.integration.CompletionListener;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;

/** A cache of JCache over a {@link TophashCache}. Thread-safe. */
final class JCache<K, V> implements Cache<K, V> {
  private final TophashCacheManager manager;
  private final String name;
  private final TophashConfiguration<K, V> configuration;
  private final OpenCache<K, V> open;
  private final Listeners<K, V> listeners;
  private final Changes<K, V> changes;
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
    return value == null && configuration.isReadThrough() && readThrough.hasLoader()
        ? readThrough.get(key)
        : value;
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
    if (!missing.isEmpty() && configuration.isReadThrough() && readThrough.hasLoader()) {
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
    if (!readThrough.hasLoader()) {
      if (completion != null) {
        completion.onCompletion();
      }
      return;
    }
    Set<K> wanted = new HashSet<>(keys);
    ForkJoinPool.commonPool().execute(() -> loadNow(wanted, replaceExisting, completion));
  }

  private void loadNow(Set<K> keys, boolean replaceExisting, CompletionListener completion) {
    try {
      if (!replaceExisting) {
        keys.removeIf(open.cache().asMap()::containsKey);
      }
      if (!keys.isEmpty()) {
        readThrough.loadAll(keys, this::store);
      }
    } catch (RuntimeException e) {
      if (completion != null) {
        completion.onException(e);
      }
      return;
    }
    if (completion != null) {
      completion.onCompletion();
    }
  }

  /** Stores what came from the loader, of which the writer need not hear. */
  private void store(K key, V value) {
    changes.change(key, live -> value);
  }

  // --- change ------------------------------------------------------------------------------------

  @Override
  public void put(K key, V value) {
    check(key, value);
    long start = statistics.start();
    boolean stored =
        changes.isPlain()
            ? changes.set(key, value)
            : changes.change(key, live -> changes.written(key, value)).stored();
    statistics.put(stored ? 1 : 0, start);
  }

  @Override
  public V getAndPut(K key, V value) {
    check(key, value);
    long start = statistics.start();
    Changes.Outcome<V> outcome = changes.change(key, live -> changes.written(key, value));
    statistics.got(outcome.existed(), start);
    statistics.put(outcome.stored() ? 1 : 0, start);
    return outcome.before();
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> values) {
    checkOpen();
    values.forEach(this::check);
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

  @Override
  public boolean putIfAbsent(K key, V value) {
    check(key, value);
    long start = statistics.start();
    Changes.Outcome<V> outcome =
        changes.change(
            key,
            live -> {
              if (live != null) {
                throw Changes.Keep.INSTANCE;
              }
              return changes.written(key, value);
            });
    statistics.got(outcome.existed(), start);
    statistics.put(outcome.stored() ? 1 : 0, start);
    return outcome.changed();
  }

  @Override
  public boolean remove(K key) {
    checkKey(key);
    long start = statistics.start();
    boolean removed = delete(key).removed();
    statistics.removed(removed, start);
    return removed;
  }

  @Override
  public V getAndRemove(K key) {
    checkKey(key);
    long start = statistics.start();
    Changes.Outcome<V> outcome = delete(key);
    statistics.got(outcome.existed(), start);
    statistics.removed(outcome.removed(), start);
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

  @Override
  public boolean remove(K key, V oldValue) {
    check(key, oldValue);
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
    statistics.got(outcome.existed(), start);
    statistics.removed(outcome.removed(), start);
    return outcome.removed();
  }

  @Override
  public boolean replace(K key, V oldValue, V newValue) {
    check(key, oldValue);
    check(key, newValue);
    return replace(key, Objects.requireNonNull(oldValue), newValue, false).changed();
  }

  @Override
  public boolean replace(K key, V value) {
    check(key, value);
    return replace(key, null, value, true).changed();
  }

  @Override
  public V getAndReplace(K key, V value) {
    check(key, value);
    return replace(key, null, value, true).before();
  }

  private Changes.Outcome<V> replace(K key, V expected, V value, boolean any) {
    long start = statistics.start();
    Changes.Outcome<V> outcome =
        changes.change(
            key,
            live -> {
              keepUnless(live != null && (any || Objects.deepEquals(live, expected)));
              return changes.written(key, value);
            });
    readIfKept(key, outcome);
    statistics.got(outcome.existed(), start);
    statistics.put(outcome.stored() ? 1 : 0, start);
    return outcome;
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

  @Override
  public void removeAll(Set<? extends K> keys) {
    checkKeys(keys);
    long start = statistics.start();
    changes.deleteAll(
        keys, key -> statistics.removed(changes.change(key, live -> null).removed(), start));
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
        new Processing<>(
            changes,
            processor,
            arguments,
            configuration.isReadThrough() && readThrough.hasLoader() ? readThrough::load : null);
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
      try {
        T result = invoke(key, processor, arguments);
        if (result != null) {
          results.put(key, () -> result);
        }
      } catch (RuntimeException e) {
        EntryProcessorException failure =
            e instanceof EntryProcessorException known ? known : new EntryProcessorException(e);
        results.put(
            key,
            () -> {
              throw failure;
            });
      }
    }
    return results;
  }

  // --- iteration ---------------------------------------------------------------------------------

  @Override
  public Iterator<Entry<K, V>> iterator() {
    checkOpen();
    Iterator<Map.Entry<K, V>> all = open.cache().asMap().entrySet().iterator();
    return new Iterator<>() {
      private K last;

      @Override
      public boolean hasNext() {
        checkOpen();
        return all.hasNext();
      }

      @Override
      public Entry<K, V> next() {
        checkOpen();
        if (!all.hasNext()) {
          throw new NoSuchElementException("the iteration is over");
        }
        long start = statistics.start();
        Map.Entry<K, V> entry = all.next();
        last = entry.getKey();
        changes.touch(last);
        statistics.got(true, start);
        return new JCacheEntry<>(last, entry.getValue());
      }

      @Override
      public void remove() {
        if (last == null) {
          throw new IllegalStateException("next() comes first");
        }
        JCache.this.remove(last);
        last = null;
      }
    };
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
