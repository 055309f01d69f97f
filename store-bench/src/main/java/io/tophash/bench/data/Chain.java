package io.tophash.bench.data;

import java.util.SplittableRandom;

/**
 * The entries of a benchmark: the value of each key is another key, and these steps form one cycle
 * through all keys in random order. So lookups can be made to wait for each other without ever
 * falling into a short cycle.
 */
public final class Chain {
  private static final long SEED = 0x7061_7468L;

  private final int[] next;

  /**
   * Makes the cycle, the same one for each call.
   *
   * @param entries number of entries, at least 2
   */
  public Chain(int entries) {
    if (entries < 2) {
      throw new IllegalArgumentException("a chain needs 2 entries, entries=" + entries);
    }
    next = cycle(entries);
  }

  /** A random permutation that is one cycle (Sattolo's algorithm), the same one for each call. */
  public static int[] cycle(int length) {
    int[] cycle = new int[length];
    for (int i = 0; i < length; i++) {
      cycle[i] = i;
    }
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = length - 1; i > 0; i--) {
      int j = random.nextInt(i);
      int swapped = cycle[i];
      cycle[i] = cycle[j];
      cycle[j] = swapped;
    }
    return cycle;
  }

  /** Number of entries. */
  public int entries() {
    return next.length;
  }

  /** The key of an entry, in the order in which stores are filled. */
  public long key(int index) {
    return Keys.key(index);
  }

  /** The value of an entry: the key of the next one on the cycle. */
  public long value(int index) {
    return Keys.key(next[index]);
  }

  /** The checksum over all entries, in any order. */
  public long checksum() {
    long sum = 0;
    for (int i = 0; i < next.length; i++) {
      sum += Keys.fold(key(i), value(i));
    }
    return sum;
  }
}
