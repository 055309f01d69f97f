package io.tophash.sync.format;

/**
 * What a cache has beside what every concurrent store has. The picture is in docs/format.md,
 * "Cache".
 *
 * <p>In front of each record in a log, and of each large record in its block, stands the first long
 * of the value, <i>expires</i>: the one part of a record that changes in place. It is aligned and
 * outside of the checksum. The 43 lower bits are milliseconds since 1970, from which on the entry
 * is of no use; the upper 21 are the users' own.
 */
public final class CacheLayout {
  /** Size of what stands in front of a record. */
  public static final int PREFIX_BYTES = 8;

  /** Offset of expires from the start of the record. */
  public static final int EXPIRES = -PREFIX_BYTES;

  /**
   * A time that never comes, and the bits of expires that are the time. Any time with the highest
   * of these bits is as good, as that is after the year 2109.
   */
  public static final long NEVER = (1L << 43) - 1;

  /** Records and stubs begin at multiples of so many bytes. */
  public static final int ALIGNMENT = 8;

  /** In the header, long: bound of the file in bytes; {@link Long#MAX_VALUE} if there is none. */
  public static final int MAX_BYTES = 2304;

  /** In the header, long: bound of the number of entries; {@link Long#MAX_VALUE} if none. */
  public static final int MAX_ENTRIES = 2312;

  /** Number of tag words. */
  public static final int TAGS = 4096;

  /** Number of counters of a shard. */
  public static final int COUNTERS = 16;

  /** Counter: entries that went because the bound left no room. */
  public static final int EVICTED = 0;

  /** Counter: entries that went because their time was over. */
  public static final int EXPIRED = 1;

  /** Counter: values that found no room at all. */
  public static final int REJECTED = 2;

  /** The first counter that belongs to who uses the cache store. */
  public static final int FIRST_OF_USER = 4;

  /**
   * Sizes of blocks that a cache takes, in KiB: few, so that the blocks that one leaves are just
   * what another needs, and such that extents, of 255, are filled by them, or nearly.
   */
  private static final int[] BLOCK_KIB = {3, 5, 10, 17, 25, 51, 85, 127, 255};

  /** Largest block that a segment is meant to have. */
  public static final long SEGMENT_BYTES = 51 << 10;

  /** A directory of one of several shards has at least so many bytes. */
  public static final long DIRECTORY_BYTES = 4 << 10;

  private CacheLayout() {}

  /** True if an entry with this word is of no use at this time. */
  public static boolean isOver(long expires, long nowMs) {
    return (expires & NEVER) <= nowMs;
  }

  /** A time as the word of a segment that says when its next entry expires: rounded down. */
  public static int seconds(long ms) {
    return (int) Math.min(0xFFFF_FFFFL, (ms & NEVER) / 1000);
  }

  /**
   * Size of the block that a cache takes where so many bytes are needed, for a segment or a large
   * record; what is larger than an extent is as large as it is.
   */
  public static long blockBytes(long needed) {
    for (int kib : BLOCK_KIB) {
      if (needed <= (long) kib << 10) {
        return (long) kib << 10;
      }
    }
    return needed;
  }

  /** The next smaller size of a block; the smallest has none and is returned itself. */
  public static long smallerBlockBytes(long bytes) {
    long smaller = (long) BLOCK_KIB[0] << 10;
    for (int kib : BLOCK_KIB) {
      if ((long) kib << 10 < bytes) {
        smaller = (long) kib << 10;
      }
    }
    return smaller;
  }

  /** Size of a record in the log, with what stands in front of it. */
  public static long logBytes(long recordBytes) {
    return recordBytes + PREFIX_BYTES + ALIGNMENT - 1 & -ALIGNMENT;
  }

  /** Position of a tag word. */
  public static int tag(int index) {
    return RegionLayout.TAGS + 8 * index;
  }
}
