package io.tophash.sync.checkpoint;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;
import io.tophash.sync.shard.DirectorySums;

/**
 * What the shards of a store are that was closed in order: just what the root of its last
 * checkpoint says, under a checksum. So a directory word or a number of entries that was damaged
 * since does not pass for a store without those entries.
 */
public final class ClosedShards {
  private final MappedMemory memory;
  private final int shardCount;
  private final Root root; // null if it is damaged

  /**
   * @param memory of a store that is marked as closed and durable
   * @param shardCount number of shards
   */
  public ClosedShards(MappedMemory memory, int shardCount) {
    this.memory = memory;
    this.shardCount = shardCount;
    Roots roots = new Roots(memory);
    int slot = roots.newest();
    Root newest = slot < 0 ? null : roots.read(slot);
    boolean isIt =
        newest != null
            && newest.epoch() == memory.getLongVolatile(RegionLayout.EPOCHS, EpochLayout.DURABLE);
    this.root = isIt ? newest : null;
  }

  /**
   * Compares the shards and their directories with the root, for who is alone with the store.
   *
   * @throws CorruptStoreException if there is no root, or a shard has another directory or epoch
   */
  public void check() {
    if (root == null) {
      throw new CorruptStoreException(
          "root",
          RegionLayout.ROOTS,
          "the root of the last checkpoint is damaged; see `tophash recover`");
    }
    for (int shard = 0; shard < shardCount; shard++) {
      long at = RegionLayout.shard(shard);
      long word = root.cut().directoryWords()[shard];
      // Of 0 is an empty shard, whose directory was made without a checkpoint since.
      if (word != 0
              && (memory.getLong(at, ShardLayout.DIRECTORY) != word
                  || DirectorySums.of(memory, word) != root.directorySums()[shard])
          || (memory.getLong(at, ShardLayout.STATE) & ~ShardState.LOGGED)
              != ShardState.of(root.epoch())) {
        throw new CorruptStoreException(
            "shard",
            at,
            "its directory is not the one with which the store was closed; the file was damaged"
                + " since, see `tophash recover`");
      }
    }
  }

  /** Number of the shards whose number of entries is not the one that the root says. */
  public int wrongCounts() {
    int wrong = 0;
    for (int shard = 0; shard < shardCount; shard++) {
      wrong += count(shard) == root.cut().counts()[shard] ? 0 : 1;
    }
    return wrong;
  }

  /** Sets them right, for who is alone with the store. */
  public void mendCounts() {
    for (int shard = 0; shard < shardCount; shard++) {
      if (count(shard) != root.cut().counts()[shard]) {
        memory.putLongRelease(
            RegionLayout.shard(shard), ShardLayout.COUNT, root.cut().counts()[shard]);
      }
    }
  }

  private long count(int shard) {
    return memory.getLong(RegionLayout.shard(shard), ShardLayout.COUNT);
  }
}
