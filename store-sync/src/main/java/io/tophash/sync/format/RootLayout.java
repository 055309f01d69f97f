package io.tophash.sync.format;

/**
 * A root: the page that names a checkpoint. Two slots take turns; each has two equal copies. The
 * picture is in docs/format.md, "Roots and epochs".
 */
public final class RootLayout {
  /** "TOPHROOT", read as a little-endian long. */
  public static final long MAGIC_VALUE = 0x54_4F_4F_52_48_50_4F_54L;

  /** long */
  public static final int MAGIC = 0;

  /** long, number of the checkpoint */
  public static final int EPOCH = 8;

  /** two longs, the machine's boot id when it was written; for people */
  public static final int BOOT_ID = 16;

  /** long, the store's id */
  public static final int STORE_ID = 32;

  /** long, length of the file at the cut; for people */
  public static final int FILE_BYTES = 40;

  /** long, milliseconds since 1970 at the cut; for people */
  public static final int CUT_MS = 48;

  /** long, {@link EpochLayout#LEVEL} */
  public static final int LEVEL = 56;

  /** long, {@link EpochLayout#MAX_LOSS_MS} */
  public static final int MAX_LOSS_MS = 64;

  /** long, number of the first batch of the log that may have changes which came after the cut */
  public static final int LOG_START = 72;

  /**
   * long, names the run of the log to which that batch belongs, 0 if there is none: a random number
   * whose bit 0 says that it goes on where the run before it ended
   */
  public static final int LOG_RUN = 80;

  /** long, {@link EpochLayout#LOG_KEEP} */
  public static final int LOG_KEEP = 88;

  /** For each shard an int: CRC-32C of its directory. */
  public static final int DIRECTORY_SUMS = 128;

  /** int, CRC-32C of all other bytes of the copy */
  public static final int CHECKSUM = 508;

  /** For each shard the directory word, the number of entries, and the position of its lane. */
  public static final int SHARDS = 512;

  /** Size of what stands there for a shard. */
  public static final int SHARD_BYTES = 24;

  /** Offset of the number of entries in it. */
  public static final int SHARD_COUNT = 8;

  /** Offset of the position of its lane, up to which the log's changes are in the checkpoint. */
  public static final int SHARD_LANE = 16;

  /** Size of a copy. */
  public static final int COPY_BYTES = 2048;

  /** Number of copies in a slot. */
  public static final int COPIES = 2;

  /** Size of a slot. */
  public static final int SLOT_BYTES = 4096;

  private RootLayout() {}

  /** Position of a slot. */
  public static int slot(int slot) {
    return RegionLayout.ROOTS + slot * SLOT_BYTES;
  }

  /** Offset in a copy of the sum of a shard's directory. */
  public static int directorySum(int shard) {
    return DIRECTORY_SUMS + shard * Integer.BYTES;
  }

  /** Offset in a copy of what stands there for a shard. */
  public static int shard(int shard) {
    return SHARDS + shard * SHARD_BYTES;
  }
}
