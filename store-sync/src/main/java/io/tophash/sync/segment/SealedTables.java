package io.tophash.sync.segment;

import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.SUM;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The tables of sealed segments, under a sum. Nothing is stored to a sealed block, so whoever takes
 * a checkpoint puts the sum of its tables into its header, and from then on it holds: also after a
 * kill, and after a power cut at whose checkpoint it was. A block that is not sealed has no sum.
 *
 * <p>A process compares each sum once, before it believes of the segment for the first time that a
 * key is absent: what is present proves itself. From then on the segment is <i>known</i>: one bit
 * for each kilobyte of the file. A block that takes the place of a known one was written while the
 * store was open, and counts as known.
 *
 * <p>Segments of a cache have none, as marks and times change in sealed ones, too; there an entry
 * may be absent at any time.
 *
 * <p>Thread-safe; wait-free.
 */
public final class SealedTables {
  private static final int NO_SUM = 0;

  private final MappedMemory memory;
  private final int bucketBytes;
  private final boolean hasSums;
  // Set and read by races, without a lock: a bit that is lost costs a second look.
  private long[] known = new long[16];

  SealedTables(MappedMemory memory, int bucketBytes, boolean hasSums) {
    this.memory = memory;
    this.bucketBytes = bucketBytes;
    this.hasSums = hasSums;
  }

  /** True if this process has compared the sum of a segment, or knows that there is none. */
  public boolean isKnown(long segmentWord) {
    long[] known = this.known;
    int at = index(segmentWord);
    return at < known.length && (known[at] >>> bit(segmentWord) & 1) != 0;
  }

  /** True if the tables of a segment may be believed: what is absent there is absent. */
  public boolean mayBelieve(long segmentWord) {
    return isKnown(segmentWord) || know(segmentWord);
  }

  // The position is a multiple of 1,024 and begins at bit 30.
  private static int index(long segmentWord) {
    return (int) (segmentWord >>> 36);
  }

  private static int bit(long segmentWord) {
    return (int) (segmentWord >>> 30) & 63;
  }

  /**
   * Makes a segment known.
   *
   * @return false if its tables are not those that were sealed, or if the block is no longer that
   *     of the word
   * @throws IndexOutOfBoundsException if it makes no sense
   */
  public boolean know(long segmentWord) {
    if (!matches(segmentWord)) {
      return false;
    }
    int at = index(segmentWord);
    long[] known = this.known;
    if (at >= known.length) {
      known = Arrays.copyOf(known, Math.max(at + 1, 2 * known.length));
      this.known = known;
    }
    known[at] |= 1L << bit(segmentWord);
    return true;
  }

  /** As {@link #know}, but it is compared whether it is known or not, and nothing is noted. */
  public boolean matches(long segmentWord) {
    if (!hasSums) {
      return true;
    }
    long block = SegmentWord.position(segmentWord);
    if (leavesMapping(memory, block, HEADER_BYTES) || !isHeaderOf(segmentWord)) {
      return false;
    }
    // Pairs with sum().
    int sum = memory.getIntAcquire(block, SUM);
    return sum == NO_SUM || sum == of(segmentWord);
  }

  /** Gives a segment that was sealed its sum, if it has none. */
  public void sum(long segmentWord) {
    long block = SegmentWord.position(segmentWord);
    if (hasSums
        && !leavesMapping(memory, block, HEADER_BYTES)
        && memory.getInt(block, SUM) == NO_SUM) {
      memory.putIntRelease(block, SUM, of(segmentWord));
    }
  }

  /** True if the header of a block is whole and the one that a segment word names. */
  boolean isHeaderOf(long segmentWord) {
    byte[] header = new byte[HEADER_BYTES];
    memory.getBytes(SegmentWord.position(segmentWord), header, 0, header.length);
    return SegmentImage.isSealed(header, 0)
        && SegmentWord.isSameBlock(SegmentImage.word(header, 0), segmentWord);
  }

  /** True if not all of these bytes are mapped in one window. */
  static boolean leavesMapping(MappedMemory memory, long position, long bytes) {
    return position < 0
        || bytes < 0
        || position + bytes > memory.mappedBytes()
        || (position & memory.windowBytes() - 1) + bytes > memory.windowBytes();
  }

  /** Takes the sum from a copy that is not sealed. */
  void unseal(long block) {
    if (hasSums) {
      memory.putInt(block, SUM, NO_SUM);
    }
  }

  /** The sum as it must be; {@link #NO_SUM} if the block makes no sense. */
  private int of(long segmentWord) {
    long block = SegmentWord.position(segmentWord);
    long dirty = memory.getInt(block, SegmentLayout.DIRTY_BUCKETS);
    long tables = block + HEADER_BYTES;
    long bytes = (SegmentWord.readBuckets(segmentWord) + dirty) * bucketBytes;
    if (leavesMapping(memory, tables, bytes)) {
      return NO_SUM;
    }
    CRC32C crc = new CRC32C();
    crc.update(memory.slice(tables, (int) bytes));
    int sum = (int) crc.getValue();
    return sum == NO_SUM ? 1 : sum;
  }
}
