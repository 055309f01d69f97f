package io.tophash.core.table;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.alloc.Reach;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.MappedMemory;

/** What all parts of a table share. */
public final class TableContext {
  final MappedMemory memory;
  final BlockAllocator allocator;
  final Reach reach;
  final BucketLayout layout;
  final KeyHash.Factory hashes;
  final int keyFixedBytes;
  final int chunkShift;

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
    this.reach = allocator.reach();
  }

  /** log2 of the buckets of a chunk: 4,096, or fewer where a chunk would not fit a small window. */
  public static int chunkShift(int bucketBytes, int windowShift) {
    int shift = 12;
    while (shift > 0 && (long) bucketBytes << shift > 1L << windowShift - 2) {
      shift--;
    }
    return shift;
  }
}
