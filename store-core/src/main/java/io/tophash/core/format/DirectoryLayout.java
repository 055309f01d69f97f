package io.tophash.core.format;

/**
 * The directory of a bucket array: the positions of its chunks. A chunk is a run of 2^chunkShift
 * buckets (the last one may be shorter); the buckets are numbered through all chunks, first the 2^B
 * regular ones, then the preallocated overflow buckets. A position of 0 is a chunk that was not
 * needed yet: all its buckets are empty. The picture is in docs/format.md, "Directory".
 */
public final class DirectoryLayout {
  /** int, log2 of the number of regular buckets */
  public static final int B = 0;

  /** int, number of chunks */
  public static final int CHUNK_COUNT = 4;

  /** long, 0 */
  public static final int RESERVED = 8;

  /** longs, position of each chunk or 0 */
  public static final int CHUNKS = 16;

  private DirectoryLayout() {}

  /** Size of a directory in bytes. */
  public static long bytes(int chunkCount) {
    return CHUNKS + 8L * chunkCount;
  }

  /** Offset of a chunk's word in the directory. */
  public static int chunk(int index) {
    return CHUNKS + 8 * index;
  }

  /** Number of preallocated overflow buckets behind 2^b regular ones (Go's makeBucketArray). */
  public static long preallocatedOverflow(int b) {
    return b >= 4 ? 1L << (b - 4) : 0;
  }

  /** Number of buckets in all chunks. */
  public static long bucketCount(int b) {
    return (1L << b) + preallocatedOverflow(b);
  }

  /** Number of chunks that hold the buckets of an array. */
  public static int chunkCount(int b, int chunkShift) {
    return Math.toIntExact((bucketCount(b) + (1L << chunkShift) - 1) >>> chunkShift);
  }

  /** Number of buckets in one chunk. */
  public static long bucketsInChunk(int b, int chunkShift, int index) {
    long before = (long) index << chunkShift;
    return Math.min(1L << chunkShift, bucketCount(b) - before);
  }
}
