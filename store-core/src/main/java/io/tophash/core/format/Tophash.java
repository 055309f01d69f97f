package io.tophash.core.format;

/**
 * The tophash word: one byte per cell of a bucket, cell 0 in the lowest byte. The codes and their
 * meaning are those of Go's runtime/map.go. All eight bytes are matched at once ("SIMD within a
 * register").
 */
public final class Tophash {
  /** The cell is empty, and so are all later ones of the chain. */
  public static final int EMPTY_REST = 0;

  /** The cell is empty. */
  public static final int EMPTY_ONE = 1;

  /** The entry moved to the bucket of the same index in the new table. */
  public static final int EVACUATED_X = 2;

  /** The entry moved to the bucket of index plus old size in the new table. */
  public static final int EVACUATED_Y = 3;

  /** The cell was empty when its chain moved. */
  public static final int EVACUATED_EMPTY = 4;

  /** Lowest byte of an occupied cell. */
  public static final int MIN_TOPHASH = 5;

  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = 0x8080_8080_8080_8080L;

  private Tophash() {}

  /** The tophash byte of a hash: its top byte, plus 5 where that is below 5. */
  public static int of(long hash) {
    int top = (int) (hash >>> 56);
    return top < MIN_TOPHASH ? top + MIN_TOPHASH : top;
  }

  /** A word that has the byte in every cell. */
  public static long broadcast(int top) {
    return top * ONES;
  }

  /**
   * The cells whose byte equals the pattern's: bit 7 of each such byte is set. The lowest hit is
   * always true; a higher one may be false and is refuted by comparing the key.
   */
  public static long match(long word, long pattern) {
    long x = word ^ pattern;
    return (x - ONES) & ~x & HIGHS;
  }

  /** The cells that are emptyRest or emptyOne; exact. */
  public static long matchEmpty(long word) {
    // A byte of 0 or 1 is one whose upper seven bits are all 0.
    long x = (word >>> 1) & ~HIGHS;
    return ~(x + ~HIGHS) & HIGHS;
  }

  /** The cells that hold an entry (byte of 5 or more); exact for words that are not evacuated. */
  public static long matchFull(long word) {
    return ~matchEmpty(word) & HIGHS;
  }

  /** Number of the cell of the lowest hit. */
  public static int firstCell(long hits) {
    return Long.numberOfTrailingZeros(hits) >>> 3;
  }

  /** The byte of one cell. */
  public static int at(long word, int cell) {
    return (int) (word >>> (cell << 3)) & 0xFF;
  }

  /** The word with one byte replaced. */
  public static long with(long word, int cell, int top) {
    int shift = cell << 3;
    return word & ~(0xFFL << shift) | (long) top << shift;
  }

  /** True if a chain ends in this bucket: its last cell is emptyRest. */
  public static boolean endsChain(long word) {
    return word >>> 56 == EMPTY_REST;
  }

  /** True if the bucket with this word is the head of an evacuated chain. */
  public static boolean isEvacuated(long headWord) {
    int first = (int) headWord & 0xFF;
    return first > EMPTY_ONE && first < MIN_TOPHASH;
  }
}
