package io.tophash.spring;

import io.tophash.cache.CacheFileNames;
import io.tophash.cache.ObjectCodec;
import io.tophash.cache.TophashCache;
import io.tophash.cache.TophashCacheBuilder;
import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/**
 * Spring's caches in a directory of files, which outlive the process and are shared by all
 * processes that name the directory; or, without a directory, in temporary files of this process.
 *
 * <pre>{@code
 * @Bean(destroyMethod = "close")
 * CacheManager cacheManager() {
 *   return TophashCacheManager.in(Path.of("/var/lib/shop"), "com.example.**;java.base/*;!*");
 * }
 * }</pre>
 *
 * <p>A cache is opened when it is first asked for. Keys and values may be of any class: strings,
 * longs, ints, UUIDs and byte arrays are written as such, all others by Java serialization, of
 * which the filter says what may be read. Thread-safe.
 */
public final class TophashCacheManager implements CacheManager, AutoCloseable {
  /** Null for temporary files. */
  private final Path directory;

  private final ClassLoader classLoader;
  private final ObjectInputFilter filter;
  private final ConcurrentMap<String, CacheSettings> settings = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, TophashSpringCache> caches = new ConcurrentHashMap<>();
  private volatile TophashCacheCustomizer customizer = (name, builder) -> {};
  private volatile CacheSettings defaults = new CacheSettings();
  private volatile Consumer<TophashSpringCache> onOpen = cache -> {};
  private volatile boolean closed;

  private TophashCacheManager(Path directory, ClassLoader classLoader, ObjectInputFilter filter) {
    this.directory = directory;
    this.classLoader = classLoader;
    this.filter = filter;
  }

  /**
   * Caches in a directory, which is made if it is not there.
   *
   * @param serialFilter which classes Java serialization may read, as a pattern of {@link
   *     ObjectInputFilter.Config#createFilter}: others may write to the directory
   * @throws StoreException if the directory cannot be made
   */
  public static TophashCacheManager in(Path directory, String serialFilter) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StoreException(
          "cannot make the directory of the caches: directory=" + directory, e);
    }
    return new TophashCacheManager(
        directory, loader(), ObjectInputFilter.Config.createFilter(serialFilter));
  }

  /** Caches in temporary files, which are deleted when the manager is closed. */
  public static TophashCacheManager temporary() {
    return new TophashCacheManager(null, loader(), null);
  }

  private static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context != null ? context : TophashCacheManager.class.getClassLoader();
  }

  /** Settings of caches that have none of their own; for those that are opened from now on. */
  public TophashCacheManager defaults(CacheSettings all) {
    defaults = Objects.requireNonNull(all, "all");
    return this;
  }

  /** Settings of a cache; they apply when it is opened. */
  public TophashCacheManager configure(String name, CacheSettings each) {
    settings.put(name, each);
    return this;
  }

  /** What each cache is customized by that is opened from now on, after its settings. */
  public TophashCacheManager customizer(TophashCacheCustomizer each) {
    customizer = Objects.requireNonNull(each, "each");
    return this;
  }

  /** Who hears of each cache when it has been opened, also of those that are open already. */
  void onOpen(Consumer<TophashSpringCache> listener) {
    onOpen = listener;
    caches.values().forEach(listener);
  }

  /**
   * {@inheritDoc} It is opened if it was not asked for before.
   *
   * @throws StoreException if it cannot be opened; the message says why
   * @throws IllegalStateException if the manager is closed
   */
  @Override
  public Cache getCache(String name) {
    if (closed) {
      throw new IllegalStateException("the manager is closed: directory=" + directory);
    }
    TophashSpringCache cache = caches.get(name);
    return cache != null ? cache : caches.computeIfAbsent(name, this::open);
  }

  private TophashSpringCache open(String name) {
    ObjectCodec<Object> objects =
        new ObjectCodec<>(classLoader, filter, true, CacheSerializationException::new);
    TophashCacheBuilder<Object, Object> builder =
        TophashCache.<Object, Object>builder(objects, new NullableCodec(objects)).recordStats();
    settings.getOrDefault(name, defaults).applyTo(builder);
    customizer.customize(name, builder);
    TophashSpringCache cache =
        new TophashSpringCache(
            name,
            directory == null
                ? builder.openTemporary()
                : builder.open(CacheFileNames.file(directory, name)));
    onOpen.accept(cache);
    return cache;
  }

  /** {@inheritDoc} Those that are open or configured. */
  @Override
  public Collection<String> getCacheNames() {
    Map<String, ?> open = caches;
    TreeSet<String> names = new TreeSet<>(open.keySet());
    names.addAll(settings.keySet());
    return names;
  }

  /** The caches that are open. */
  Collection<TophashSpringCache> open() {
    return caches.values();
  }

  /** Closes all caches. Entries in a directory stay. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
    caches.values().forEach(cache -> cache.getNativeCache().close());
  }
}
