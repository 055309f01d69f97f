package io.tophash.cache;

import io.tophash.sync.CacheStore;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters behind {@link CacheStats}. They are counted on the heap, and added to those of all
 * processes in the file now and then. Thread-safe.
 */
final class Counters {
  private static final int HITS = 0;
  private static final int MISSES = 1;
  private static final int LOADS = 2;
  private static final int FAILURES = 3;
  private static final int LOAD_NANOS = 4;
  private static final int STALE = 5;
  private static final int COUNT = 6;

  private final boolean records;
  private final LongAdder[] adders = new LongAdder[COUNT];
  private final long[] flushed = new long[COUNT];

  Counters(boolean records) {
    this.records = records;
    for (int i = 0; i < COUNT; i++) {
      adders[i] = new LongAdder();
    }
  }

  private void add(int counter, long more) {
    if (records) {
      adders[counter].add(more);
    }
  }

  void lookup(boolean hit) {
    add(hit ? HITS : MISSES, 1);
  }

  void lookups(boolean hit, long count) {
    add(hit ? HITS : MISSES, count);
  }

  void load(long values, boolean failed, long nanos) {
    add(LOADS, values);
    add(FAILURES, failed ? 1 : 0);
    add(LOAD_NANOS, nanos);
  }

  void stale() {
    add(STALE, 1);
  }

  /** Adds what was counted since the last time to the counters of all processes. */
  synchronized void flush(CacheStore<?, ?> cache) {
    for (int i = 0; records && i < COUNT; i++) {
      long sum = adders[i].sum();
      if (sum != flushed[i]) {
        cache.count(i, sum - flushed[i]);
        flushed[i] = sum;
      }
    }
  }

  CacheStats here(CacheStore<?, ?> cache) {
    long[] sums = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      sums[i] = adders[i].sum();
    }
    return stats(cache, sums);
  }

  static CacheStats ofAll(CacheStore<?, ?> cache) {
    long[] sums = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      sums[i] = cache.counter(i);
    }
    return stats(cache, sums);
  }

  private static CacheStats stats(CacheStore<?, ?> cache, long[] sums) {
    return new CacheStats(
        sums[HITS],
        sums[MISSES],
        sums[LOADS],
        sums[FAILURES],
        sums[LOAD_NANOS],
        sums[STALE],
        cache.evictedCount(),
        cache.expiredCount(),
        cache.rejectedCount());
  }
}
