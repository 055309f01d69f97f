package io.tophash.cache;

/** Why a value is no longer in a cache. */
public enum RemovalCause {
  /** Somebody removed it, by its key, its tag, or all at once. */
  EXPLICIT,
  /** Somebody stored another value under its key. */
  REPLACED,
  /** Its time was over. */
  EXPIRED,
  /** The bound of the cache left no room for it. */
  SIZE;

  /** True if nobody asked for it: the cache removed the value by itself. */
  public boolean wasEvicted() {
    return this == EXPIRED || this == SIZE;
  }
}
