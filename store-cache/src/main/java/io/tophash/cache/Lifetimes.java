package io.tophash.cache;

import java.time.Duration;

/**
 * When entries expire: by the settings of a cache, or by its {@link Expiry}. Immutable.
 *
 * <p>Settings and an {@link Expiry} exclude each other. All times are milliseconds since 1970.
 */
final class Lifetimes<K, V> {
  /** A read moves the end of an entry only if that is at least this part of its time. */
  private static final int COARSE = 16;

  private final long afterWriteMs;
  private final long afterAccessMs;
  private final Expiry<? super K, ? super V> expiry;
  private final long staleMs;

  /**
   * @param afterWriteMs {@link Times#NEVER} if writing does not matter
   * @param afterAccessMs the same for reading
   * @param expiry null unless each entry has a time of its own
   */
  Lifetimes(
      long afterWriteMs, long afterAccessMs, Expiry<? super K, ? super V> expiry, long staleMs) {
    this.afterWriteMs = afterWriteMs;
    this.afterAccessMs = afterAccessMs;
    this.expiry = expiry;
    this.staleMs = staleMs;
  }

  /** For how long entries are kept after they have expired, in case that a loader fails. */
  long staleMs() {
    return staleMs;
  }

  /** True if what was there before decides when a stored value expires. */
  boolean looksAtPrevious() {
    return expiry != null;
  }

  /** True if reading an entry may move its end. */
  boolean readsCount() {
    return expiry != null || afterAccessMs != Times.NEVER;
  }

  /**
   * When a value that is stored now expires.
   *
   * @param previous the live entry that it replaces, null if there is none
   * @return not after now if it is not to be stored at all
   */
  long ofWrite(K key, V value, PutOptions options, Stored previous, long now) {
    if (options.ttl() != null) {
      return Times.after(now, Times.ms(options.ttl()));
    }
    if (expiry == null) {
      return Times.after(now, Math.min(afterWriteMs, afterAccessMs));
    }
    if (previous == null) {
      return Times.after(now, Times.ms(expiry.expireAfterCreate(key, value)));
    }
    Duration current = Times.between(now, previous.expires());
    Duration wanted = expiry.expireAfterUpdate(key, value, current);
    return wanted == null ? previous.expires() : Times.after(now, Times.ms(wanted));
  }

  /**
   * When an entry that is read now expires.
   *
   * @return its present time if that is not to be changed, or too little to be worth a change
   */
  long ofRead(K key, V value, Stored stored, long now) {
    long present = stored.expires();
    long wanted = present;
    long duration = afterAccessMs;
    if (expiry != null) {
      Duration after = expiry.expireAfterRead(key, value, Times.between(now, present));
      if (after == null) {
        return present;
      }
      duration = Times.ms(after);
      wanted = Times.after(now, duration);
    } else if (afterAccessMs != Times.NEVER) {
      // A time that put() was given ends when it ends.
      if (present > Times.after(now, afterAccessMs)) {
        return present;
      }
      wanted =
          Math.min(Times.after(stored.written(), afterWriteMs), Times.after(now, afterAccessMs));
    }
    return Math.abs(wanted - present) < Math.max(1, duration / COARSE) ? present : wanted;
  }
}
