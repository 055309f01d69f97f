package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.memory.CrashPoint;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.Segments;

/**
 * Frees all that the old directory of an emptied shard names. May be stopped anywhere and done
 * again: a block that its shard no longer owns was freed before, and none can come to be owned
 * again meanwhile, as only the holder of the shard's lock allocates for it.
 */
final class Clearing {
  private final ShardContext context;
  private final ExtentAllocator allocator;
  private final Segments kind;

  Clearing(ShardContext context) {
    this.context = context;
    this.allocator = context.allocator();
    this.kind = context.kind();
  }

  /** Goes on with the clearing of a shard, if there is one; its fresh directory is published. */
  void finish(int shard, Gathered g) {
    long depth = context.note(shard, ShardLayout.CLEARING) - 1;
    long old = context.note(shard, ShardLayout.OLD_DIRECTORY);
    if (depth < 0) {
      return;
    }
    if (old != 0 && allocator.isOwned(old, shard)) {
      long oldWord = DirectoryWord.of(old, (int) depth, 0);
      long last = 0;
      for (int i = 0; i < 1 << depth; i++) {
        long word = context.memory().getLong(Directory.entry(oldWord, i), 0);
        if (SegmentWord.position(word) != last) {
          last = SegmentWord.position(word);
          freeSegment(shard, word, g);
        }
      }
      CrashPoint.reached("clear.emptied");
    }
    allocator.freeIfOwned(old, shard, at(shard, ShardLayout.OLD_DIRECTORY));
    context.putNote(shard, ShardLayout.CLEARING, 0);
  }

  private void freeSegment(int shard, long word, Gathered g) {
    long block = SegmentWord.position(word);
    if (!allocator.isOwned(block, shard)) {
      return;
    }
    g.clear();
    if (kind.gather(word, g)) {
      for (int i = 0; i < g.count(); i++) {
        long large = kind.largeBlock(g, i);
        if (large != 0) {
          free(shard, large, ShardLayout.OLD_LARGE);
        }
      }
    }
    free(shard, block, ShardLayout.OLD_BLOCK_0);
    CrashPoint.reached("clear.freed");
  }

  private void free(int shard, long block, int note) {
    context.putNote(shard, note, block);
    allocator.freeIfOwned(block, shard, at(shard, note));
  }
}
