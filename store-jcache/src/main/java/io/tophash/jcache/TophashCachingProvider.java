package io.tophash.jcache;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.WeakHashMap;
import javax.cache.CacheManager;
import javax.cache.configuration.OptionalFeature;
import javax.cache.spi.CachingProvider;

/**
 * The provider that {@link javax.cache.Caching} finds.
 *
 * <p>The URI of a manager is a directory of store files, {@code file:/var/lib/caches/}: its caches
 * outlive the process, and all processes that name the directory share them. The default URI,
 * {@link #TEMPORARY}, gives caches that are this process's own and go with it.
 *
 * <p>Thread-safe.
 */
public final class TophashCachingProvider implements CachingProvider {
  /** The URI of the manager whose caches are deleted when they are closed. */
  public static final URI TEMPORARY = URI.create("tophash:temporary");

  /** Guarded by itself. */
  private final Map<ClassLoader, Map<URI, TophashCacheManager>> managers = new WeakHashMap<>();

  /** Called by {@link javax.cache.Caching}. */
  public TophashCachingProvider() {}

  @Override
  public CacheManager getCacheManager(URI uri, ClassLoader classLoader, Properties properties) {
    URI wanted = uri == null ? getDefaultURI() : uri;
    ClassLoader loader = classLoader == null ? getDefaultClassLoader() : classLoader;
    Properties given = properties == null ? getDefaultProperties() : properties;
    synchronized (managers) {
      return managers
          .computeIfAbsent(loader, key -> new HashMap<>())
          .computeIfAbsent(wanted, key -> new TophashCacheManager(this, key, loader, given));
    }
  }

  @Override
  public CacheManager getCacheManager(URI uri, ClassLoader classLoader) {
    return getCacheManager(uri, classLoader, null);
  }

  @Override
  public CacheManager getCacheManager() {
    return getCacheManager(null, null, null);
  }

  @Override
  public ClassLoader getDefaultClassLoader() {
    return TophashCachingProvider.class.getClassLoader();
  }

  @Override
  public URI getDefaultURI() {
    return TEMPORARY;
  }

  @Override
  public Properties getDefaultProperties() {
    return new Properties();
  }

  @Override
  public void close() {
    closeAll(take(null, null));
  }

  @Override
  public void close(ClassLoader classLoader) {
    closeAll(take(classLoader == null ? getDefaultClassLoader() : classLoader, null));
  }

  @Override
  public void close(URI uri, ClassLoader classLoader) {
    closeAll(
        take(
            classLoader == null ? getDefaultClassLoader() : classLoader,
            uri == null ? getDefaultURI() : uri));
  }

  /** Takes managers out; null stands for all. */
  private List<TophashCacheManager> take(ClassLoader loader, URI uri) {
    List<TophashCacheManager> taken = new ArrayList<>();
    synchronized (managers) {
      managers.forEach(
          (eachLoader, byUri) -> {
            if (loader == null || loader == eachLoader) {
              byUri.forEach(
                  (eachUri, manager) -> {
                    if (uri == null || uri.equals(eachUri)) {
                      taken.add(manager);
                    }
                  });
            }
          });
      taken.forEach(this::forget);
    }
    return taken;
  }

  private static void closeAll(List<TophashCacheManager> taken) {
    taken.forEach(TophashCacheManager::close);
  }

  /** A manager that is closed is not given out again. */
  void forget(TophashCacheManager manager) {
    synchronized (managers) {
      Map<URI, TophashCacheManager> byUri = managers.get(manager.getClassLoader());
      if (byUri != null) {
        byUri.remove(manager.getURI(), manager);
      }
    }
  }

  @Override
  public boolean isSupported(OptionalFeature feature) {
    return false; // Values are always stored by their bytes.
  }
}
