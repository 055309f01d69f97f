package io.tophash.sync.format;

/**
 * Extents: the file is a row of them. A window's table has one state word for each of its extents.
 * An extent is free, or holds blocks of one size, or is part of a run that is one large block. Its
 * first 1,024 bytes are its header: for each block an int that says whose the block is. The picture
 * is in docs/format.md, "Extents".
 *
 * <pre>
 * state word: | 31 .. 28 kind | 27 maybe room | 26 .. 0 by kind |
 * </pre>
 */
public final class ExtentLayout {
  /** log2 of the size of a unit in bytes; blocks are made of units. */
  public static final int UNIT_SHIFT = 10;

  /** Size of a unit in bytes, and of an extent's header. */
  public static final int UNIT_BYTES = 1 << UNIT_SHIFT;

  /** Units of an extent behind its header. */
  public static final int UNITS = (RegionLayout.EXTENT_BYTES >> UNIT_SHIFT) - 1;

  /** Not written yet, perhaps behind the end of the file. */
  public static final int UNREADY = 0;

  /** A process is making it ready, or takes it for a run, or empties it; low bits: who. */
  public static final int CLAIMED = 1;

  /** Written, and in nobody's use. */
  public static final int FREE = 2;

  /** Holds blocks; low bits: units of a block. */
  public static final int BLOCKS = 3;

  /** First extent of a run; low bits: its length. */
  public static final int RUN = 4;

  /** Later extent of a run; low bits: its distance from the first. */
  public static final int RUN_INNER = 5;

  /** The header of the store or a window's table. */
  public static final int RESERVED = 6;

  /** Is being emptied; low bits: units of a block, above them the claimer's slot. */
  public static final int CLOSING = 7;

  /** In a {@link #BLOCKS} word: a block may be free. */
  public static final int MAYBE_ROOM = 1 << 27;

  private static final int KIND_SHIFT = 28;
  private static final int LOW_MASK = (1 << 27) - 1;

  private ExtentLayout() {}

  /** Makes a state word. */
  public static int word(int kind, int low) {
    return kind << KIND_SHIFT | low;
  }

  /** Kind of a state word. */
  public static int kind(int word) {
    return word >>> KIND_SHIFT;
  }

  /** What the low bits say. */
  public static int low(int word) {
    return word & LOW_MASK;
  }

  /** Offset in the extent's header of the owner of a block. */
  public static int owner(int block) {
    return 4 + 4 * block;
  }

  /** Number of blocks of this size that an extent holds. */
  public static int blockCount(int units) {
    return UNITS / units;
  }

  /** Offset of a block in its extent. */
  public static int block(int units, int block) {
    return UNIT_BYTES + (block * units << UNIT_SHIFT);
  }
}
