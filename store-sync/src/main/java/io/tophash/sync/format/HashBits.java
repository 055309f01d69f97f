package io.tophash.sync.format;

import io.tophash.core.format.Tophash;

/**
 * Which bits of a key's hash serve what, so that no structure repeats another's choice.
 *
 * <pre>
 * | 63 .. shard | .. 40 directory, at most 18 bits | 39 .. 32 tophash | 31 .. 0 bucket (upper part) |
 *                                                                  | 15 .. 0 extra bits           |
 * </pre>
 */
public final class HashBits {
  private HashBits() {}

  /** The shard. */
  public static int shard(long hash, int shardShift) {
    return (int) (hash >>> 1 >>> 63 - shardShift);
  }

  /** Index in a directory of this depth. */
  public static int directoryIndex(long hash, int shardShift, int depth) {
    return (int) (hash << shardShift >>> 1 >>> 63 - depth);
  }

  /** Bucket in a table of any size: multiply-shift, as the size is no power of two. */
  public static int bucket(long hash, int buckets) {
    return (int) ((hash & 0xFFFF_FFFFL) * buckets >>> 32);
  }

  /** The tophash byte: never one that stands for an empty cell. */
  public static int tophash(long hash) {
    int top = (int) (hash >>> 32) & 0xFF;
    // Without a branch: a lookup has much in registers here.
    return top + (Tophash.MIN_TOPHASH & top - Tophash.MIN_TOPHASH >> 31);
  }

  /** The extra bits of a record's cell. */
  public static int extra(long hash) {
    return (int) hash & 0xFFFF;
  }
}
