package io.tophash.core.format;

/**
 * A bucket: eight tophash bytes, eight key cells, eight value cells, one overflow word, at the
 * offsets that Go's runtime computes from {@code dataOffset} (runtime/map.go, {@code bmap}). The
 * picture is in docs/format.md, "Bucket".
 *
 * <p>A key or value of fixed size up to {@value #MAX_INLINE_BYTES} bytes stands in its cell; all
 * others stand in a record, and the cell holds its position.
 */
public final class BucketLayout {
  /** Entries of a bucket. */
  public static final int CELLS = 8;

  /** long: the tophash bytes, cell 0 in the lowest byte */
  public static final int TOPHASH = 0;

  /** Where the key cells begin. */
  public static final int DATA_OFFSET = 8;

  /** Largest key or value that is kept in its cell, in bytes. */
  public static final int MAX_INLINE_BYTES = 128;

  private final int keyCellBytes;
  private final int valueCellBytes;
  private final boolean indirectKeys;
  private final boolean indirectValues;

  /**
   * @param keyFixedBytes encoded size of a key, negative if it varies
   * @param valueFixedBytes encoded size of a value, negative if it varies
   */
  public BucketLayout(int keyFixedBytes, int valueFixedBytes) {
    indirectKeys = isIndirect(keyFixedBytes);
    indirectValues = isIndirect(valueFixedBytes);
    keyCellBytes = cellBytes(keyFixedBytes);
    valueCellBytes = cellBytes(valueFixedBytes);
  }

  private static boolean isIndirect(int fixedBytes) {
    return fixedBytes < 0 || fixedBytes > MAX_INLINE_BYTES;
  }

  /**
   * Size of a cell: 8 for a position; 0, 1, 4 or 8 for what fits there, so that one store writes
   * it; else a multiple of 8.
   */
  static int cellBytes(int fixedBytes) {
    if (isIndirect(fixedBytes)) {
      return 8;
    }
    if (fixedBytes <= 1) {
      return fixedBytes;
    }
    return fixedBytes <= 4 ? 4 : (fixedBytes + 7) & -8;
  }

  /** Size of a key cell in bytes. */
  public int keyCellBytes() {
    return keyCellBytes;
  }

  /** Size of a value cell in bytes. */
  public int valueCellBytes() {
    return valueCellBytes;
  }

  /** True if key cells hold positions. */
  public boolean indirectKeys() {
    return indirectKeys;
  }

  /** True if value cells hold positions. */
  public boolean indirectValues() {
    return indirectValues;
  }

  /** Offset of a key cell. */
  public int key(int cell) {
    return DATA_OFFSET + cell * keyCellBytes;
  }

  /** Offset of a value cell. */
  public int value(int cell) {
    return DATA_OFFSET + CELLS * keyCellBytes + cell * valueCellBytes;
  }

  /** Offset of the overflow word. */
  public int overflow() {
    return DATA_OFFSET + CELLS * (keyCellBytes + valueCellBytes);
  }

  /** Size of a bucket in bytes, a multiple of 8. */
  public int bytes() {
    return overflow() + 8;
  }
}
