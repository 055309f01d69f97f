package io.tophash.core.alloc;

import static io.tophash.core.format.SpanLayout.PAGE_SHIFT;

import io.tophash.core.format.SizeClasses;
import io.tophash.core.memory.MappedMemory;

/** The blocks of one size class in a span, and the bitmap in front of them. Stateless. */
final class SpanBlocks {
  private final MappedMemory memory;

  SpanBlocks(MappedMemory memory) {
    this.memory = memory;
  }

  private long word(long page, int block) {
    return memory.getLong(page << PAGE_SHIFT, block >>> 6 << 3);
  }

  boolean isAllocated(long page, int block) {
    return (word(page, block) >>> block & 1) == 1;
  }

  /** Allocates or frees a block: one aligned store, after all stores before it. */
  void set(long page, int block, boolean allocated) {
    long bit = 1L << block;
    long word = word(page, block);
    memory.putLongRelease(
        page << PAGE_SHIFT, block >>> 6 << 3, allocated ? word | bit : word & ~bit);
  }

  /** Lowest free block of the span, or -1. */
  int firstFree(long page, int sizeClass) {
    int blocks = SizeClasses.blockCount(sizeClass);
    for (int i = 0; i < blocks; i += 64) {
      long free = ~word(page, i);
      if (blocks - i < 64) {
        free &= (1L << blocks - i) - 1;
      }
      if (free != 0) {
        return i + Long.numberOfTrailingZeros(free);
      }
    }
    return -1;
  }

  boolean isEmpty(long page, int sizeClass) {
    for (int i = 0; i < SizeClasses.blockCount(sizeClass); i += 64) {
      if (word(page, i) != 0) {
        return false;
      }
    }
    return true;
  }

  static long position(long page, int sizeClass, int block) {
    return (page << PAGE_SHIFT)
        + SizeClasses.bitmapBytes(sizeClass)
        + (long) block * SizeClasses.blockBytes(sizeClass);
  }

  /** Number of the block that begins exactly at this position of the span, or -1. */
  static int number(long page, int sizeClass, long position) {
    long inBlocks = position - position(page, sizeClass, 0);
    long block = inBlocks / SizeClasses.blockBytes(sizeClass);
    return inBlocks >= 0
            && block < SizeClasses.blockCount(sizeClass)
            && block * SizeClasses.blockBytes(sizeClass) == inBlocks
        ? (int) block
        : -1;
  }
}
