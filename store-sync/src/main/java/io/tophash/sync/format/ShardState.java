package io.tophash.sync.format;

/**
 * The word {@code STATE} of a shard: its epoch, and whether its directory is of that epoch.
 *
 * <pre>
 * | 63 .. 2 epoch | 1 (0) | 0 directory fresh |
 * </pre>
 */
public final class ShardState {
  /** The directory was made in this epoch, and the FRESH bits of its words are of this epoch. */
  public static final long DIRECTORY_FRESH = 1;

  private static final int EPOCH_SHIFT = 2;

  private ShardState() {}

  /** The word after a cut: nothing is fresh. */
  public static long of(long epoch) {
    return epoch << EPOCH_SHIFT;
  }

  /** The epoch. */
  public static long epoch(long word) {
    return word >>> EPOCH_SHIFT;
  }

  /** True if the directory is fresh. */
  public static boolean isDirectoryFresh(long word) {
    return (word & DIRECTORY_FRESH) != 0;
  }
}
