package io.tophash.sync.entry;

import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;

/**
 * The entries of an attached store of longs, without boxing; otherwise as {@link Entries}. An
 * absent key is answered with the value that the caller names for it.
 */
public interface LongTable {
  /** One walk, as {@link EntryWalk}. */
  interface Walk {
    boolean advance();

    long key();

    long value();
  }

  long get(long key, long missing);

  boolean containsKey(long key);

  /** The previous value, or {@code missing}. */
  long put(long key, long value, long missing);

  void set(long key, long value);

  /** The present value, or {@code missing} if the key was absent and has the given value now. */
  long putIfAbsent(long key, long value, long missing);

  long remove(long key, long missing);

  boolean delete(long key);

  /** Removes the key if its value is this one; named apart from {@link #remove}. */
  boolean removeIf(long key, long expected);

  boolean replace(long key, long expected, long value);

  /** The new value; an absent key counts as 0. */
  long addAndGet(long key, long delta);

  /** The previous value; an absent key counts as 0. */
  long getAndAdd(long key, long delta);

  /** How many of the keys were present; {@code values} is at least as long as {@code keys}. */
  int getAll(long[] keys, long[] values, long missing);

  /** Sets each key; {@code values} is as long as {@code keys}. */
  default void putAll(long[] keys, long[] values) {
    for (int i = 0; i < keys.length; i++) {
      set(keys[i], values[i]);
    }
  }

  Walk newWalk();

  void clear();

  long sizeLong();
}
