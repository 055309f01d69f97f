package io.tophash.sync.segment;

import static io.tophash.core.format.BucketLayout.CELLS;
import static io.tophash.core.format.BucketLayout.DATA_OFFSET;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.RECORD_SLOTS;

import io.tophash.core.format.Tophash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import java.util.zip.CRC32C;

/**
 * The bytes of a segment's block in an array, copied or under construction: its header, and a walk
 * over the filled cells of its tables. Whoever parses such bytes does so here and, for what stands
 * in the log, by {@link RecordImage}.
 *
 * <p>For one thread.
 */
public final class SegmentImage {
  private final byte[] bytes;
  private final int start;
  private final int bucketBytes;
  private final int last;
  // Where the present bucket begins in the array, its tophash word, and its cells in use.
  private int bucket;
  private long word;
  private int used;
  private int cell;

  /**
   * Begins a walk before the first cell.
   *
   * @param start where the block begins in the array
   * @param length how many bytes of it are there; buckets behind that are left out
   * @param buckets of both tables
   * @param bucketBytes size of a bucket
   */
  public SegmentImage(byte[] bytes, int start, int length, int buckets, int bucketBytes) {
    this.bytes = bytes;
    this.start = start;
    this.bucketBytes = bucketBytes;
    this.bucket = start + HEADER_BYTES - bucketBytes;
    this.last = start + Math.min(HEADER_BYTES + (buckets - 1) * bucketBytes, length - bucketBytes);
  }

  // --- cells -------------------------------------------------------------------------------------

  /** Goes to the next cell that is filled; false if there is none. */
  public boolean next() {
    while (true) {
      while (++cell < used) {
        if (Tophash.at(word, cell) != 0) {
          return true;
        }
      }
      bucket += bucketBytes;
      if (bucket > last) {
        return false;
      }
      word = HeapBytes.getLong(bytes, bucket);
      used = usedCells(word);
      cell = -1;
    }
  }

  /** Occupied cells of a bucket whose cells fill from 0 up. */
  static int usedCells(long word) {
    return CELLS - (Long.numberOfLeadingZeros(word) >>> 3);
  }

  /** Offset in the block of the bucket with the present cell. */
  public int bucketOffset() {
    return bucket - start;
  }

  /** Number of the present cell in its bucket. */
  public int cell() {
    return cell;
  }

  /** Tophash byte of the present cell. */
  public int tophash() {
    return Tophash.at(word, cell);
  }

  /** Records: the slot of the present cell. */
  public int slot() {
    return HeapBytes.getInt(bytes, bucket + RECORD_SLOTS + 4 * cell);
  }

  /** Inline: where in the array the key of the present cell is. */
  public int keyAt() {
    return bucket + DATA_OFFSET + 8 * cell;
  }

  /** Inline: where in the array the value of the present cell is. */
  public int valueAt() {
    return bucket + DATA_OFFSET + 8 * (CELLS + cell);
  }

  // --- the header, pure functions of an array and of where in it a block begins ------------------

  /** True if a header is that with which the block was sealed. */
  public static boolean isSealed(byte[] bytes, int at) {
    return checksum(bytes, at) == HeapBytes.getInt(bytes, at + SegmentLayout.CHECKSUM);
  }

  /** True if a header is whole and that of a block at this position. */
  public static boolean isSealed(byte[] bytes, int at, long position) {
    return SegmentWord.position(word(bytes, at)) == position && isSealed(bytes, at);
  }

  /** The checksum that a header must have: all but the tail of the log is sealed. */
  static int checksum(byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, at, SegmentLayout.CHECKSUM);
    return (int) crc.getValue();
  }

  /** The segment word under which the block was published first. */
  public static long word(byte[] bytes, int at) {
    return HeapBytes.getLong(bytes, at + SegmentLayout.WORD);
  }

  /** Inline: the value that stands for "deleted" under a segment word. */
  public static long nil(byte[] bytes, int at, long word) {
    return SegmentWord.hasRareNil(word)
        ? HeapBytes.getLong(bytes, at + SegmentLayout.NIL)
        : SegmentLayout.USUAL_NIL;
  }

  /** Records: the seed of the hash. */
  public static long seed(byte[] bytes, int at) {
    return HeapBytes.getLong(bytes, at + SegmentLayout.SEED);
  }

  /** The hash bits that all keys share. */
  public static long prefix(byte[] bytes, int at) {
    return HeapBytes.getLong(bytes, at + SegmentLayout.PREFIX);
  }

  /** How many bits behind the shard's bits all keys share. */
  public static int localDepth(byte[] bytes, int at) {
    return HeapBytes.getInt(bytes, at + SegmentLayout.LOCAL_DEPTH);
  }

  /** Number of buckets of both tables under a segment word. */
  public static int buckets(byte[] bytes, int at, long word) {
    return SegmentWord.readBuckets(word)
        + HeapBytes.getInt(bytes, at + SegmentLayout.DIRTY_BUCKETS);
  }

  /** Size of the block. */
  public static int blockBytes(byte[] bytes, int at) {
    return HeapBytes.getInt(bytes, at + SegmentLayout.BLOCK_BYTES);
  }

  /** Records: offset of the log in the block. */
  public static int logStart(byte[] bytes, int at) {
    return HeapBytes.getInt(bytes, at + SegmentLayout.LOG_START);
  }

  /** Records: offset of the end of the log in the block. */
  public static int logEnd(byte[] bytes, int at) {
    return HeapBytes.getInt(bytes, at + SegmentLayout.LOG_END);
  }

  /** Seals the header of an image. */
  static void seal(byte[] image, long word, Shape shape, int dirty, int blockBytes) {
    HeapBytes.putLong(image, SegmentLayout.WORD, word);
    HeapBytes.putLong(image, SegmentLayout.PREFIX, shape.prefix());
    HeapBytes.putInt(image, SegmentLayout.LOCAL_DEPTH, shape.localDepth());
    HeapBytes.putInt(image, SegmentLayout.DIRTY_BUCKETS, dirty);
    HeapBytes.putInt(image, SegmentLayout.BLOCK_BYTES, blockBytes);
    HeapBytes.putInt(image, SegmentLayout.CHECKSUM, checksum(image, 0));
  }
}
