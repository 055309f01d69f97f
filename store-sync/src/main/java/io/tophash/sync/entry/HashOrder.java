package io.tophash.sync.entry;

import io.tophash.core.hash.KeyHash;

/**
 * Many entries of longs in the order of {@link HashParts}.
 *
 * <p>For one thread.
 */
final class HashOrder {
  private final KeyHash keyHash;
  private final long[] keys;
  private final long[] values;
  private final HashParts parts;

  /**
   * @param most entries that are taken at once
   */
  HashOrder(KeyHash keyHash, int most) {
    this.keyHash = keyHash;
    keys = new long[most];
    values = new long[most];
    parts = new HashParts(most);
  }

  /** Takes entries of two arrays. */
  void take(long[] fromKeys, long[] fromValues, int from, int count) {
    parts.clear();
    for (int i = 0; i < count; i++) {
      parts.add(keyHash.ofLong(fromKeys[from + i]));
    }
    parts.order();
    for (int i = 0; i < count; i++) {
      int at = parts.place(i);
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
