package io.tophash.sync.format;

/**
 * The directory word of a shard: where its segment words stand and how many there are.
 *
 * <pre>
 * | 63 .. 30 position / 1,024 | 29 .. 24 depth | 23 .. 0 generation |
 * </pre>
 *
 * A directory of depth d has 2^d segment words, one for each value of the d hash bits behind the
 * shard's bits. The generation changes with each word, so that a reader who finds the same word
 * again knows that nothing happened in between.
 */
public final class DirectoryWord {
  /** Largest depth: 2^18 segments in a shard. */
  public static final int MAX_DEPTH = 18;

  private static final int UNIT_SHIFT = 10;
  private static final int POSITION_SHIFT = 30;
  private static final int DEPTH_SHIFT = 24;
  private static final int GENERATION_MASK = (1 << DEPTH_SHIFT) - 1;

  private DirectoryWord() {}

  /** Makes a word; the position is a multiple of 1,024. */
  public static long of(long position, int depth, int generation) {
    return position >>> UNIT_SHIFT << POSITION_SHIFT
        | (long) depth << DEPTH_SHIFT
        | generation & GENERATION_MASK;
  }

  /** Where the segment words stand. */
  public static long position(long word) {
    return word >>> POSITION_SHIFT << UNIT_SHIFT;
  }

  /** log2 of the number of segment words. */
  public static int depth(long word) {
    return (int) (word >>> DEPTH_SHIFT) & 63;
  }

  /** The generation. */
  public static int generation(long word) {
    return (int) word & GENERATION_MASK;
  }

  /** Size of a directory in bytes. */
  public static long bytes(int depth) {
    return 8L << depth;
  }

  /** Index of the first entry of a segment, of any of its entries. */
  public static int firstAlias(int index, int depth, int localDepth) {
    return index >>> depth - localDepth << depth - localDepth;
  }

  /** How many entries it has. */
  public static int aliases(int depth, int localDepth) {
    return 1 << depth - localDepth;
  }
}
