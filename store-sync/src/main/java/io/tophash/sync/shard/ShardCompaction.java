package io.tophash.sync.shard;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.Gathered;
import java.util.function.LongUnaryOperator;

/**
 * The steps by which a compaction moves the blocks of a shard towards the start of the file. Each
 * takes the shard's lock for itself.
 */
public final class ShardCompaction {
  /** A segment is rebuilt if that saves more than this part of its block. */
  private static final int WASTE_DIVISOR = 4;

  private final Shards shards;
  private final ShardContext context;
  private final MappedMemory memory;
  private final Directory directory;
  private final SegmentChanges changes;
  private long moved;

  /**
   * @param shards of the attached store
   */
  public ShardCompaction(Shards shards) {
    this.shards = shards;
    this.context = shards.context();
    this.memory = context.memory();
    this.directory = shards.directory();
    this.changes = new SegmentChanges(shards);
  }

  /**
   * If the segment of a hash stands behind a position, or its block is much too large for it, it is
   * rebuilt below the position if there is room; one that is too large anywhere, as its own block
   * will be the room for others. One that stands behind the position for its size only is moved.
   *
   * @param below the position for blocks of any size
   * @param limits the position for those of a size, not above the other
   * @return local depth of the segment
   */
  public int compactSegment(int shard, long hash, long below, LongUnaryOperator limits) {
    return shards.locked(shard, () -> compactLocked(shard, hash, below, limits));
  }

  private int compactLocked(int shard, long hash, long below, LongUnaryOperator limits) {
    context.mapAll().run();
    long word = shards.segmentWord(shard, hash);
    long position = SegmentWord.position(word);
    long own = limits.applyAsLong(context.allocator().sizeOf(position));
    boolean isWasteful = isWasteful(word);
    if (position >= own || isWasteful) {
      boolean isTooHigh = position >= below || isWasteful;
      if (isTooHigh && compact(shard, hash, below)
          || isWasteful && compact(shard, hash, Long.MAX_VALUE)
          || position >= own && move(shard, hash, own)) {
        moved++;
      }
      word = memory.getLong(context.entry(context.directoryWord(shard), hash), 0);
    }
    return context.localDepth(word, DirectoryWord.depth(context.directoryWord(shard)));
  }

  /** Rebuilds a segment below a position; false if there is no room, so it stays where it is. */
  private boolean compact(int shard, long hash, long below) {
    try {
      if (context.caching() == null) {
        changes.compact(shard, hash, below);
      } else {
        new CacheSegments(shards).move(shard, hash, below);
      }
      return true;
    } catch (StoreFullException e) {
      return false;
    }
  }

  /**
   * Moves a segment as it is: rebuilt with room for more it might need a larger block, of which
   * there is none yet. The blocks of a cache are of few sizes, and those fill their extents.
   */
  private boolean move(int shard, long hash, long below) {
    try {
      if (context.caching() == null) {
        changes.move(shard, hash, below);
        return true;
      }
    } catch (StoreFullException e) {
      // It stays where it is.
    }
    return false;
  }

  /** Number of segments that were rebuilt or moved. */
  public long moved() {
    return moved;
  }

  private boolean isWasteful(long word) {
    Gathered g = shards.scratches().borrow();
    try {
      g.clear();
      if (!context.kind().gather(word, g)) {
        return false;
      }
      g.forgetGarbage();
      long needed = context.kind().neededBytes(g, 0, g.count(), 0);
      long present = context.allocator().sizeOf(SegmentWord.position(word));
      return ExtentAllocator.blockBytes(needed) * WASTE_DIVISOR < present * (WASTE_DIVISOR - 1);
    } finally {
      shards.scratches().giveBack(g);
    }
  }

  /** Moves the directory of a shard below a position, if it stands behind it and there is room. */
  public void compactDirectory(int shard, long below) {
    shards.locked(
        shard,
        () -> {
          if (DirectoryWord.position(context.directoryWord(shard)) >= below) {
            try {
              shards.frozen(shard, g -> directory.moveBelow(shard, below));
            } catch (StoreFullException e) {
              // There is no room below, so it stays where it is.
            }
          }
          return 0;
        });
  }
}
