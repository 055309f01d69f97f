package io.tophash.sync.entry;

import io.tophash.core.hash.KeyHash;

/**
 * Many entries of longs in the order of the upper bits of their hashes, so that those of one shard,
 * and of one segment of it, come one after the other: each is in the caches, or in memory at all,
 * once for all of them. Of equal keys the later one stays the later one.
 *
 * <p>For one thread.
 */
final class HashOrder {
  /** Fewer entries than this are hardly more than one for each segment. */
  static final int WORTH_IT = 1 << 14;

  /** Most entries that are put in order at once: 8 MiB of arrays. */
  static final int MOST = 1 << 18;

  private static final int BITS = 12;

  private final KeyHash keyHash;
  private final long[] keys;
  private final long[] values;
  private final short[] parts;

  /**
   * @param most entries that are taken at once
   */
  HashOrder(KeyHash keyHash, int most) {
    this.keyHash = keyHash;
    keys = new long[most];
    values = new long[most];
    parts = new short[most];
  }

  /** Takes entries of two arrays. */
  void take(long[] fromKeys, long[] fromValues, int from, int count) {
    int[] next = new int[(1 << BITS) + 1];
    for (int i = 0; i < count; i++) {
      int part = (int) (keyHash.ofLong(fromKeys[from + i]) >>> Long.SIZE - BITS);
      parts[i] = (short) part;
      next[part + 1]++;
    }
    for (int part = 0; part < 1 << BITS; part++) {
      next[part + 1] += next[part];
    }
    for (int i = 0; i < count; i++) {
      int at = next[parts[i]]++;
      keys[at] = fromKeys[from + i];
      values[at] = fromValues[from + i];
    }
  }

  /** The keys that were taken, in order. */
  long[] keys() {
    return keys;
  }

  /** Their values. */
  long[] values() {
    return values;
  }
}
