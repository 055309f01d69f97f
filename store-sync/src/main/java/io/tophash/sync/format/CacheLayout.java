package io.tophash.sync.format;

/**
 * What a cache has beside what every concurrent store has. The picture is in docs/format.md,
 * "Cache".
 *
 * <p>In front of each record in a log, and of each large record in its block, stands the first long
 * of the value, <i>expires</i>: the one part of a record that changes in place. It is aligned and
 * outside of the checksum. The 48 lower bits are milliseconds since 1970, from which on the entry
 * is of no use; the upper 16 are the users' own.
 */
public final class CacheLayout {
  /** Size of what stands in front of a record. */
  public static final int PREFIX_BYTES = 8;

  /** Offset of expires from the start of the record. */
  public static final int EXPIRES = -PREFIX_BYTES;

  /** The time that never comes, and the bits of expires that are the time. */
  public static final long NEVER = (1L << 48) - 1;

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

  private static final int EXTENT_UNITS = 255;
  private static final int LARGEST_PART = 4;
  private static final int MOST_LARGE_PARTS = 32;

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
   * Size of a large record's block that a cache takes where so many bytes are needed: one of few,
   * as for segments: a part of an extent by a power of two.
   */
  public static long largeBytes(long needed) {
    for (int part = MOST_LARGE_PARTS; part >= 1; part >>= 1) {
      long bytes = (long) (EXTENT_UNITS / part) << 10;
      if (bytes >= needed) {
        return bytes;
      }
    }
    return needed;
  }

  /**
   * Size of a segment's block that a cache takes where so many bytes are needed: one of few, so
   * that the blocks that one segment leaves are just what another needs, and the file does not
   * fragment. A quarter of an extent, or an eighth and so on.
   */
  public static long blockBytes(long needed) {
    for (int part = 256; part >= LARGEST_PART; part >>= 1) {
      long bytes = (long) (EXTENT_UNITS / part) << 10;
      if (bytes >= needed && bytes > 0) {
        return bytes;
      }
    }
    return needed;
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
