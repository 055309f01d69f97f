package io.tophash.sync.format;

/**
 * The owner word of a block: whose it is, and in which epochs of its owner it was born and freed.
 *
 * <pre>
 * | 63 .. 36 freedIn | 35 .. 8 bornIn | 7 .. 0 shard + 1 |
 * </pre>
 *
 * 0: free, and named by no checkpoint. {@code freedIn} is 0 while the block is in use.
 */
public final class OwnerWord {
  /** The highest epoch. */
  public static final long MAX_EPOCH = (1L << 28) - 1;

  private static final int FREED_SHIFT = 36;
  private static final int BORN_SHIFT = 8;
  private static final int OWNER_MASK = (1 << BORN_SHIFT) - 1;

  private OwnerWord() {}

  /** The word of a block in use. */
  public static long of(int shard, long bornIn) {
    return (bornIn & MAX_EPOCH) << BORN_SHIFT | shard + 1;
  }

  /** The word of that block when it is freed in an epoch. */
  public static long freed(long word, long epoch) {
    return bornIn(word) == epoch ? 0 : word | epoch << FREED_SHIFT;
  }

  /** True if the block is in use. */
  public static boolean isUsed(long word) {
    return word != 0 && freedIn(word) == 0;
  }

  /** True if the block is in use by this shard. */
  public static boolean isOwnedBy(long word, int shard) {
    return isUsed(word) && owner(word) == shard;
  }

  /**
   * True if the block may be given out.
   *
   * @param reuseBelow blocks that were freed in an epoch below this are named by no checkpoint
   */
  public static boolean isTakeable(long word, long reuseBelow) {
    return word == 0 || freedIn(word) != 0 && freedIn(word) < reuseBelow;
  }

  /** True if the block is free, but not {@linkplain #isTakeable takeable} yet. */
  public static boolean isQuarantined(long word, long reuseBelow) {
    return freedIn(word) >= reuseBelow && freedIn(word) != 0;
  }

  /** True if a checkpoint names the block. */
  public static boolean isLiveAt(long word, long checkpoint) {
    return word != 0
        && bornIn(word) < checkpoint
        && (freedIn(word) == 0 || freedIn(word) >= checkpoint);
  }

  /** The shard, of a word that is not 0. */
  public static int owner(long word) {
    return ((int) word & OWNER_MASK) - 1;
  }

  /** The epoch in which the block was taken. */
  public static long bornIn(long word) {
    return word >>> BORN_SHIFT & MAX_EPOCH;
  }

  /** The epoch in which it was freed, 0 if it was not. */
  public static long freedIn(long word) {
    return word >>> FREED_SHIFT;
  }
}
