package io.tophash.sync.format;

/**
 * A hazard word: which shard an operation is in, and whose it is; 0 if it is free.
 *
 * <pre>
 * | 63 .. 32 incarnation | 31 .. 8 thread | 7 .. 0 shard + 1 |
 * </pre>
 */
public final class HazardWord {
  private static final int INCARNATION_SHIFT = 32;
  private static final int THREAD_SHIFT = 8;
  private static final int SHARD_MASK = (1 << THREAD_SHIFT) - 1;

  private HazardWord() {}

  /**
   * The word of an operation.
   *
   * @param thread its number, of which {@link LockWord#THREAD_MASK} counts
   */
  public static long of(long incarnation, int thread, int shard) {
    return tag(incarnation)
        | (thread & LockWord.THREAD_MASK) << THREAD_SHIFT & 0xFFFF_FFFFL
        | shard + 1;
  }

  /** What all hazard words of an incarnation share. */
  public static long tag(long incarnation) {
    return incarnation << INCARNATION_SHIFT;
  }

  /** True if the word is one of this incarnation. */
  public static boolean isOf(long word, long incarnation) {
    return word >>> INCARNATION_SHIFT == (incarnation & 0xFFFF_FFFFL);
  }

  /** The same operation, as of another incarnation. */
  public static long withIncarnation(long word, long incarnation) {
    return tag(incarnation) | word & 0xFFFF_FFFFL;
  }

  /** Number of the thread. */
  public static int thread(long word) {
    return (int) (word >>> THREAD_SHIFT) & LockWord.THREAD_MASK;
  }

  /** The shard; -1 if there is none; of a damaged word, one that does not exist. */
  public static int shard(long word) {
    return (int) (word & SHARD_MASK) - 1;
  }
}
