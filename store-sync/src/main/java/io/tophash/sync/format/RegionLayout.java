package io.tophash.sync.format;

/**
 * The regions of a concurrent store: extent 0 of the first window holds the header, the window's
 * extent table, the shards, the process table and the window words; extent 0 of each later window
 * holds only that window's table. Everything else is extents. The picture is in docs/format.md,
 * "SyncStore".
 */
public final class RegionLayout {
  /** log2 of the size of an extent in bytes. */
  public static final int EXTENT_SHIFT = 18;

  /** Size of an extent in bytes. */
  public static final int EXTENT_BYTES = 1 << EXTENT_SHIFT;

  /** Smallest window, log2 of bytes: the reserved extent and three more. */
  public static final int MIN_WINDOW_SHIFT = EXTENT_SHIFT + 2;

  /** Offset of the extent table in the first window, behind the header. */
  public static final int FIRST_TABLE = 4096;

  /** Position of the roots, {@link RootLayout}: two slots. */
  public static final int ROOTS = 20 << 10;

  /** Position of the epoch words, {@link EpochLayout}. */
  public static final int EPOCHS = 28 << 10;

  /** Position of the shards. */
  public static final int SHARDS = 32 << 10;

  /** log2 of the largest number of shards. */
  public static final int MAX_SHARD_SHIFT = 6;

  /** Position of the process table. */
  public static final int PROCESSES = 64 << 10;

  /** Rows of the process table: how many processes may attach for writing at a time. */
  public static final int PROCESS_COUNT = 64;

  /**
   * Position of the window words: an int for each window, the state word of its extent 0. They do
   * not stand in the windows' own tables, as they say which of those are there.
   */
  public static final int WINDOWS = 192 << 10;

  /** Position of the tag words of a cache: a long for each, {@link CacheLayout}. */
  public static final int TAGS = 224 << 10;

  /** Number of window words: the largest number of windows. */
  public static final int MAX_WINDOWS = (TAGS - WINDOWS) / 4;

  private RegionLayout() {}

  /** Position of a shard. */
  public static int shard(int shard) {
    return SHARDS + shard * ShardLayout.BYTES;
  }

  /** Position of a row of the process table. */
  public static int process(int slot) {
    return PROCESSES + slot * ProcessLayout.BYTES;
  }

  /** Offset of the extent table in its window. */
  public static int tableOffset(int window) {
    return window == 0 ? FIRST_TABLE : 0;
  }
}
