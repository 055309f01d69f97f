package io.tophash.sync.extent;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;

/**
 * What the allocator needs to know of epochs: in which one a shard is, and up to which one freed
 * blocks may be given out. Thread-safe, wait-free.
 */
final class Epochs {
  private final MappedMemory memory;

  Epochs(MappedMemory memory) {
    this.memory = memory;
  }

  /** Present epoch of a shard, for the holder of its lock: a cut takes the lock. */
  long epochOf(int shard) {
    return ShardState.epoch(memory.getLong(RegionLayout.shard(shard), ShardLayout.STATE));
  }

  /**
   * Blocks that were freed in an epoch below this are named by no checkpoint. It never falls, so an
   * older answer is a safe one. Pairs with the store that follows a durable root.
   */
  long reuseBelow() {
    return memory.getLongVolatile(RegionLayout.EPOCHS, EpochLayout.REUSE_BELOW);
  }

  /** True if a block with this owner word may be given out. */
  boolean isTakeable(long ownerWord) {
    return OwnerWord.isTakeable(ownerWord, reuseBelow());
  }

  /** The store's id, which marks of extents are made with. */
  long storeId() {
    return memory.getLong(0, HeaderLayout.STORE_ID);
  }
}
