package io.tophash.sync.entry;

/**
 * One walk over the entries, in the order of the hash space: each key that stays is delivered
 * exactly once, and no lock is held between two steps. Used by one thread at a time.
 */
public interface EntryWalk<K, V> {
  /** Goes to the next entry; false if there is none. */
  boolean advance();

  /** Key of the entry that the last {@link #advance} reached. */
  K key();

  /** Its value, as it was when it was reached. */
  V value();
}
