package io.tophash.jcache;

import java.util.concurrent.atomic.LongAdder;
import javax.cache.management.CacheStatisticsMXBean;

/**
 * What this process's use of a cache has counted, since it was created here or cleared. Counts
 * nothing while it is off. Thread-safe.
 */
final class Statistics implements CacheStatisticsMXBean {
  private static final float NANOS_PER_MICRO = 1000f;

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder puts = new LongAdder();
  private final LongAdder removals = new LongAdder();
  private final LongAdder evictions = new LongAdder();
  private final LongAdder getNanos = new LongAdder();
  private final LongAdder putNanos = new LongAdder();
  private final LongAdder removeNanos = new LongAdder();
  private volatile boolean on;

  void setOn(boolean value) {
    on = value;
  }

  boolean isOn() {
    return on;
  }

  /** The time to hand to the methods that count, when the operation is done. */
  long start() {
    return on ? System.nanoTime() : 0;
  }

  void got(boolean hit, long start) {
    if (on) {
      (hit ? hits : misses).increment();
      getNanos.add(System.nanoTime() - start);
    }
  }

  void put(long count, long start) {
    if (on && count > 0) {
      puts.add(count);
      putNanos.add(System.nanoTime() - start);
    }
  }

  void removed(boolean removed, long start) {
    if (on && removed) {
      removals.increment();
      removeNanos.add(System.nanoTime() - start);
    }
  }

  void evicted() {
    if (on) {
      evictions.increment();
    }
  }

  @Override
  public void clear() {
    for (LongAdder each :
        new LongAdder[] {
          hits, misses, puts, removals, evictions, getNanos, putNanos, removeNanos
        }) {
      each.reset();
    }
  }

  @Override
  public long getCacheHits() {
    return hits.sum();
  }

  @Override
  public float getCacheHitPercentage() {
    return percentage(getCacheHits());
  }

  @Override
  public long getCacheMisses() {
    return misses.sum();
  }

  @Override
  public float getCacheMissPercentage() {
    return percentage(getCacheMisses());
  }

  private float percentage(long part) {
    long all = getCacheGets();
    return all == 0 ? 0 : (float) part / all * 100;
  }

  @Override
  public long getCacheGets() {
    return getCacheHits() + getCacheMisses();
  }

  @Override
  public long getCachePuts() {
    return puts.sum();
  }

  @Override
  public long getCacheRemovals() {
    return removals.sum();
  }

  @Override
  public long getCacheEvictions() {
    return evictions.sum();
  }

  @Override
  public float getAverageGetTime() {
    return averageMicros(getNanos, getCacheGets());
  }

  @Override
  public float getAveragePutTime() {
    return averageMicros(putNanos, getCachePuts());
  }

  @Override
  public float getAverageRemoveTime() {
    return averageMicros(removeNanos, getCacheRemovals());
  }

  private static float averageMicros(LongAdder nanos, long count) {
    return count == 0 ? 0 : nanos.sum() / NANOS_PER_MICRO / count;
  }
}
