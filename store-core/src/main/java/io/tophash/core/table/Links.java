package io.tophash.core.table;

/**
 * The overflow word of a bucket: the position of the next bucket, and in bit 0 whether that is a
 * block of its own (freed with its chain) or one of the buckets preallocated behind the array.
 */
final class Links {
  private static final long OWN_BLOCK = 1;

  private Links() {}

  static long of(long position, boolean ownBlock) {
    return ownBlock ? position | OWN_BLOCK : position;
  }

  static long position(long link) {
    return link & ~OWN_BLOCK;
  }

  static boolean isOwnBlock(long link) {
    return (link & OWN_BLOCK) != 0;
  }
}
