package io.tophash.sync.shard;

import io.tophash.sync.format.HashBits;

/**
 * A place in the hash space that goes from segment to segment, upwards in the hashes as unsigned
 * numbers. Splits and merges only refine or coarsen that order: what a merged segment holds of the
 * part that was left behind is below {@link #hash}.
 *
 * <p>For one thread at a time.
 */
public final class SegmentCursor {
  private final int shardShift;
  private final int firstShard;
  private final int lastShard;
  // The lowest hash of the part that is still to come; everything below was passed.
  private long hash;
  private boolean isOver;

  private SegmentCursor(ShardContext context, int firstShard, int lastShard) {
    this.shardShift = context.shardShift();
    this.firstShard = firstShard;
    this.lastShard = lastShard;
    this.hash = context.firstHash(firstShard);
  }

  /** Goes through the whole store. */
  public static SegmentCursor ofStore(ShardContext context) {
    return new SegmentCursor(context, 0, context.shardCount() - 1);
  }

  /** Goes through one shard. */
  public static SegmentCursor ofShard(ShardContext context, int shard) {
    return new SegmentCursor(context, shard, shard);
  }

  /** Lowest hash of the present segment that was not passed yet. */
  public long hash() {
    return hash;
  }

  /** True if all segments were passed. */
  public boolean isOver() {
    return isOver;
  }

  /**
   * Passes the present segment.
   *
   * @param localDepth how many bits behind the shard's bits its keys share
   */
  public void pass(int localDepth) {
    int bits = shardShift + localDepth;
    long size = bits == 0 ? 0 : 1L << Long.SIZE - bits;
    hash = bits == 0 ? 0 : (hash & -size) + size;
    int shard = HashBits.shard(hash, shardShift);
    isOver = hash == 0 || shard < firstShard || shard > lastShard;
  }
}
