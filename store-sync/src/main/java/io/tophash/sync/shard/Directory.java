package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;

/**
 * The directory of a shard: extendible hashing (Fagin et al., 1979). A segment with a local depth
 * below the directory's depth has several entries, its aliases, side by side.
 *
 * <p>Everything here is for the holder of the shard's lock.
 */
final class Directory {
  private final ShardContext context;
  private final MappedMemory memory;

  Directory(ShardContext context) {
    this.context = context;
    this.memory = context.memory();
  }

  /** Position of an entry. */
  static long entry(long directoryWord, int index) {
    return DirectoryWord.position(directoryWord) + 8L * index;
  }

  int indexOf(long directoryWord, long hash) {
    return HashBits.directoryIndex(hash, context.shardShift(), DirectoryWord.depth(directoryWord));
  }

  long segmentWord(long directoryWord, int index) {
    return memory.getLong(entry(directoryWord, index), 0);
  }

  /** The segment of a hash. */
  Located locate(int shard, long directoryWord, long hash) {
    return located(shard, directoryWord, indexOf(directoryWord, hash));
  }

  private Located located(int shard, long directoryWord, int index) {
    long word = segmentWord(directoryWord, index);
    int local = context.localDepth(word, DirectoryWord.depth(directoryWord));
    return new Located(shard, directoryWord, index, word, local);
  }

  /** The segment with which it could be merged; null if it has none. */
  Located buddyOf(Located segment) {
    if (segment.local() == 0) {
      return null;
    }
    int index = segment.first() ^ segment.aliases();
    Located buddy = located(segment.shard(), segment.directoryWord(), index);
    return buddy.local() == segment.local() ? buddy : null;
  }

  /** Hash bits that all keys of the segment with this first entry share, in the upper bits. */
  long prefix(int shard, int firstAlias, int depth) {
    int shift = context.shardShift();
    long shardBits = shift == 0 ? 0 : (long) shard << 64 - shift;
    return depth == 0 ? shardBits : shardBits | (long) firstAlias << 64 - shift - depth;
  }

  /**
   * Writes a segment word to all entries of its segment, one release store each. With the shard
   * frozen, the old and the new blocks hold the same entries, so any mixture is legal.
   */
  void publish(long directoryWord, int firstAlias, int count, long segmentWord) {
    for (int i = 0; i < count; i++) {
      // Pairs with the acquire of the segment word in a lookup.
      memory.putLongRelease(entry(directoryWord, firstAlias + i), 0, segmentWord);
      CrashPoint.reached("directory.published");
    }
  }

  /** Sets the amended bit of a segment in all its entries. */
  void amend(long directoryWord, int index, long segmentWord) {
    int depth = DirectoryWord.depth(directoryWord);
    int local = context.localDepth(segmentWord, depth);
    long amended = segmentWord | SegmentWord.AMENDED;
    publish(
        directoryWord,
        DirectoryWord.firstAlias(index, depth, local),
        DirectoryWord.aliases(depth, local),
        amended);
  }

  /**
   * Sees to it that the directory was made in the present epoch, so that it may be stored to: a
   * sealed one is replaced by a copy, in which no segment is fresh. The shard is frozen. Killed
   * before the state says so, the copy is copied once more.
   *
   * @param below the copy must lie below this position; for compaction
   * @return the directory word
   * @throws StoreFullException if there is no room for the copy
   */
  long freshen(int shard, long below) {
    long word = context.directoryWord(shard);
    check(shard, word);
    if (context.isDirectoryFresh(shard)) {
      return word;
    }
    int depth = DirectoryWord.depth(word);
    long copy = exchange(shard, depth, below);
    for (int i = 0; i < 1 << depth; i++) {
      memory.putLong(copy + 8L * i, 0, segmentWord(word, i) & ~SegmentWord.FRESH);
    }
    word = replace(shard, word, copy, depth);
    context.putDirectoryFresh(shard);
    CrashPoint.reached("directory.freshened");
    return word;
  }

  /**
   * Takes a block for a directory that replaces another one, noted.
   *
   * @param below it must lie below this position
   * @throws StoreFullException if there is no room for it
   */
  long exchange(int shard, int depth, long below) {
    int note = at(shard, ShardLayout.NEW_DIRECTORY);
    long bytes = blockBytes(depth);
    try {
      return context.allocator().exchangeBelow(below, bytes, shard, note);
    } catch (StoreFullException e) {
      if (bytes == DirectoryWord.bytes(depth)) {
        throw e;
      }
      return context.allocator().exchangeBelow(below, DirectoryWord.bytes(depth), shard, note);
    }
  }

  /**
   * Size of the block that a directory gets. In a cache of one shard it is one for segments: an
   * extent of its own would be a large part of the bound. Where there are several, directories of
   * all usual depths are of one size, so that they share one.
   */
  long blockBytes(int depth) {
    long bytes = DirectoryWord.bytes(depth);
    if (context.caching() == null) {
      return bytes;
    }
    boolean sharesExtent = context.shardShift() == 0;
    return Math.max(bytes, sharesExtent ? CacheLayout.SEGMENT_BYTES : CacheLayout.DIRECTORY_BYTES);
  }

  /**
   * Doubles the directory, which is fresh; the shard is frozen. Returns the new word.
   *
   * @param below it must lie below this position; for compaction
   */
  long grow(int shard, long oldWord, long below) {
    int depth = DirectoryWord.depth(oldWord);
    long bytes = blockBytes(depth + 1);
    int note = at(shard, ShardLayout.NEW_DIRECTORY);
    long fresh =
        below == Long.MAX_VALUE
            ? context.allocator().allocate(bytes, shard, note)
            : context.allocator().exchangeBelow(below, bytes, shard, note);
    for (int i = 0; i < 1 << depth; i++) {
      long word = segmentWord(oldWord, i);
      memory.putLong(fresh + 16L * i, 0, word);
      memory.putLong(fresh + 16L * i, 8, word);
    }
    return replace(shard, oldWord, fresh, depth + 1);
  }

  /** Moves the directory below a position if there is room; the shard is frozen. */
  void moveBelow(int shard, long below) {
    long oldWord = freshen(shard, below);
    int depth = DirectoryWord.depth(oldWord);
    int note = at(shard, ShardLayout.NEW_DIRECTORY);
    long fresh = context.allocator().allocateBelow(below, blockBytes(depth), shard, note);
    if (fresh != 0) {
      for (int i = 0; i < 1 << depth; i++) {
        memory.putLong(fresh + 8L * i, 0, segmentWord(oldWord, i));
      }
      replace(shard, oldWord, fresh, depth);
    }
  }

  private long replace(int shard, long oldWord, long fresh, int depth) {
    long old = DirectoryWord.position(oldWord);
    context.putNote(shard, ShardLayout.OLD_DIRECTORY, old);
    CrashPoint.reached("directory.filled");
    long word = DirectoryWord.of(fresh, depth, DirectoryWord.generation(oldWord) + 1);
    publishDirectory(shard, word);
    CrashPoint.reached("directory.replaced");
    context.allocator().free(old, shard, at(shard, ShardLayout.OLD_DIRECTORY));
    context.putNote(shard, ShardLayout.NEW_DIRECTORY, 0);
    return word;
  }

  void publishDirectory(int shard, long word) {
    // Pairs with the acquire of the directory word in a lookup.
    memory.putLongRelease(0, at(shard, ShardLayout.DIRECTORY), word);
    // What is freed from here on is written again after this.
    MappedMemory.storeStoreFence();
  }

  /** True if an entry refers to this block. */
  boolean names(long directoryWord, long block) {
    int size = 1 << DirectoryWord.depth(directoryWord);
    for (int i = 0; i < size; i++) {
      if (SegmentWord.position(segmentWord(directoryWord, i)) == block) {
        return true;
      }
    }
    return false;
  }

  /** Writes a noted block, which was published in part, to all entries that its header claims. */
  void settle(int shard, long directoryWord, long block) {
    int depth = DirectoryWord.depth(directoryWord);
    context.checkInside(block, SegmentLayout.HEADER_BYTES);
    long word = memory.getLong(block, SegmentLayout.WORD);
    long prefix = memory.getLong(block, SegmentLayout.PREFIX);
    int local = context.localDepth(word, depth);
    if (SegmentWord.position(word) != block || context.shardOf(prefix) != shard) {
      throw new CorruptStoreException("segment", block, "the header names another block");
    }
    int first = DirectoryWord.firstAlias(indexOf(directoryWord, prefix), depth, local);
    publish(directoryWord, first, DirectoryWord.aliases(depth, local), word);
  }

  /** Checks that a directory word read from the file can be followed. */
  void check(int shard, long directoryWord) {
    long position = DirectoryWord.position(directoryWord);
    int depth = DirectoryWord.depth(directoryWord);
    if (position < RegionLayout.EXTENT_BYTES || depth > DirectoryWord.MAX_DEPTH) {
      throw new CorruptStoreException(
          "shard", at(shard, ShardLayout.DIRECTORY), "impossible directory");
    }
    context.checkInside(position, DirectoryWord.bytes(depth));
  }
}
