package io.tophash.sync.extent;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LaneLayout;
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
    if (shard == LaneLayout.OWNER) {
      return OwnerWord.MAX_EPOCH; // no checkpoint names the block of the lanes
    }
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

  /** True if the file was full and has not grown since. */
  boolean isFull() {
    return memory.getLongVolatile(RegionLayout.EPOCHS, EpochLayout.FULL) != 0;
  }

  /** Says whether the file is full. */
  void putFull(boolean isFull) {
    if (isFull() != isFull) {
      memory.putLongVolatile(RegionLayout.EPOCHS, EpochLayout.FULL, isFull ? 1 : 0);
    }
  }

  /** The word of the reserve: {version 62 | was complete 1 | complete 1}. */
  long reserve() {
    return memory.getLongVolatile(RegionLayout.EPOCHS, EpochLayout.RESERVE);
  }

  /** True if the word of the reserve says that it is complete. */
  static boolean isReserveComplete(long word) {
    return (word & 1) != 0;
  }

  /** True if it was complete, and what is missing by now was taken by exchanges. */
  static boolean wasReserveComplete(long word) {
    return (word & 2) != 0;
  }

  /** Says so, if nobody has taken of it since the word was this. */
  boolean setReserveComplete(long word) {
    return memory.compareAndSetLong(RegionLayout.EPOCHS, EpochLayout.RESERVE, word, word | 3);
  }

  /** Somebody has taken of the reserve, or may have: it is to be counted anew. */
  void reserveTaken() {
    long word = reserve();
    while (!memory.compareAndSetLong(
        RegionLayout.EPOCHS, EpochLayout.RESERVE, word, (word & ~1) + 4)) {
      word = reserve();
    }
  }

  /** The store's id, which marks of extents are made with. */
  long storeId() {
    return memory.getLong(0, HeaderLayout.STORE_ID);
  }
}
