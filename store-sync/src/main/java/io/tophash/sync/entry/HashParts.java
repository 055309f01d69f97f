package io.tophash.sync.entry;

import java.util.Arrays;

/**
 * Brings many things into the order of the upper bits of their keys' hashes, so that those of one
 * shard, and of one segment of it, come one after the other: each segment is in the caches, or in
 * memory at all, once for all of them. Of equal keys the later one stays the later one. The things
 * themselves are the caller's: he tells the hash of each, and asks for the place of each.
 *
 * <p>For one thread.
 */
final class HashParts {
  /** Fewer things than this are hardly more than one for each segment. */
  static final int WORTH_IT = 1 << 14;

  /** Most things that are put in order at once. */
  static final int MOST = 1 << 18;

  private static final int BITS = 12;

  private final short[] parts;
  // First the number of each part, one further on, then the place of its next thing.
  private final int[] places = new int[(1 << BITS) + 1];
  private int count;

  /**
   * @param most things that are put in order at once
   */
  HashParts(int most) {
    parts = new short[most];
  }

  /** Takes the hash of the next thing. */
  void add(long hash) {
    int part = (int) (hash >>> Long.SIZE - BITS);
    parts[count++] = (short) part;
    places[part + 1]++;
  }

  /** All have been taken; the places can be asked for, once for each, in the order of taking. */
  void order() {
    for (int part = 0; part < 1 << BITS; part++) {
      places[part + 1] += places[part];
    }
  }

  /** Where the i-th thing stands in order. */
  int place(int i) {
    return places[parts[i]]++;
  }

  /** Begins anew. */
  void clear() {
    Arrays.fill(places, 0);
    count = 0;
  }
}
