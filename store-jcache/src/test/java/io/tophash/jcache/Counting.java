package io.tophash.jcache;

import java.net.URI;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.processor.EntryProcessor;

/** Adds to one entry of a cache in a directory; a process of {@link JCacheTest}. */
final class Counting {
  static final String CACHE = "counters";
  static final String KEY = "key";

  private Counting() {}

  static Cache<String, Long> open(CacheManager manager) {
    return manager.createCache(
        CACHE, new MutableConfiguration<String, Long>().setTypes(String.class, Long.class));
  }

  static void add(Cache<String, Long> cache, int times) {
    EntryProcessor<String, Long, Void> addOne =
        (entry, arguments) -> {
          entry.setValue(entry.exists() ? entry.getValue() + 1 : 1);
          return null;
        };
    for (int i = 0; i < times; i++) {
      cache.invoke(KEY, addOne);
    }
  }

  /**
   * @param args the directory's URI, how often
   */
  public static void main(String[] args) {
    CacheManager manager =
        Caching.getCachingProvider().getCacheManager(URI.create(args[0]), null, null);
    add(open(manager), Integer.parseInt(args[1]));
    manager.close();
  }
}
