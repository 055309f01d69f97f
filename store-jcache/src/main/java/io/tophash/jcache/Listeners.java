package io.tophash.jcache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.cache.Cache;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.Factory;
import javax.cache.event.CacheEntryCreatedListener;
import javax.cache.event.CacheEntryEvent;
import javax.cache.event.CacheEntryEventFilter;
import javax.cache.event.CacheEntryExpiredListener;
import javax.cache.event.CacheEntryListener;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.CacheEntryRemovedListener;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.event.EventType;

/**
 * Who hears of the changes that this process makes to a cache. Synchronous listeners are called by
 * the thread that made the change, after it; the others by one thread of the cache, in the order of
 * the calls. Thread-safe.
 */
final class Listeners<K, V> implements AutoCloseable {
  private final Cache<K, V> source;
  private final List<Registration<K, V>> registrations = new CopyOnWriteArrayList<>();

  /** Null until the first asynchronous listener is registered; guarded by this. */
  private ExecutorService executor;

  Listeners(Cache<K, V> source) {
    this.source = source;
  }

  private record Registration<K, V>(
      CacheEntryListenerConfiguration<K, V> configuration,
      CacheEntryListener<? super K, ? super V> listener,
      CacheEntryEventFilter<? super K, ? super V> filter) {}

  void register(CacheEntryListenerConfiguration<K, V> configuration) {
    Factory<CacheEntryEventFilter<? super K, ? super V>> filter =
        configuration.getCacheEntryEventFilterFactory();
    registrations.add(
        new Registration<>(
            configuration,
            configuration.getCacheEntryListenerFactory().create(),
            filter == null ? null : filter.create()));
    if (!configuration.isSynchronous()) {
      synchronized (this) {
        if (executor == null) {
          executor =
              Executors.newSingleThreadExecutor(
                  task -> {
                    Thread thread = new Thread(task, "tophash-listeners-" + source.getName());
                    thread.setDaemon(true);
                    return thread;
                  });
        }
      }
    }
  }

  void deregister(CacheEntryListenerConfiguration<K, V> configuration) {
    registrations.removeIf(
        registration -> {
          boolean removed = registration.configuration().equals(configuration);
          if (removed) {
            Resources.close(registration.listener());
          }
          return removed;
        });
  }

  /** False if a change need not be told to anybody. */
  boolean any() {
    return !registrations.isEmpty();
  }

  /** True if somebody wants to hear of entries that expire. */
  boolean anyForExpired() {
    return registrations.stream().anyMatch(r -> r.listener() instanceof CacheEntryExpiredListener);
  }

  void created(K key, V value) {
    tell(EventType.CREATED, key, value, null);
  }

  void updated(K key, V value, V old) {
    tell(EventType.UPDATED, key, value, old);
  }

  void removed(K key, V old) {
    tell(EventType.REMOVED, key, null, old);
  }

  void expired(K key, V old) {
    tell(EventType.EXPIRED, key, null, old);
  }

  private void tell(EventType type, K key, V value, V old) {
    for (Registration<K, V> registration : registrations) {
      if (registration.configuration().isSynchronous()) {
        tell(registration, type, key, value, old);
      } else {
        later(() -> tell(registration, type, key, value, old));
      }
    }
  }

  private synchronized void later(Runnable task) {
    if (executor != null && !executor.isShutdown()) {
      executor.execute(task);
    }
  }

  private void tell(Registration<K, V> to, EventType type, K key, V value, V old) {
    boolean withOld = to.configuration().isOldValueRequired() && old != null;
    boolean gone = type == EventType.REMOVED || type == EventType.EXPIRED;
    V shownOld = withOld ? old : null;
    Event<K, V> event = new Event<>(source, type, key, gone ? shownOld : value, shownOld);
    try {
      if (to.filter() == null || to.filter().evaluate(event)) {
        call(to.listener(), type, List.of(event));
      }
    } catch (CacheEntryListenerException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new CacheEntryListenerException("a listener failed: cache=" + source.getName(), e);
    }
  }

  // The factories give listeners of supertypes of K and V, and the interfaces take events of
  // subtypes, which events of K and V are; the compiler cannot be told.
  @SuppressWarnings("unchecked")
  private static <K, V> void call(
      CacheEntryListener<? super K, ? super V> listener,
      EventType type,
      Iterable<CacheEntryEvent<? extends K, ? extends V>> events) {
    switch (type) {
      case CREATED -> {
        if (listener instanceof CacheEntryCreatedListener<?, ?> hears) {
          ((CacheEntryCreatedListener<K, V>) hears).onCreated(events);
        }
      }
      case UPDATED -> {
        if (listener instanceof CacheEntryUpdatedListener<?, ?> hears) {
          ((CacheEntryUpdatedListener<K, V>) hears).onUpdated(events);
        }
      }
      case REMOVED -> {
        if (listener instanceof CacheEntryRemovedListener<?, ?> hears) {
          ((CacheEntryRemovedListener<K, V>) hears).onRemoved(events);
        }
      }
      case EXPIRED -> {
        if (listener instanceof CacheEntryExpiredListener<?, ?> hears) {
          ((CacheEntryExpiredListener<K, V>) hears).onExpired(events);
        }
      }
    }
  }

  @Override
  public void close() {
    registrations.forEach(registration -> Resources.close(registration.listener()));
    synchronized (this) {
      if (executor != null) {
        executor.shutdown();
      }
    }
  }

  /** One change of one entry. */
  private static final class Event<K, V> extends CacheEntryEvent<K, V> {
    private static final long serialVersionUID = 1L;

    private final transient K key;
    private final transient V value;
    private final transient V old;

    Event(Cache<K, V> source, EventType type, K key, V value, V old) {
      super(source, type);
      this.key = key;
      this.value = value;
      this.old = old;
    }

    @Override
    public K getKey() {
      return key;
    }

    @Override
    public V getValue() {
      return value;
    }

    @Override
    public V getOldValue() {
      return old;
    }

    @Override
    public boolean isOldValueAvailable() {
      return old != null;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
      return Unwrap.as(this, type);
    }
  }
}
