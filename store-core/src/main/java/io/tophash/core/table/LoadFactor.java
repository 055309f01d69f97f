package io.tophash.core.table;

import io.tophash.core.format.DirectoryLayout;

/** When a table grows: the decisions of Go's overLoadFactor and tooManyOverflowBuckets. */
public final class LoadFactor {
  private static final int LOAD_FACTOR_NUM = 13;
  private static final int LOAD_FACTOR_DEN = 2;

  /** More entries than this are not meant: the heap would need 8 bytes for each 4,096 buckets. */
  private static final long MAX_HINT = 1L << 36;

  private LoadFactor() {}

  /** True if {@code count} entries are too many for 2^b buckets. */
  public static boolean overLoadFactor(long count, int b) {
    return count > 8 && Long.compareUnsigned(count, limit(b)) > 0;
  }

  static long limit(int b) {
    return LOAD_FACTOR_NUM * ((1L << b) / LOAD_FACTOR_DEN);
  }

  /**
   * True if 2^b buckets have too many overflow buckets: about as many as regular ones. Go counts
   * them one in 2^(b-15) times when b is over 15 and compares with 2^15; the exact count is scaled
   * here.
   */
  public static boolean tooManyOverflowBuckets(long noverflow, int b) {
    int shift = Math.max(0, b - 15);
    return noverflow >>> shift >= 1L << Math.min(b, 15);
  }

  /** The B that holds this many entries; a negative or absurd hint counts as 0. */
  public static int bForHint(long hint) {
    if (hint < 0 || hint > MAX_HINT) {
      return 0;
    }
    int b = 0;
    while (overLoadFactor(hint, b)) {
      b++;
    }
    return b;
  }

  /** The same for a file that may not grow over a size: the buckets take a quarter at most. */
  public static int bForHint(long hint, int bucketBytes, long maxBytes) {
    int b = bForHint(hint);
    while (b > 0 && DirectoryLayout.bucketCount(b) * bucketBytes > maxBytes / 4) {
      b--;
    }
    return b;
  }
}
