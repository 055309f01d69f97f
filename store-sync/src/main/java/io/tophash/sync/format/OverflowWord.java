package io.tophash.sync.format;

/**
 * The overflow word of a bucket: where the keys are that found it full, and a filter of them.
 *
 * <pre>
 * | 63 .. 16 filter | 15 0 | 14 .. 0 index of the next bucket of the chain + 1, or 0 |
 * </pre>
 *
 * The filter has one bit for each key that went on from this bucket, by the lowest 16 bits of its
 * hash: a Bloom filter with one hash function. Bits are set and never cleared. That of a read
 * bucket has the keys of the dirty table, too, whose home is this bucket.
 */
public final class OverflowWord {
  private static final int FILTER_SHIFT = 16;
  private static final int FILTER_BITS = 64 - FILTER_SHIFT;
  private static final int LINK_MASK = (1 << 15) - 1;

  private OverflowWord() {}

  /** Index of the next bucket plus 1, or 0. */
  public static int link(long word) {
    return (int) word & LINK_MASK;
  }

  /** The word after a key with this hash went on to the linked bucket. */
  public static long with(long word, int link, long hash) {
    return word & ~LINK_MASK | link | filter(hash);
  }

  /** The word after a key with this hash went to the dirty table. */
  public static long withDirty(long word, long hash) {
    return word | filter(hash);
  }

  /**
   * True if no key with this hash is behind a read bucket, neither in a chain nor in the dirty
   * table.
   */
  public static boolean excludes(long word, long hash) {
    return (word & filter(hash)) == 0;
  }

  /** False if no key with this hash went on from the bucket along its link. */
  public static boolean mayPass(long word, long hash) {
    return (word & filter(hash)) != 0;
  }

  private static long filter(long hash) {
    return 1L << FILTER_SHIFT + ((int) hash & 0xFFFF) * FILTER_BITS / (1 << 16);
  }
}
