package io.tophash.core.table;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.MappedMemory;

/** What all parts of a table share. */
public final class TableContext {
  final MappedMemory memory;
  final BlockAllocator allocator;
  final BucketLayout layout;
  final KeyHash.Factory hashes;
  final int keyFixedBytes;
  final int chunkShift;

  private final long windowMask;

  /**
   * @param memory the mapped store
   * @param allocator its allocator
   * @param layout its buckets
   * @param hashes its hash function
   * @param keyFixedBytes encoded size of a key, negative if it varies
   */
  public TableContext(
      MappedMemory memory,
      BlockAllocator allocator,
      BucketLayout layout,
      KeyHash.Factory hashes,
      int keyFixedBytes) {
    this.memory = memory;
    this.allocator = allocator;
    this.layout = layout;
    this.hashes = hashes;
    this.keyFixedBytes = keyFixedBytes;
    this.chunkShift = memory.getInt(0, HeaderLayout.CHUNK_SHIFT);
    this.windowMask = memory.windowBytes() - 1;
  }

  /** log2 of the buckets of a chunk: 4,096, or fewer where a chunk would not fit a small window. */
  public static int chunkShift(int bucketBytes, int windowShift) {
    int shift = 12;
    while (shift > 0 && (long) bucketBytes << shift > 1L << windowShift - 2) {
      shift--;
    }
    return shift;
  }

  /**
   * Refuses a position that was read from the file and cannot be one of ours: this check stands
   * between a damaged file and an access outside the mapping.
   */
  void checkPosition(String section, long position, long bytes) {
    if (position < SpanLayout.PAGE_BYTES
        || (position & 7) != 0
        || bytes > windowMask
        || (position & windowMask) + bytes > windowMask + 1
        || position + bytes > allocator.limitBytes()) {
      throw new CorruptStoreException(
          section, position, "a reference leads outside the store, bytes=" + bytes);
    }
  }
}
