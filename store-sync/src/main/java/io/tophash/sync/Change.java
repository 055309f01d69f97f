package io.tophash.sync;

/**
 * One change of a store, as {@link Changes} deliver it.
 *
 * @param what was done
 * @param key whose entry it was; null if all keys of the shard are gone
 * @param value that the key has now; null if it is gone
 * @param shard number of the shard: changes of one come in the order in which they were made
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public record Change<K, V>(What what, K key, V value, int shard) {
  /** What may be done. */
  public enum What {
    /** The key has this value now, by whichever method. */
    SET,
    /** The key is gone. */
    DELETED,
    /** All keys of the shard are gone: a part of {@link SyncStore#clear}. */
    CLEARED
  }
}
