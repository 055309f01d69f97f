package io.tophash.cache;

import java.time.Duration;

/**
 * How long each entry lives. Called by the thread that stores or reads, so it shall be quick. A
 * result of zero or less means that the entry has expired already: a stored value is not kept, and
 * whatever was there before goes. Results count in whole milliseconds, rounded up; what lies beyond
 * the year 10,000 counts as never.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
@FunctionalInterface
public interface Expiry<K, V> {
  /** How long a new entry lives. */
  Duration expireAfterCreate(K key, V value);

  /**
   * How long an entry lives after its value was replaced.
   *
   * @param current how long it would have lived on; {@link TophashCache#FOREVER} if for ever
   * @return null to leave that as it is; the default is {@link #expireAfterCreate}
   */
  default Duration expireAfterUpdate(K key, V value, Duration current) {
    return expireAfterCreate(key, value);
  }

  /**
   * How long an entry lives after it was read.
   *
   * @param current how long it would live on; {@link TophashCache#FOREVER} if for ever
   * @return null to leave that as it is, which is the default
   */
  default Duration expireAfterRead(K key, V value, Duration current) {
    return null;
  }
}
