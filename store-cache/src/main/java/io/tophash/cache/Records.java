package io.tophash.cache;

import java.time.Instant;
import java.util.Iterator;
import java.util.Map;

/** Walks over all that stands in the file of a cache. For one thread. */
final class Records<K, V> implements Iterator<CacheRecord<K, V>> {
  private final Entries<K, V> entries;
  private final Iterator<Map.Entry<K, Stored>> all;

  Records(Entries<K, V> entries) {
    this.entries = entries;
    this.all = entries.store().entrySet().iterator();
  }

  @Override
  public boolean hasNext() {
    return all.hasNext();
  }

  @Override
  public CacheRecord<K, V> next() {
    Map.Entry<K, Stored> next = all.next();
    Stored stored = next.getValue();
    Stored value = stored.isLease() ? stored.beforeLease() : stored;
    return new CacheRecord<>(
        next.getKey(),
        entries.decode(value),
        state(stored),
        Instant.ofEpochMilli(stored.written()),
        stored.expires() == Times.NEVER ? null : Instant.ofEpochMilli(stored.expires()));
  }

  private CacheRecord.State state(Stored stored) {
    if (entries.isLive(stored)) {
      return CacheRecord.State.LIVE;
    }
    if (stored.isLease()) {
      return CacheRecord.State.LOADING;
    }
    boolean isOver = stored.expires() != Times.NEVER && stored.expires() <= entries.now();
    return isOver ? CacheRecord.State.EXPIRED : CacheRecord.State.INVALIDATED;
  }
}
