package io.tophash.sync.format;

/**
 * The segment word: one entry of a directory. It publishes the read table, that a dirty table is in
 * use ({@code amended}), and by its generation that neither was replaced.
 *
 * <pre>
 * | 63 .. 30 position / 1,024 | 29 .. 18 read buckets | 17 amended | 16 rare nil | 15 fresh |
 * | 14 .. 0 generation |
 * </pre>
 */
public final class SegmentWord {
  /** Some key may be in the dirty table only. */
  public static final long AMENDED = 1L << 17;

  /** The nil of this segment is not the usual one: it stands in the header of the block. */
  public static final long RARE_NIL = 1L << 16;

  /**
   * The block was built in the shard's present epoch, so it may be stored to. It says nothing while
   * the directory is not fresh, {@link ShardState}.
   */
  public static final long FRESH = 1L << 15;

  /** Largest number of read buckets. */
  public static final int MAX_BUCKETS = (1 << 12) - 1;

  private static final int UNIT_SHIFT = 10;
  private static final int POSITION_SHIFT = 30;
  private static final int BUCKETS_SHIFT = 18;
  private static final int GENERATION_MASK = 0x7FFF;

  private SegmentWord() {}

  /** Makes a fresh word that is not amended; the position is a multiple of 1,024. */
  public static long of(long position, int readBuckets, boolean rareNil, int generation) {
    return position >>> UNIT_SHIFT << POSITION_SHIFT
        | (long) readBuckets << BUCKETS_SHIFT
        | (rareNil ? RARE_NIL : 0)
        | FRESH
        | generation & GENERATION_MASK;
  }

  /** The word of a copy of the block at another position. */
  public static long moved(long word, long position) {
    return of(position, readBuckets(word), hasRareNil(word), generation(word) + 1) | word & AMENDED;
  }

  /** True if two words are of the same block: they may differ in what is said of its state. */
  public static boolean isSameBlock(long one, long other) {
    long state = AMENDED | FRESH;
    return (one | state) == (other | state);
  }

  /** True if the block may be stored to; its directory is fresh. */
  public static boolean isFresh(long word) {
    return (word & FRESH) != 0;
  }

  /** Position of the block. */
  public static long position(long word) {
    return word >>> POSITION_SHIFT << UNIT_SHIFT;
  }

  /** Number of read buckets, 1 or more. */
  public static int readBuckets(long word) {
    return (int) (word >>> BUCKETS_SHIFT) & MAX_BUCKETS;
  }

  /** True if a key may be in the dirty table only. */
  public static boolean isAmended(long word) {
    return (word & AMENDED) != 0;
  }

  /** True if nil stands in the header of the block. */
  public static boolean hasRareNil(long word) {
    return (word & RARE_NIL) != 0;
  }

  /** The generation. */
  public static int generation(long word) {
    return (int) word & GENERATION_MASK;
  }
}
