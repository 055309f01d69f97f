package io.tophash.jcache;

import io.tophash.cache.CacheFileNames;
import io.tophash.cache.ObjectCodec;
import io.tophash.cache.TophashCache;
import io.tophash.cache.TophashCacheBuilder;
import io.tophash.core.codec.Codec;
import io.tophash.core.errors.StoreException;
import java.io.ObjectInputFilter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.spi.CachingProvider;

/**
 * The caches of one directory, or the temporary ones of this process. Got from {@link
 * TophashCachingProvider}. Thread-safe.
 *
 * <p>A cache's entries are in its file; its configuration is not, so that each process creates the
 * caches that it uses. Several managers, in one process or several, may have a cache open at the
 * same time: they share its entries, and each has listeners, a loader and statistics of its own.
 */
public final class TophashCacheManager implements CacheManager {
  /**
   * Property of a manager: which classes Java serialization may read, as a pattern of {@link
   * ObjectInputFilter.Config#createFilter}.
   */
  public static final String SERIAL_FILTER = "tophash.serial-filter";

  private final CachingProvider provider;
  private final URI uri;
  private final ClassLoader classLoader;
  private final Properties properties;

  /** Null for temporary caches. */
  private final Path directory;

  /** The caches that are open here, by their names; guarded by itself. */
  private final Map<String, JCache<?, ?>> caches = new LinkedHashMap<>();

  private volatile boolean closed;

  TophashCacheManager(
      TophashCachingProvider provider, URI uri, ClassLoader classLoader, Properties properties) {
    this.provider = provider;
    this.uri = uri;
    this.classLoader = classLoader;
    this.properties = new Properties();
    this.properties.putAll(properties);
    this.directory = CacheDirectory.of(uri);
  }

  /**
   * {@inheritDoc} In a directory, a cache of this name that was there is opened with its entries.
   *
   * @throws CacheException if the manager has the cache, or its file cannot be opened: the
   *     directory may not be written to, the file was made with other codecs, or is damaged
   * @throws UnsupportedOperationException if values are to be stored by reference
   */
  @Override
  public <K, V, C extends Configuration<K, V>> Cache<K, V> createCache(
      String cacheName, C configuration) {
    checkOpen();
    Objects.requireNonNull(cacheName, "cacheName");
    Objects.requireNonNull(configuration, "configuration");
    if (!configuration.isStoreByValue()) {
      throw new UnsupportedOperationException(
          "values are stored by their bytes, not by reference: cache=" + cacheName);
    }
    synchronized (caches) {
      if (caches.containsKey(cacheName)) {
        throw new CacheException("the manager has this cache already: cache=" + cacheName);
      }
      TophashConfiguration<K, V> ours = complete(configuration);
      JCache<K, V> cache;
      try {
        cache = new JCache<>(this, cacheName, ours, new Opener<>(cacheName, ours));
      } catch (StoreException e) {
        throw new CacheException(
            "cannot open a cache: cache=" + cacheName + ": " + e.getMessage(), e);
      }
      caches.put(cacheName, cache);
      if (ours.isStatisticsEnabled()) {
        cache.setStatistics(true);
      }
      if (ours.isManagementEnabled()) {
        cache.setManagement(true);
      }
      return cache;
    }
  }

  private static <K, V> TophashConfiguration<K, V> complete(Configuration<K, V> given) {
    if (given instanceof CompleteConfiguration<K, V> all) {
      return new TophashConfiguration<>(all);
    }
    MutableConfiguration<K, V> types = new MutableConfiguration<>();
    types.setTypes(given.getKeyType(), given.getValueType());
    return new TophashConfiguration<>(types);
  }

  /** Opens the file of a cache with its codecs. */
  private final class Opener<K, V> implements CacheOpener<K, V> {
    private final String cacheName;
    private final TophashConfiguration<K, V> configuration;

    Opener(String cacheName, TophashConfiguration<K, V> configuration) {
      this.cacheName = cacheName;
      this.configuration = configuration;
    }

    @Override
    public TophashCacheBuilder<K, V> builder() {
      Codec<K> keys = configuration.getKeyCodec();
      Codec<V> values = configuration.getValueCodec();
      TophashCacheBuilder<K, V> builder =
          TophashCache.builder(
              keys != null ? keys : CodecChoice.of(configuration.getKeyType(), others()),
              values != null ? values : CodecChoice.of(configuration.getValueType(), others()));
      configuration.applyTo(builder);
      return builder;
    }

    private <T> ObjectCodec<T> others() {
      ObjectInputFilter filter = configuration.getSerialFilter();
      String pattern = properties.getProperty(SERIAL_FILTER);
      if (filter == null && pattern != null) {
        filter = ObjectInputFilter.Config.createFilter(pattern);
      }
      boolean isFiltered = filter != null || ObjectInputFilter.Config.getSerialFilter() != null;
      return new ObjectCodec<>(
          classLoader, filter, directory == null || isFiltered, CacheException::new);
    }

    @Override
    public TophashCache<K, V> open(TophashCacheBuilder<K, V> builder, TophashCache<K, V> before) {
      if (before != null) {
        return builder.open(before.path());
      }
      return directory == null
          ? builder.openTemporary()
          : builder.open(CacheFileNames.file(directory, cacheName));
    }
  }

  @Override
  public <K, V> Cache<K, V> getCache(String cacheName, Class<K> keyType, Class<V> valueType) {
    Objects.requireNonNull(keyType, "keyType");
    Objects.requireNonNull(valueType, "valueType");
    Cache<K, V> cache = getCache(cacheName);
    if (cache != null) {
      Configuration<?, ?> configuration = cache.getConfiguration(configurationType());
      checkType(cacheName, "key", configuration.getKeyType(), keyType);
      checkType(cacheName, "value", configuration.getValueType(), valueType);
    }
    return cache;
  }

  @SuppressWarnings("unchecked")
  private static <K, V> Class<Configuration<K, V>> configurationType() {
    return (Class<Configuration<K, V>>) (Class<?>) Configuration.class;
  }

  private static void checkType(String name, String what, Class<?> configured, Class<?> wanted) {
    if (!configured.equals(wanted)) {
      throw new ClassCastException(
          "the cache has another %s type: cache=%s configured=%s wanted=%s"
              .formatted(what, name, configured.getName(), wanted.getName()));
    }
  }

  // JCache leaves it to the caller to ask for the types that the cache has.
  @Override
  @SuppressWarnings("unchecked")
  public <K, V> Cache<K, V> getCache(String cacheName) {
    checkOpen();
    Objects.requireNonNull(cacheName, "cacheName");
    synchronized (caches) {
      return (Cache<K, V>) caches.get(cacheName);
    }
  }

  @Override
  public Iterable<String> getCacheNames() {
    checkOpen();
    synchronized (caches) {
      return List.copyOf(new TreeSet<>(caches.keySet()));
    }
  }

  /**
   * {@inheritDoc} All its entries are removed, for all processes; in a directory the file itself
   * stays, as others may have it open: they go on with an empty cache.
   */
  @Override
  public void destroyCache(String cacheName) {
    checkOpen();
    Objects.requireNonNull(cacheName, "cacheName");
    JCache<?, ?> cache;
    synchronized (caches) {
      cache = caches.get(cacheName);
    }
    if (cache != null) {
      try {
        cache.clear();
      } catch (IllegalStateException e) {
        return; // Another thread has closed it first.
      }
      cache.close();
    }
  }

  void forget(JCache<?, ?> cache) {
    synchronized (caches) {
      caches.remove(cache.getName(), cache);
    }
  }

  @Override
  public void enableManagement(String cacheName, boolean enabled) {
    JCache<?, ?> cache = ours(cacheName);
    if (cache != null) {
      cache.setManagement(enabled);
    }
  }

  @Override
  public void enableStatistics(String cacheName, boolean enabled) {
    JCache<?, ?> cache = ours(cacheName);
    if (cache != null) {
      cache.setStatistics(enabled);
    }
  }

  private JCache<?, ?> ours(String cacheName) {
    return (JCache<?, ?>) getCache(cacheName);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the manager is closed: uri=" + uri);
    }
  }

  @Override
  public CachingProvider getCachingProvider() {
    return provider;
  }

  @Override
  public URI getURI() {
    return uri;
  }

  @Override
  public ClassLoader getClassLoader() {
    return classLoader;
  }

  @Override
  public Properties getProperties() {
    Properties copy = new Properties();
    copy.putAll(properties);
    return copy;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  /** {@inheritDoc} Entries in a directory stay; temporary caches are deleted. */
  @Override
  public void close() {
    List<JCache<?, ?>> open;
    synchronized (caches) {
      if (closed) {
        return;
      }
      closed = true;
      open = new ArrayList<>(caches.values());
    }
    ((TophashCachingProvider) provider).forget(this);
    open.forEach(JCache::close);
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.as(this, type);
  }
}
