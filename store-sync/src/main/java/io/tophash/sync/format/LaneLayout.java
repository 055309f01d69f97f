package io.tophash.sync.format;

/**
 * The lanes of the log: for each shard a ring in memory, to which its changes are written before
 * they are made, and from which they go to the log's files. All lanes stand in one block. The
 * picture is in docs/format.md, "Log".
 */
public final class LaneLayout {
  /** Owner of the block of all lanes, which is no shard's. */
  public static final int OWNER = 1 << RegionLayout.MAX_SHARD_SHIFT;

  /** Extents of the block: as many as a window of the smallest size has room for. */
  private static final int EXTENTS = 3;

  /** Size of the block of all lanes. */
  public static final int BLOCK_BYTES =
      EXTENTS * RegionLayout.EXTENT_BYTES - ExtentLayout.UNIT_BYTES;

  /** long, where a take-over stores what the last entry says */
  public static final int REDO_AT = 0;

  /** long, what it stores there */
  public static final int REDO_VALUE = 8;

  /** long, how many bytes that are: 4, 8, or 0 if there is nothing to store */
  public static final int REDO_BYTES = 16;

  /** The ring of entries: {@link LogEntryLayout}. */
  public static final int RING = 64;

  private LaneLayout() {}

  /** Size of a lane. */
  public static int laneBytes(int shardCount) {
    return BLOCK_BYTES / shardCount & -RING;
  }
}
