package io.tophash.spring;

import io.tophash.cache.TophashCache;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.springframework.cache.Cache;
import org.springframework.cache.support.AbstractValueAdaptingCache;

/**
 * A cache of Spring over a {@link TophashCache}, which is its native cache. Null values are kept as
 * such. Thread-safe.
 */
public final class TophashSpringCache extends AbstractValueAdaptingCache {
  private final String name;
  private final TophashCache<Object, Object> cache;

  /** What is being fetched by asynchronous methods, so that each key is fetched once. */
  private final ConcurrentMap<Object, CompletableFuture<Object>> fetching =
      new ConcurrentHashMap<>();

  /**
   * A cache of Spring.
   *
   * @param cache whose codec must write {@link org.springframework.cache.support.NullValue}, too
   */
  TophashSpringCache(String name, TophashCache<Object, Object> cache) {
    super(true);
    this.name = name;
    this.cache = cache;
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public TophashCache<Object, Object> getNativeCache() {
    return cache;
  }

  @Override
  protected Object lookup(Object key) {
    return cache.getIfPresent(key);
  }

  /**
   * {@inheritDoc} This is what {@code @Cacheable(sync = true)} calls: one thread calls the method,
   * the others that want the same key meanwhile wait and get its value.
   */
  @Override
  @SuppressWarnings("unchecked") // The caller says what type the value has.
  public <T> T get(Object key, Callable<T> valueLoader) {
    return (T) fromStoreValue(cache.get(key, k -> toStoreValue(call(key, valueLoader))));
  }

  private static Object call(Object key, Callable<?> valueLoader) {
    try {
      return valueLoader.call();
    } catch (Exception e) {
      throw new Cache.ValueRetrievalException(key, valueLoader, e);
    }
  }

  /** {@inheritDoc} The lookup is done when this returns; the future is complete. */
  @Override
  public CompletableFuture<?> retrieve(Object key) {
    Object stored = lookup(key);
    return stored == null ? null : CompletableFuture.completedFuture(toValueWrapper(stored));
  }

  /** {@inheritDoc} Each key is fetched once at a time; who asks meanwhile gets the same future. */
  @Override
  @SuppressWarnings("unchecked") // The caller says what type the value has.
  public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
    Object stored = lookup(key);
    if (stored != null) {
      return CompletableFuture.completedFuture((T) fromStoreValue(stored));
    }
    CompletableFuture<Object> mine = new CompletableFuture<>();
    CompletableFuture<Object> other = fetching.putIfAbsent(key, mine);
    if (other != null) {
      return (CompletableFuture<T>) other;
    }
    fetch(key, valueLoader, mine);
    return (CompletableFuture<T>) mine;
  }

  private <T> void fetch(
      Object key, Supplier<CompletableFuture<T>> valueLoader, CompletableFuture<Object> mine) {
    try {
      valueLoader
          .get()
          .whenComplete(
              (value, failure) -> {
                try {
                  if (failure == null) {
                    put(key, value);
                  }
                } finally {
                  fetching.remove(key, mine);
                  complete(mine, value, failure);
                }
              });
    } catch (RuntimeException e) {
      fetching.remove(key, mine);
      mine.completeExceptionally(e);
    }
  }

  private static void complete(CompletableFuture<Object> mine, Object value, Throwable failure) {
    if (failure == null) {
      mine.complete(value);
    } else {
      mine.completeExceptionally(failure);
    }
  }

  @Override
  public void put(Object key, Object value) {
    cache.put(key, toStoreValue(value));
  }

  @Override
  public ValueWrapper putIfAbsent(Object key, Object value) {
    return toValueWrapper(cache.asMap().putIfAbsent(key, toStoreValue(value)));
  }

  @Override
  public void evict(Object key) {
    cache.invalidate(key);
  }

  @Override
  public boolean evictIfPresent(Object key) {
    return cache.asMap().remove(key) != null;
  }

  @Override
  public void clear() {
    cache.invalidateAll();
  }

  @Override
  public boolean invalidate() {
    boolean any = !cache.asMap().isEmpty();
    cache.invalidateAll();
    return any;
  }
}
