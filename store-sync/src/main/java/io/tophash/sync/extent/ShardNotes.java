package io.tophash.sync.extent;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;

/**
 * The notes of new blocks, read as what they are to others: a note says where its writer is about
 * to take a block, so it is a hazard pointer. See {@link ExtentBlocks}.
 */
final class ShardNotes {
  private static final int[] NEW = {
    ShardLayout.NEW_BLOCK_0,
    ShardLayout.NEW_BLOCK_1,
    ShardLayout.NEW_DIRECTORY,
    ShardLayout.NEW_LARGE
  };

  private ShardNotes() {}

  /** True if a note names a place in an extent. Wait-free: it looks at 64 cache lines. */
  static boolean nameAny(MappedMemory memory, int extent) {
    for (int shard = 0; shard < 1 << RegionLayout.MAX_SHARD_SHIFT; shard++) {
      for (int note : NEW) {
        long position = memory.getLongVolatile(RegionLayout.shard(shard), note);
        if (position >>> RegionLayout.EXTENT_SHIFT == extent && position != 0) {
          return true;
        }
      }
    }
    return false;
  }
}
