package io.tophash.sync.shard;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.extent.Quota;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;

/**
 * The bounds of the shards of a cache: each has its share of the bytes and of the entries, and
 * keeps to it under its own lock, so that the sums are kept at every moment.
 *
 * <p>{@code USED_BYTES} is raised before a block is taken and lowered after one was freed. So a
 * kill leaves it too high or right, and the repair, which follows before anybody allocates, counts
 * it anew.
 */
public final class Bounds implements Quota {
  private final MappedMemory memory;

  /**
   * @param memory the mapped file
   */
  public Bounds(MappedMemory memory) {
    this.memory = memory;
  }

  private static int at(int shard, int field) {
    return RegionLayout.shard(shard) + field;
  }

  @Override
  public void take(int shard, long bytes, long credit) {
    long used = used(shard);
    if (bytes > 0 && used + bytes - credit > maxBytes(shard)) {
      throw new StoreFullException(
          "a shard of a cache has used up its share of the bound, shard="
              + shard
              + " used="
              + used
              + " wanted="
              + bytes
              + " share="
              + maxBytes(shard));
    }
    putUsed(shard, used + bytes);
  }

  @Override
  public void give(int shard, long bytes) {
    putUsed(shard, used(shard) - bytes);
  }

  /** Bytes of the blocks that the shard has. */
  public long used(int shard) {
    return memory.getLong(0, at(shard, ShardLayout.USED_BYTES));
  }

  void putUsed(int shard, long bytes) {
    memory.putLongRelease(0, at(shard, ShardLayout.USED_BYTES), bytes);
  }

  /** How many it may have. */
  public long maxBytes(int shard) {
    return memory.getLongAcquire(0, at(shard, ShardLayout.MAX_BYTES));
  }

  /** How many entries the shard may have. */
  public long maxEntries(int shard) {
    return memory.getLongAcquire(0, at(shard, ShardLayout.MAX_ENTRIES));
  }

  /** Sets the share of a shard; who lowers it has made room first, or makes it now. */
  public void putShare(int shard, long bytes, long entries) {
    memory.putLongRelease(0, at(shard, ShardLayout.MAX_BYTES), bytes);
    memory.putLongRelease(0, at(shard, ShardLayout.MAX_ENTRIES), entries);
  }
}
