package io.tophash.sync.segment;

import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;

/**
 * How many dirty buckets an inline segment has: a function of its read buckets alone, so that a
 * lookup in the dirty table need not load the block's header. The dirty table takes an eighth of
 * the read table at least, and whatever is left of a block of the size that holds both.
 */
final class InlineShape {
  private static final int SLACK_DIVISOR = 8;
  private static final int[] DIRTY = new int[SegmentWord.MAX_BUCKETS + 1];

  static {
    for (int read = 1; read < DIRTY.length; read++) {
      long block = ExtentAllocator.blockBytes(bytes(read));
      long all = (block - SegmentLayout.HEADER_BYTES) / SegmentLayout.INLINE_BUCKET_BYTES;
      DIRTY[read] = (int) Math.min(SegmentWord.MAX_BUCKETS, all - read);
    }
  }

  private InlineShape() {}

  /** Size of the smallest block for so many read buckets. */
  static long bytes(int read) {
    int dirty = Math.max(1, read / SLACK_DIVISOR);
    return SegmentLayout.HEADER_BYTES + (long) (read + dirty) * SegmentLayout.INLINE_BUCKET_BYTES;
  }

  /** Number of dirty buckets beside so many read buckets. */
  static int dirtyBuckets(int read) {
    return DIRTY[read];
  }
}
