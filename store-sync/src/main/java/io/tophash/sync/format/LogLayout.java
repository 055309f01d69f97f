package io.tophash.sync.format;

/**
 * The files of the log, {@code NAME.log-N} beside the store, and the batches in them. The picture
 * is in docs/format.md, "Log".
 */
public final class LogLayout {
  /** Size of a file, which is preallocated. */
  public static final int FILE_BYTES = 16 << 20;

  /** What stands in a file begins at multiples of this: the header, and each batch. */
  public static final int ALIGNMENT = 4096;

  /** Numbers of files: 0 to one less. */
  public static final int MAX_FILES = 1000;

  /** Largest batch with its padding. */
  public static final int MAX_BATCH_BYTES = 1 << 20;

  // --- header of a file

  /** "TOPHLOG" and a zero byte. */
  public static final long MAGIC_VALUE = 0x00_47_4F_4C_48_50_4F_54L;

  /** long */
  public static final int MAGIC = 0;

  /** int, 1 */
  public static final int VERSION = 8;

  /** long, of the store */
  public static final int STORE_ID = 16;

  /** long, of the run of batches */
  public static final int RUN = 24;

  /** long, number of the first batch */
  public static final int FIRST_SEQ = 32;

  /** long, milliseconds since 1970; for people */
  public static final int CREATED_MS = 40;

  /**
   * long, of the first file of a run that goes on where another one ended: the name of that one; 0
   * in all others
   */
  public static final int PREVIOUS = 48;

  /** long, counts the files that were begun: the highest of all files, and 1 */
  public static final int ORDINAL = 56;

  /** int, CRC-32C of all bytes before it */
  public static final int CHECKSUM = 508;

  // --- batch

  /** "TOPHBTCH" */
  public static final long BATCH_MAGIC_VALUE = 0x48_43_54_42_48_50_4F_54L;

  /** long */
  public static final int BATCH_MAGIC = 0;

  /** long */
  public static final int BATCH_RUN = 8;

  /** long */
  public static final int BATCH_SEQ = 16;

  /** int, without the padding */
  public static final int BATCH_BYTES = 24;

  /** int, number of lanes */
  public static final int BATCH_LANES = 28;

  /** int, CRC-32C of the bytes before it and those behind {@link #BATCH_HEADER_END} - 4 */
  public static final int BATCH_CHECKSUM = 32;

  /** The lanes begin here. */
  public static final int BATCH_HEADER_END = 40;

  /** Size of what a batch says of a lane: {int shard, int 0, long from, long to}. */
  public static final int LANE_BYTES = 24;

  /** long, in it: lane position of the first byte */
  public static final int LANE_FROM = 8;

  /** long, in it: lane position behind the last byte */
  public static final int LANE_TO = 16;

  // --- place of a batch: {number of the file + 1: 16 | offset / 4096: 48}

  private static final int PLACE_SHIFT = 48;

  private LogLayout() {}

  /** Where a batch stands. */
  public static long place(int file, long offset) {
    return (long) (file + 1) << PLACE_SHIFT | offset / ALIGNMENT;
  }

  /** Number of the file of a place; -1 of none. */
  public static int placeFile(long place) {
    return (int) (place >>> PLACE_SHIFT) - 1;
  }

  /** Offset of a place in its file. */
  public static long placeOffset(long place) {
    return (place & (1L << PLACE_SHIFT) - 1) * ALIGNMENT;
  }

  /** A size that ends at a multiple of {@link #ALIGNMENT}. */
  public static int padded(int bytes) {
    return bytes + ALIGNMENT - 1 & -ALIGNMENT;
  }
}
