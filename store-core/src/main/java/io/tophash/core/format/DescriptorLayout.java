package io.tophash.core.format;

/**
 * A table descriptor: what Go keeps in {@code hmap}. Two stand in the header, the selector names
 * the live one; growth starts and ends by filling the other one and flipping the selector. The
 * picture is in docs/format.md, "Table descriptor".
 */
public final class DescriptorLayout {
  /** long, number of entries */
  public static final int COUNT = 0;

  /** int, log2 of the number of buckets */
  public static final int B = 8;

  /** int, 1 if the growth under way keeps the size */
  public static final int SAME_SIZE = 12;

  /** long, hash seed */
  public static final int SEED = 16;

  /** long, position of the directory of the bucket array; 0: not allocated yet */
  public static final int BUCKETS = 24;

  /** long, position of the directory of the old bucket array; 0: no growth is under way */
  public static final int OLD_BUCKETS = 32;

  /** long, all old buckets below this index are evacuated */
  public static final int NEVACUATE = 40;

  /** long, exact number of overflow buckets linked into the bucket array */
  public static final int NOVERFLOW = 48;

  /** long, how many of the preallocated overflow buckets were handed out */
  public static final int NEXT_OVERFLOW = 56;

  /** Size of a descriptor: one cache line. */
  public static final int BYTES = 64;

  private DescriptorLayout() {}

  /** Position of descriptor 0 or 1. */
  public static long position(long selector) {
    return HeaderLayout.DESCRIPTORS + (selector & 1) * BYTES;
  }
}
