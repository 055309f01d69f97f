package io.tophash.sync.format;

/**
 * The word {@code STATE} of a shard: its epoch, whether its directory is of that epoch, and whether
 * changes are logged.
 *
 * <pre>
 * | 63 .. 2 epoch | 1 logged | 0 directory fresh |
 * </pre>
 */
public final class ShardState {
  /** The directory was made in this epoch, and the FRESH bits of its words are of this epoch. */
  public static final long DIRECTORY_FRESH = 1;

  /** Each change is written to the shard's lane of the log first, under the lock. */
  public static final long LOGGED = 2;

  private static final int EPOCH_SHIFT = 2;

  private ShardState() {}

  /** The word after a cut: nothing is fresh. */
  public static long of(long epoch) {
    return epoch << EPOCH_SHIFT;
  }

  /** The word after a cut behind which changes are logged, or not. */
  public static long of(long epoch, boolean logged) {
    return of(epoch) | (logged ? LOGGED : 0);
  }

  /** True if changes are logged. */
  public static boolean isLogged(long word) {
    return (word & LOGGED) != 0;
  }

  /** True if a change may be made without the lock, as far as this word says. */
  public static boolean isOpenToGuard(long word) {
    return (word & (DIRECTORY_FRESH | LOGGED)) == DIRECTORY_FRESH;
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
