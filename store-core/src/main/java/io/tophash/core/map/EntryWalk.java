package io.tophash.core.map;

/**
 * One walk over the entries: each key that stays is delivered exactly once, and nothing is held
 * between two steps. Used by one thread at a time.
 */
public interface EntryWalk<K, V> {
  /** Goes to the next entry; false if there is none. */
  boolean advance();

  /** Key of the entry that the last {@link #advance} reached. */
  K key();

  /** Its value, as it was when it was reached. */
  V value();

  /**
   * Called before an entry is delivered that was reached earlier. A walk whose entries change only
   * between its calls brings it up to date: an update shows its latest value, a deleted entry gives
   * way to the next one.
   */
  default void refresh() {}
}
