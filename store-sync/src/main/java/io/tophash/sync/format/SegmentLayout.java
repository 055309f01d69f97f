package io.tophash.sync.format;

import io.tophash.core.format.BucketLayout;

/**
 * The block of a segment: header, read buckets, dirty buckets and, where entries are records, the
 * log. The picture is in docs/format.md, "Segment".
 */
public final class SegmentLayout {
  /** long: the segment word as it was published first */
  public static final int WORD = 0;

  /** long: the value that stands for "deleted" in a slot of an inline segment */
  public static final int NIL = 8;

  /** long: in a segment of records, the seed of the hash, as the header has it */
  public static final int SEED = 8;

  /** long: the hash bits that all keys share, in the upper bits */
  public static final int PREFIX = 16;

  /** int: how many bits behind the shard's bits all keys share */
  public static final int LOCAL_DEPTH = 24;

  /** int */
  public static final int DIRTY_BUCKETS = 28;

  /** int: offset of the log in the block; 0 if there is none */
  public static final int LOG_START = 32;

  /** int: offset of the end of the log */
  public static final int LOG_END = 36;

  /** int: size of the block */
  public static final int BLOCK_BYTES = 40;

  /** int: CRC-32C of bytes 0 to 43 */
  public static final int CHECKSUM = 44;

  /** int: offset at which the next record goes; changed by atomic addition */
  public static final int TAIL = 48;

  /** int: a place in the log that a record has left, {@link SpareWord}; 0: none. Not in a cache. */
  public static final int SPARE = 52;

  /**
   * int, not in a cache: the sum of the tables, since the block was sealed; 0: none. See {@code
   * SealedTables}.
   */
  public static final int SUM = 56;

  /** int, cache: offset of the record that the next eviction looks at first; 0: the oldest */
  public static final int HAND = 56;

  /** int, cache: seconds since 1970, as an unsigned number, before which no entry expires */
  public static final int NEXT_EXPIRY = 60;

  /** Size of the header. */
  public static final int HEADER_BYTES = 64;

  /** The nil of most segments. */
  public static final long USUAL_NIL = 0x9E37_79B9_7F4A_7C15L;

  /** Size of a bucket of entries that stand in their cells: keys and values of up to 8 bytes. */
  public static final int INLINE_BUCKET_BYTES = new BucketLayout(8, 8).bytes();

  /** Offset of the overflow word in such a bucket, {@link OverflowWord}. */
  public static final int INLINE_OVERFLOW = new BucketLayout(8, 8).overflow();

  /** Size of a bucket of records: one cache line. */
  public static final int RECORD_BUCKET_BYTES = 64;

  /** Offset of the extra hash bits in a bucket of records: two bytes for each cell. */
  public static final int RECORD_EXTRAS = 8;

  /** Offset of the slots in a bucket of records: an int for each cell, {@link SlotWord}. */
  public static final int RECORD_SLOTS = 24;

  /** Offset of the overflow word in a bucket of records, {@link OverflowWord}. */
  public static final int RECORD_OVERFLOW = 56;

  private SegmentLayout() {}

  /** Offset in its bucket of the int that has the extra hash bits of a cell, lower half first. */
  public static int extraPair(int cell) {
    return RECORD_EXTRAS + (cell >>> 1 << 2);
  }
}
