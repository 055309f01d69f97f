package io.tophash.jcache;

import javax.cache.CacheException;

/** Closes what a cache was given, if it can be closed. Stateless. */
final class Resources {
  private Resources() {}

  static void close(Object resource) {
    if (resource instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new CacheException(
            "cannot close what the cache was given: class=" + resource.getClass().getName(), e);
      }
    }
  }
}
