package io.tophash.jcache;

import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import javax.cache.Cache;

/** The iterator of a cache: each entry that it returns is read and counted. For one thread. */
final class EntryIterator<K, V> implements Iterator<Cache.Entry<K, V>> {
  private final JCache<K, V> cache;
  private final Iterator<Map.Entry<K, V>> all;
  private final Changes<K, V> changes;
  private final Statistics statistics;

  /** What {@link #remove} removes, null if there is nothing. */
  private K last;

  /**
   * @param all the live entries
   */
  EntryIterator(
      JCache<K, V> cache,
      Iterator<Map.Entry<K, V>> all,
      Changes<K, V> changes,
      Statistics statistics) {
    this.cache = cache;
    this.all = all;
    this.changes = changes;
    this.statistics = statistics;
  }

  @Override
  public boolean hasNext() {
    cache.checkOpen();
    return all.hasNext();
  }

  @Override
  public Cache.Entry<K, V> next() {
    cache.checkOpen();
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
    cache.remove(last);
    last = null;
  }
}
