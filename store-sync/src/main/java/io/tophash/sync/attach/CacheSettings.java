package io.tophash.sync.attach;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.function.LongSupplier;

/**
 * What makes a store a cache.
 *
 * @param maxBytes bound of a new cache's file in bytes, {@link Long#MAX_VALUE} for none
 * @param maxEntries bound of its number of entries, {@link Long#MAX_VALUE} for none
 * @param nowMs the clock, in milliseconds since 1970
 */
public record CacheSettings(long maxBytes, long maxEntries, LongSupplier nowMs) {
  /** A shard of a cache that is bounded by entries has at least so many of them. */
  private static final int ENTRIES_PER_SHARD = 1024;

  /** An extent has so much less than its size for blocks of the usual sizes. */
  private static final int LOST_BYTES = 2 << 10;

  /**
   * Extents that are not for segments: the first one, one for directories, and one that is free, or
   * else nothing could be made smaller in a full file.
   */
  private static final int OTHER_EXTENTS = 3;

  /** What a shard needs at least to be of any use. */
  private static final int LEAST_EXTENTS = 5;

  /** A shard of a cache that is bounded by bytes has at least so many of them. */
  private static final int BYTES_PER_SHARD = 8 << 20;

  /** Those of a cache that is there, as they stand in its file. */
  static CacheSettings of(MappedMemory memory, LongSupplier nowMs) {
    return new CacheSettings(
        memory.getLong(0, CacheLayout.MAX_BYTES),
        memory.getLong(0, CacheLayout.MAX_ENTRIES),
        nowMs);
  }

  /** log2 of the number of shards of a new cache: few, so that each has a share to divide. */
  int shardShift() {
    long shards = Math.min(maxEntries / ENTRIES_PER_SHARD, maxBytes / BYTES_PER_SHARD);
    return shards <= 1
        ? 0
        : Math.min(RegionLayout.MAX_SHARD_SHIFT, Long.SIZE - 1 - Long.numberOfLeadingZeros(shards));
  }

  /** The smallest bound in bytes that a cache with so many shards may be given later. */
  public static long leastBytes(int shards) {
    return (long) (OTHER_EXTENTS + shards * LEAST_EXTENTS) << RegionLayout.EXTENT_SHIFT;
  }

  /** The part of a bound that one of the shards has; the parts of all are the whole. */
  public static long share(long bound, int shard, int shards) {
    return bound == Long.MAX_VALUE ? bound : bound / shards + (shard < bound % shards ? 1 : 0);
  }

  /**
   * What the shards may have of a file of so many bytes: all but what belongs to none, and what is
   * lost at the ends of extents. A single one has its directory among its segments.
   */
  public static long forShards(long maxBytes, int shards) {
    if (maxBytes == Long.MAX_VALUE) {
      return maxBytes;
    }
    long extents = (maxBytes >>> RegionLayout.EXTENT_SHIFT) - OTHER_EXTENTS;
    extents += shards == 1 ? 1 : 0;
    return extents * (RegionLayout.EXTENT_BYTES - LOST_BYTES);
  }
}
