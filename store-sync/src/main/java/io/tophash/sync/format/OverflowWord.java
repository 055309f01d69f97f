package io.tophash.sync.format;

/**
 * The overflow word of a bucket: where the keys are that found it full, and a filter of them.
 *
 * <pre>
 * | 63 .. 16 filter | 15 .. 0 index of the next bucket of the chain + 1, or 0 |
 * </pre>
 *
 * The filter has one bit for each key that went on from this bucket, by the lowest 16 bits of its
 * hash: a Bloom filter with one hash function. Bits are set and never cleared.
 */
public final class OverflowWord {
  private static final int LINK_BITS = 16;
  private static final int FILTER_BITS = 64 - LINK_BITS;
  private static final int LINK_MASK = (1 << LINK_BITS) - 1;

  private OverflowWord() {}

  /** Index of the next bucket plus 1, or 0. */
  public static int link(long word) {
    return (int) word & LINK_MASK;
  }

  /** The word after a key with this hash went on to the linked bucket. */
  public static long with(long word, int link, long hash) {
    return word & ~LINK_MASK | link | filter(hash);
  }

  /** False if no key with this hash went on from the bucket. */
  public static boolean mayPass(long word, long hash) {
    return (word & filter(hash)) != 0;
  }

  private static long filter(long hash) {
    return 1L << LINK_BITS + ((int) hash & 0xFFFF) * FILTER_BITS / (1 << 16);
  }
}
