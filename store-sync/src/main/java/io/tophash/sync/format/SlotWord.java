package io.tophash.sync.format;

/**
 * The slot of a record, an int in a bucket of records: which record of the segment is the key's.
 *
 * <pre>
 * | 31 nil | 30 .. 29 marks | 28 .. 20 version | 19 .. 0 offset of the record in its block / 4 |
 * </pre>
 *
 * A slot that is <i>nil</i> belongs to a deleted entry and still leads to its record, for the key.
 * The marks are notes about how the entry is used: they change nothing of what it is, so two slots
 * that differ in them only are the {@link #isSame same}. The version counts how often the entry got
 * a place that another record had left; at its largest value it gets none any more. Any other place
 * is a new one, so no slot is twice the same with another one in between, while its block lives.
 */
public final class SlotWord {
  /** The entry is deleted, and the record kept for its key. */
  public static final int NIL = 1 << 31;

  /** Where the marks are. */
  public static final int MARKS = 3 << 29;

  /** Largest version. */
  public static final int MAX_VERSION = (1 << 9) - 1;

  /** A record begins at a multiple of so many bytes. */
  public static final int UNIT_BYTES = 4;

  /**
   * A record begins below this offset. Blocks of segments have some 64 KiB; only of keys whose
   * directory bits all agree may there be so many that they fill a block like this.
   */
  public static final int REACH_BYTES = UNIT_BYTES << 20;

  private static final int MARKS_SHIFT = 29;
  private static final int UNIT_SHIFT = 2;
  private static final int VERSION_SHIFT = 20;
  private static final int REFERENCE_MASK = (1 << VERSION_SHIFT) - 1;

  private SlotWord() {}

  /** A live slot without marks, of version 0. */
  public static int of(int offset) {
    return offset >>> UNIT_SHIFT;
  }

  /** The same slot with another version. */
  public static int withVersion(int slot, int version) {
    return slot & ~(MAX_VERSION << VERSION_SHIFT) | version << VERSION_SHIFT;
  }

  /** The same slot with the marks of another one. */
  public static int withMarksOf(int slot, int marked) {
    return slot & ~MARKS | marked & MARKS;
  }

  /** The slot after its entry was deleted. */
  public static int nil(int slot) {
    return slot | NIL;
  }

  /** True if the entry is deleted. */
  public static boolean isNil(int slot) {
    return slot < 0;
  }

  /** The version. */
  public static int version(int slot) {
    return slot >>> VERSION_SHIFT & MAX_VERSION;
  }

  /** Offset of the record in its block, be the slot nil or not. */
  public static int offset(int slot) {
    return (slot & REFERENCE_MASK) << UNIT_SHIFT;
  }

  /** True if it has as many marks as there can be. */
  public static boolean isMarked(int slot) {
    return (slot & MARKS) == MARKS;
  }

  /** The same slot with one mark more; it has not all of them. */
  public static int marked(int slot) {
    return slot + (1 << MARKS_SHIFT);
  }

  /** The same slot with one mark less; it has one. */
  public static int unmarked(int slot) {
    return slot - (1 << MARKS_SHIFT);
  }

  /** True if it has no mark. */
  public static boolean isUnmarked(int slot) {
    return (slot & MARKS) == 0;
  }

  /** True if both refer to the same record, and agree in whether it is deleted. */
  public static boolean isSame(int slot, int other) {
    return ((slot ^ other) & ~MARKS) == 0;
  }
}
