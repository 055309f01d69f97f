package io.tophash.jcache;

import io.tophash.cache.TophashCache;
import io.tophash.cache.TophashCacheBuilder;

/** Opens the file of a cache; called again for each set of settings that is needed. */
interface CacheOpener<K, V> {
  /** A builder with the codecs of the cache. */
  TophashCacheBuilder<K, V> builder();

  /**
   * Opens the cache.
   *
   * @param before what was opened for the same cache before, null if nothing was
   */
  TophashCache<K, V> open(TophashCacheBuilder<K, V> builder, TophashCache<K, V> before);
}
