package io.tophash.cache;

import java.time.Instant;

/**
 * What stands in the file under a key, be it present or not: for who looks into a cache.
 *
 * @param key the key
 * @param value its value; null while the key is being loaded for the first time
 * @param state whether it is present
 * @param writtenAt when the value was stored, or the load begun
 * @param expiresAt from when on it is absent; null for never
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public record CacheRecord<K, V>(K key, V value, State state, Instant writtenAt, Instant expiresAt) {
  /** Whether lookups find it. */
  public enum State {
    /** It is present. */
    LIVE,
    /** Its time is over; the record goes with the next sweep that finds it worth it. */
    EXPIRED,
    /** Its tag was invalidated. */
    INVALIDATED,
    /** Some process is loading the key. */
    LOADING
  }
}
