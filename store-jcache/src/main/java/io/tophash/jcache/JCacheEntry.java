package io.tophash.jcache;

import javax.cache.Cache;

/** An entry as it was when it was read. Immutable. */
record JCacheEntry<K, V>(K getKey, V getValue) implements Cache.Entry<K, V> {
  @Override
  public <T> T unwrap(Class<T> type) {
    return Unwrap.as(this, type);
  }
}
