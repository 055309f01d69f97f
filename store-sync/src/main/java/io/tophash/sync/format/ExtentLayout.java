package io.tophash.sync.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Extents: the file is a row of them. A window's table has one state word for each of its extents.
 * An extent is free, or holds blocks of one size, or is part of a run that is one large block. Its
 * first 1,024 bytes are its header: a mark that says what the extent is, and for each block an
 * {@link OwnerWord}. The picture is in docs/format.md, "Extents".
 *
 * <pre>
 * state word: | 31 .. 28 kind | 27 maybe room | 26 .. 0 by kind |
 * of CLAIMED:                                 | 26 .. 20 slot | 19 .. 0 incarnation               |
 * of CLOSING:                                 | 26 .. 20 slot | 19 .. 8 incarnation | 7 .. 0 units |
 * of BLOCKS:                                                                       | 7 .. 0 units |
 * </pre>
 */
public final class ExtentLayout {
  /** log2 of the size of a unit in bytes; blocks are made of units. */
  public static final int UNIT_SHIFT = 10;

  /** Size of a unit in bytes, and of an extent's header. */
  public static final int UNIT_BYTES = 1 << UNIT_SHIFT;

  /** Units of an extent behind its header. */
  public static final int UNITS = (RegionLayout.EXTENT_BYTES >> UNIT_SHIFT) - 1;

  /** Size of the smallest blocks in units: the header has no room for the owners of more blocks. */
  public static final int MIN_UNITS = 2;

  /** long at the start of an extent: {@link #mark} */
  public static final int MARK = 0;

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

  /**
   * Is being looked through, as it may be empty; low bits: units of a block, above them who. Of 0
   * units: a run that is being given back.
   */
  public static final int CLOSING = 7;

  /** Written, and kept for exchanges while the file is full; low bits 0. */
  public static final int SPARE = 8;

  /** In a {@link #BLOCKS} word: a block may be free. */
  public static final int MAYBE_ROOM = 1 << 27;

  /** A slot that no process has: what it has claimed may be taken over at once. */
  public static final int NOBODY = 127;

  /** Bits of the incarnation in a {@link #CLAIMED} word. */
  public static final int CLAIM_BITS = 20;

  /** Bits of the incarnation in a {@link #CLOSING} word. */
  public static final int CLOSING_BITS = 12;

  private static final int KIND_SHIFT = 28;
  private static final int LOW_MASK = (1 << 27) - 1;
  private static final int SLOT_SHIFT = 20;
  private static final int SLOT_MASK = 127;
  private static final int CLOSING_SHIFT = 8;
  private static final int UNITS_MASK = (1 << CLOSING_SHIFT) - 1;

  private static final int MARK_CRC_SHIFT = 32;
  private static final int RUN_MARK = 1 << 16;

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

  /** Makes a {@link #CLAIMED} word. */
  public static int claimed(int slot, long incarnation) {
    return word(CLAIMED, slot << SLOT_SHIFT | (int) incarnation & (1 << CLAIM_BITS) - 1);
  }

  /** Makes a {@link #CLOSING} word. */
  public static int closing(int units, int slot, long incarnation) {
    int low = (int) incarnation & (1 << CLOSING_BITS) - 1;
    return word(CLOSING, slot << SLOT_SHIFT | low << CLOSING_SHIFT | units);
  }

  /** Slot of the process in a {@link #CLAIMED} or {@link #CLOSING} word. */
  public static int slot(int word) {
    return word >>> SLOT_SHIFT & SLOT_MASK;
  }

  /** True if a claim of this slot may be one of this incarnation. */
  public static boolean isOfIncarnation(int word, long incarnation) {
    return word
        == (kind(word) == CLAIMED
            ? claimed(slot(word), incarnation)
            : closing(units(word), slot(word), incarnation));
  }

  /** Units of a block, in a {@link #BLOCKS} or {@link #CLOSING} word. */
  public static int units(int word) {
    return word & UNITS_MASK;
  }

  /** Offset in the extent's header of the owner of a block. */
  public static int owner(int block) {
    return 8 + 8 * block;
  }

  /** The mark of an extent of blocks. */
  public static long mark(long storeId, long position, int units) {
    return withCrc(storeId, position, units);
  }

  /** The mark of the first extent of a run. */
  public static long runMark(long storeId, long position, int length) {
    return withCrc(storeId, position, RUN_MARK | length);
  }

  private static long withCrc(long storeId, long position, int what) {
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(storeId).putLong(position).putInt(what).flip();
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue() << MARK_CRC_SHIFT | what;
  }

  /** True if a mark was made for this place in this store. */
  public static boolean isMark(long mark, long storeId, long position) {
    return mark != 0 && mark == withCrc(storeId, position, (int) mark);
  }

  /** Length of the run that a mark says there is; 0 if it is that of blocks. */
  public static int markedLength(long mark) {
    return ((int) mark & RUN_MARK) == 0 ? 0 : (int) mark & RUN_MARK - 1;
  }

  /** Units of the blocks that a mark says there are; 0 if it is that of a run. */
  public static int markedUnits(long mark) {
    return ((int) mark & RUN_MARK) == 0 ? (int) mark : 0;
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
