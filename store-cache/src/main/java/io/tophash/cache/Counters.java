package io.tophash.cache;

import java.util.concurrent.atomic.LongAdder;

/** The counters behind {@link CacheStats}. Thread-safe. */
final class Counters {
  private final boolean records;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder loads = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder loadNanos = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder expired = new LongAdder();

  Counters(boolean records) {
    this.records = records;
  }

  void lookup(boolean hit) {
    lookups(hit, 1);
  }

  void lookups(boolean hit, long count) {
    if (records) {
      (hit ? hits : misses).add(count);
    }
  }

  void load(long values, boolean failed, long nanos) {
    if (records) {
      loads.add(values);
      failures.add(failed ? 1 : 0);
      loadNanos.add(nanos);
    }
  }

  void stale() {
    if (records) {
      stale.increment();
    }
  }

  void expired() {
    if (records) {
      expired.increment();
    }
  }

  CacheStats snapshot() {
    return new CacheStats(
        hits.sum(),
        misses.sum(),
        loads.sum(),
        failures.sum(),
        loadNanos.sum(),
        stale.sum(),
        expired.sum());
  }
}
