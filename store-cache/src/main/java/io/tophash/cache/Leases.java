package io.tophash.cache;

import io.tophash.sync.CacheStore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * At most one load of a key at a time, over all processes. Who wants to load a key that is absent
 * puts a lease in its place, by compare and set; a lease names its process. Who finds the lease of
 * a living process waits until it is gone. Who finds that of a dead one takes it over, which is one
 * compare and set, too. A load ends with the compare and set of its own lease to the value: so
 * whatever was stored or removed meanwhile stays, as it has replaced the lease. Thread-safe.
 */
final class Leases<K, V> {
  /** A lease outlives the loads that anybody waits for; then it goes as any entry does. */
  private static final long LEASE_MS = 3_600_000;

  private static final long FIRST_PAUSE_NANOS = 50_000;
  private static final long LAST_PAUSE_NANOS = 5_000_000;

  private final Entries<K, V> entries;
  private final CacheStore<K, Stored> cache;
  private final long timeoutNanos;
  private final AtomicLong number = new AtomicLong();

  /**
   * @param timeoutNanos how long to wait for another process
   */
  Leases(Entries<K, V> entries, long timeoutNanos) {
    this.entries = entries;
    this.cache = entries.cache();
    this.timeoutNanos = timeoutNanos;
  }

  /**
   * What {@link #acquire} came to.
   *
   * @param present the entry that the key has after all; null if it is to be loaded
   * @param lease this thread's; null if there is an entry, or the wait took too long
   */
  record Outcome(Stored present, Stored lease) {}

  /** Waits until the key is present, or this thread is the one to load it. */
  Outcome acquire(K key) {
    long start = System.nanoTime();
    long pause = FIRST_PAUSE_NANOS;
    while (true) {
      Outcome outcome = tryAcquire(key);
      if (outcome != null) {
        return outcome;
      }
      if (System.nanoTime() - start > timeoutNanos) {
        return new Outcome(null, null);
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(2 * pause, LAST_PAUSE_NANOS);
    }
  }

  /** The same without waiting; null if another process is loading the key. */
  Outcome tryAcquire(K key) {
    while (true) {
      Stored seen = entries.raw(key);
      if (entries.isLive(seen)) {
        return new Outcome(seen, null);
      }
      if (entries.isReadOnly()) {
        return new Outcome(null, null);
      }
      if (seen != null && seen.isLease() && cache.isAlive(seen.owner()) && !isLeft(seen)) {
        return null;
      }
      long now = entries.now();
      Stored lease =
          Stored.lease(
              Times.after(now, LEASE_MS),
              now,
              cache.self(),
              number.incrementAndGet() << 32 | System.identityHashCode(this),
              entries.stale(seen));
      if (entries.change(key, seen, lease)) {
        return new Outcome(null, lease);
      }
    }
  }

  /**
   * True if it is a lease of this very object: in this process only one thread loads a key, so the
   * one that took this lease was thrown out before it could give it up.
   */
  private boolean isLeft(Stored lease) {
    return lease.owner() == cache.self() && (int) lease.number() == System.identityHashCode(this);
  }

  /**
   * Ends a load that has brought a value.
   *
   * @param next what the key shall have, null for nothing
   * @return true if it has it; false if another came between, and stays
   */
  boolean end(K key, Stored lease, Stored next) {
    return entries.change(key, lease, next);
  }

  /** Ends a load that has brought nothing: what was there before is there again. */
  void giveUp(K key, Stored lease) {
    entries.change(key, lease, entries.stale(lease));
  }
}
