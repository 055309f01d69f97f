package io.tophash.sync.format;

/**
 * A shard: a lock and a directory, on cache lines of their own. The picture is in docs/format.md,
 * "Shard"; who writes each word, and how, in docs/concurrency.md.
 */
public final class ShardLayout {
  /** long, {@link LockWord} */
  public static final int LOCK = 0;

  /** long, {@link ShardState}; in the line of the lock, which whoever reads it has just read */
  public static final int STATE = 8;

  /**
   * Counter for people, written under the lock: how often somebody waited for it. In the line of
   * the lock, which the one that waited has.
   */
  public static final int LOCK_WAITS = 16;

  /** Counter for people: how long they waited, in nanoseconds. */
  public static final int LOCK_WAIT_NANOS = 24;

  /** long, {@link DirectoryWord} */
  public static final int DIRECTORY = 64;

  /** long, number of entries; changed by atomic addition */
  public static final int COUNT = 128;

  /** long, cache: bytes of the blocks that the shard owns; written under the lock */
  public static final int USED_BYTES = 136;

  /** long, cache: the shard never owns more bytes than this */
  public static final int MAX_BYTES = 144;

  /** long, cache: the shard never has more entries than this */
  public static final int MAX_ENTRIES = 152;

  /** long, cache: hash from which the next eviction from another segment goes on */
  public static final int HAND = 160;

  /** Notes: blocks that the operation under the lock has allocated and not linked yet. */
  public static final int NEW_BLOCK_0 = 192;

  /** The second one: the upper half of a split. */
  public static final int NEW_BLOCK_1 = 200;

  /** Notes: blocks that it unlinks and has not freed yet. */
  public static final int OLD_BLOCK_0 = 208;

  /** The second one: the buddy of a merge. */
  public static final int OLD_BLOCK_1 = 216;

  /** Note: a directory that is not linked yet. */
  public static final int NEW_DIRECTORY = 224;

  /** Note: a directory that is no longer linked. */
  public static final int OLD_DIRECTORY = 232;

  /** Note: the block of a large record that is not linked yet. */
  public static final int NEW_LARGE = 240;

  /** Note: the block of a large record that is being unlinked. */
  public static final int OLD_LARGE = 248;

  /**
   * long: log2 of the directory size of {@link #OLD_DIRECTORY} while it is being emptied, plus 1
   */
  public static final int CLEARING = 256;

  /** long, cache: when a process began to remove expired entries, milliseconds since 1970 */
  public static final int SWEPT_AT = 264;

  /** long, position of the lane at which the parts of the last large change begin */
  public static final int PARTS_FROM = 272;

  /** long, position behind that change; {@link Long#MAX_VALUE} until it is written */
  public static final int PARTS_END = 280;

  /** long, how many bytes were ever written to the shard's lane of the log */
  public static final int LANE_TAIL = 288;

  /** long, up to which of them all is done that they say; written under the lock */
  public static final int LANE_APPLIED = 296;

  /** long, number of a batch before which none has anything from PARTS_FROM on */
  public static final int PARTS_BATCH = 304;

  /** long, number of sealed segments that were copied; a counter for people, as those below */
  public static final int COPIES = 312;

  /** Counters for people, longs, written under the lock. */
  public static final int INSERTS = 320;

  /** Number of rebuilds of any kind. */
  public static final int REBUILDS = 328;

  /** Number of splits. */
  public static final int SPLITS = 336;

  /** Number of merges. */
  public static final int MERGES = 344;

  /** Number of rebuilds because of misses. */
  public static final int PROMOTIONS = 352;

  /** Number of times that the lock was taken over from a dead process. */
  public static final int TAKEOVERS = 360;

  /** Number of lookups that went to a dirty table, as far as processes have reported them. */
  public static final int MISSES = 368;

  /** Number of times that the shard was emptied. */
  public static final int CLEARS = 376;

  /** Cache: counters of all processes, longs; see {@link CacheLayout}. */
  public static final int CACHE_COUNTERS = 384;

  /** Size of a shard in bytes. */
  public static final int BYTES = 512;

  private ShardLayout() {}
}
