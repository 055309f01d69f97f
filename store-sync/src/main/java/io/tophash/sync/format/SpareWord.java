package io.tophash.sync.format;

/**
 * The spare word of a segment of records, an int in its header: a place in the log that a replaced
 * record has left, and that the next one may take. 0 if there is none.
 *
 * <pre>
 * | 31 .. 20 units of four bytes | 19 .. 0 offset of the place in its block / 4 |
 * </pre>
 */
public final class SpareWord {
  private static final int UNITS_SHIFT = 20;
  private static final int REFERENCE_MASK = (1 << UNITS_SHIFT) - 1;

  private SpareWord() {}

  /**
   * A place.
   *
   * @param offset where it begins in its block, a multiple of four below {@link
   *     SlotWord#REACH_BYTES}
   * @param bytes its size, a multiple of four of at most {@link SyncRecordLayout#MAX_SMALL_BYTES}
   */
  public static int of(int offset, int bytes) {
    return bytes / SlotWord.UNIT_BYTES << UNITS_SHIFT | offset / SlotWord.UNIT_BYTES;
  }

  /** Where the place begins in its block. */
  public static int offset(int word) {
    return (word & REFERENCE_MASK) * SlotWord.UNIT_BYTES;
  }

  /** Its size in bytes, 0 if there is none. */
  public static int bytes(int word) {
    return (word >>> UNITS_SHIFT) * SlotWord.UNIT_BYTES;
  }
}
