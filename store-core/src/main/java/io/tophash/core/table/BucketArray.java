package io.tophash.core.table;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A bucket array: its directory in the file, and a copy of the chunk positions on the heap (8 bytes
 * for each 2^chunkShift buckets), so that a lookup goes straight to its bucket.
 */
final class BucketArray {
  /** 2^36 buckets hold some 4 * 10^11 entries; what a damaged file asks for is bounded so. */
  private static final int MAX_B = 36;

  private final MappedMemory memory;
  private final BlockAllocator allocator;
  private final long directory;
  private final int b;
  private final int chunkShift;
  private final int bucketBytes;
  private final long[] chunks;

  /** Of an array that was there when the store was closed; null: all of it is of this run. */
  GroupSums sums;

  private BucketArray(
      MappedMemory memory,
      BlockAllocator allocator,
      long directory,
      int b,
      int chunkShift,
      int bucketBytes) {
    this.memory = memory;
    this.allocator = allocator;
    this.directory = directory;
    this.b = b;
    this.chunkShift = chunkShift;
    this.bucketBytes = bucketBytes;
    this.chunks = new long[DirectoryLayout.chunkCount(b, chunkShift)];
  }

  /** True if an array of 2^b buckets can exist: its directory fits a window. */
  static boolean isPossible(TableContext context, int b) {
    return b >= 0 && b <= MAX_B && isPossible(b, context.chunkShift, context.memory.windowBytes());
  }

  static boolean isPossible(int b, int chunkShift, long windowBytes) {
    return (DirectoryLayout.bucketCount(b) >>> chunkShift) * 8 < windowBytes / 2;
  }

  /** An array of this size of which nothing is allocated yet. */
  static BucketArray unallocated(TableContext context, int b) {
    return new BucketArray(
        context.memory, context.allocator, 0, b, context.chunkShift, context.layout.bytes());
  }

  /** The array whose directory stands at this position. */
  static BucketArray open(TableContext context, long directory) {
    MappedMemory memory = context.memory;
    context.reach.check("directory", directory, DirectoryLayout.CHUNKS);
    int b = memory.getInt(directory, DirectoryLayout.B);
    int count = memory.getInt(directory, DirectoryLayout.CHUNK_COUNT);
    if (!isPossible(context, b) || count != DirectoryLayout.chunkCount(b, context.chunkShift)) {
      throw new CorruptStoreException(
          "directory", directory, "sizes disagree, b=" + b + " chunkCount=" + count);
    }
    context.reach.check("directory", directory, DirectoryLayout.bytes(count));
    BucketArray array =
        new BucketArray(
            memory, context.allocator, directory, b, context.chunkShift, context.layout.bytes());
    for (int i = 0; i < count; i++) {
      long chunk = memory.getLong(directory, DirectoryLayout.chunk(i));
      if (chunk != 0) {
        context.reach.check("chunk", chunk, array.chunkBytes(i));
      }
      array.chunks[i] = chunk;
    }
    return array;
  }

  /** Makes the directory of a new array and publishes its position in the word {@code slot}. */
  static BucketArray create(TableContext context, int b, int slot) {
    MappedMemory memory = context.memory;
    int count = DirectoryLayout.chunkCount(b, context.chunkShift);
    noteSlot(memory, slot);
    long directory =
        context.allocator.allocateZeroed(DirectoryLayout.bytes(count), IntentLayout.PENDING_CHUNK);
    memory.putInt(directory, DirectoryLayout.B, b);
    memory.putInt(directory, DirectoryLayout.CHUNK_COUNT, count);
    CrashPoint.reached("directory.filled");
    memory.putLongRelease(0, slot, directory);
    CrashPoint.reached("directory.published");
    memory.putLongRelease(0, IntentLayout.PENDING_CHUNK, 0);
    return new BucketArray(
        memory, context.allocator, directory, b, context.chunkShift, context.layout.bytes());
  }

  // Not before the words of the last allocation or release are cleared, which it would complete to
  // a false statement.
  private static void noteSlot(MappedMemory memory, long slot) {
    memory.putLongRelease(0, IntentLayout.PENDING_CHUNK_SLOT, slot);
  }

  /** The chain of a bucket is about to be changed. */
  void changing(long index) {
    if (sums != null) {
      sums.changing(index);
    }
  }

  /** What is not in the chain of a bucket is absent: sees to it that this may be believed. */
  void prove(long index) {
    if (sums != null) {
      sums.prove(index);
    }
  }

  long directory() {
    return directory;
  }

  int b() {
    return b;
  }

  /** Number of regular buckets. */
  long size() {
    return 1L << b;
  }

  int chunkCount() {
    return chunks.length;
  }

  /** The chunk positions, for the lookup path; 0 where there is none yet. */
  long[] chunks() {
    return chunks;
  }

  /** End of the last chunk, or of the directory. */
  long end() {
    long end = directory == 0 ? 0 : directory + DirectoryLayout.bytes(chunks.length);
    for (int i = 0; i < chunks.length; i++) {
      end = Math.max(end, chunks[i] == 0 ? 0 : chunks[i] + chunkBytes(i));
    }
    return end;
  }

  /** Bytes of the chunks that there are. */
  long allocatedBytes() {
    long bytes = 0;
    for (int i = 0; i < chunks.length; i++) {
      bytes += chunks[i] == 0 ? 0 : chunkBytes(i);
    }
    return bytes;
  }

  long chunkBytes(int index) {
    return DirectoryLayout.bucketsInChunk(b, chunkShift, index) * bucketBytes;
  }

  /** Position of a bucket, or 0 if its chunk was not needed yet: then it is empty. */
  long bucket(long index) {
    long chunk = chunks[(int) (index >>> chunkShift)];
    return chunk == 0 ? 0 : chunk + (index & (1L << chunkShift) - 1) * bucketBytes;
  }

  /** Position of a bucket; makes its chunk if need be. */
  long ensureBucket(long index) {
    int chunk = (int) (index >>> chunkShift);
    if (chunks[chunk] == 0) {
      makeChunk(chunk);
    }
    return bucket(index);
  }

  /** True if the allocation of this chunk needs to write nothing more to the file. */
  boolean prepareChunk(int index) {
    return allocator.prepareStep(chunkBytes(index));
  }

  void makeChunk(int index) {
    long slot = directory + DirectoryLayout.chunk(index);
    noteSlot(memory, slot);
    long chunk = allocator.allocateZeroed(chunkBytes(index), IntentLayout.PENDING_CHUNK);
    CrashPoint.reached("chunk.allocated");
    memory.putLongRelease(slot, 0, chunk);
    CrashPoint.reached("chunk.published");
    memory.putLongRelease(0, IntentLayout.PENDING_CHUNK, 0);
    chunks[index] = chunk;
  }

  /** Frees a chunk and forgets it in the directory. */
  void freeChunk(int index) {
    long chunk = chunks[index];
    if (chunk != 0) {
      chunks[index] = 0;
      free(chunk, directory + DirectoryLayout.chunk(index));
    }
  }

  /** Frees the directory itself, to which the word {@code slot} refers. */
  void freeDirectory(int slot) {
    free(directory, slot);
  }

  private void free(long block, long slot) {
    noteSlot(memory, slot);
    memory.putLongRelease(0, IntentLayout.RETIRED_CHUNK, block);
    CrashPoint.reached("chunk.retired");
    memory.putLongRelease(slot, 0, 0);
    // The block may be written again from here on, a directory by something that is none.
    MappedMemory.storeStoreFence();
    CrashPoint.reached("chunk.forgotten");
    allocator.freeIfAllocated(block);
    CrashPoint.reached("chunk.freed");
    memory.putLongRelease(0, IntentLayout.RETIRED_CHUNK, 0);
  }

  /**
   * Moves chunks of regular buckets to lower places in the file, the highest ones first, up to a
   * number of bytes. Overflow buckets stay: chains refer to them by position.
   */
  void moveChunksDown(long maxBytes) {
    int regular = (int) (size() >>> chunkShift);
    long[] byPosition = new long[regular];
    int n = 0;
    for (int i = 0; i < regular; i++) {
      if (chunks[i] != 0) {
        byPosition[n++] = chunks[i];
      }
    }
    Arrays.sort(byPosition, 0, n);
    Map<Long, Integer> indexOf = new HashMap<>();
    for (int i = 0; i < regular; i++) {
      indexOf.put(chunks[i], i);
    }
    long moved = 0;
    for (int i = n - 1; i >= 0 && moved < maxBytes; i--) {
      int index = indexOf.get(byPosition[i]);
      if (!moveDown(index)) {
        return;
      }
      moved += chunkBytes(index);
    }
  }

  /**
   * Copies a chunk to a lower place and publishes that; false if there is none. The commit is the
   * store of the directory's word.
   */
  private boolean moveDown(int index) {
    long from = chunks[index];
    long slot = directory + DirectoryLayout.chunk(index);
    long bytes = chunkBytes(index);
    if (!allocator.hasFree(bytes)) {
      return false;
    }
    noteSlot(memory, slot);
    long to = allocator.allocate(bytes, IntentLayout.PENDING_CHUNK);
    boolean lower = to < from;
    if (lower) {
      memory.copy(from, to, (int) bytes);
      memory.putLongRelease(0, IntentLayout.RETIRED_CHUNK, from);
      CrashPoint.reached("move.copied");
      memory.putLongRelease(slot, 0, to);
      MappedMemory.storeStoreFence();
      CrashPoint.reached("move.published");
      chunks[index] = to;
    }
    allocator.free(lower ? from : to);
    CrashPoint.reached("move.freed");
    memory.putLongRelease(0, IntentLayout.RETIRED_CHUNK, 0);
    CrashPoint.reached("move.settled");
    memory.putLongRelease(0, IntentLayout.PENDING_CHUNK, 0);
    return lower;
  }
}
