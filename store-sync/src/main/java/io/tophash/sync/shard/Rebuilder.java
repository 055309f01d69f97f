package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.event.RebuildEvent;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.segment.Shape;

/**
 * Rebuild: the one operation that moves entries. It writes the live entries of a segment into fresh
 * blocks and swaps the segment word. What Go's {@code sync.Map} does by copying maps (promotion, a
 * new dirty map, dropping expunged keys), and growth, shrinking and the collection of old records
 * besides, is all this.
 *
 * <p>For the holder of the shard's lock; the caller has frozen the shard. Each step is legal to
 * stop after; the argument is in docs/recovery.md, "Rebuild".
 */
final class Rebuilder {
  /** A segment is merged with its buddy if both together need no more than this part of a block. */
  private static final int MERGE_DIVISOR = 2;

  /** Only segments that need no more than this part of a block look at their buddies. */
  private static final int LONELY_DIVISOR = 8;

  /** In the place of a position below which a block must lie: that of a rebuild for other ends. */
  private static final long NOT_COMPACT = 0;

  private final ShardContext context;
  private final MappedMemory memory;
  private final Directory directory;
  private final Segments kind;
  private final ExtentAllocator allocator;

  Rebuilder(ShardContext context, Directory directory) {
    this.context = context;
    this.memory = context.memory();
    this.directory = directory;
    this.kind = context.kind();
    this.allocator = context.allocator();
  }

  /**
   * Largest block for segments of this shard, in bytes: that of the context for the shard with
   * phase 0; other shards have smaller ones, down to half of it. So at any number of entries the
   * segments of the store are of all sizes, blocks that one shard outgrows are just what another
   * needs, and no moment comes at which all split.
   */
  long maxBlockBytes(int shard) {
    if (context.caching() != null) {
      // Blocks of few sizes are more useful there.
      return Math.min(context.maxSegmentBytes(), CacheLayout.SEGMENT_BYTES);
    }
    int shift = context.shardShift();
    double phase = shift == 0 ? 0 : (Integer.reverse(shard) >>> 32 - shift) / (double) (1 << shift);
    return (long) (context.maxSegmentBytes() * Math.pow(2, -phase));
  }

  /**
   * Rebuilds the segment that a hash belongs to.
   *
   * @param incomingBytes size of a record that there must be room for afterwards
   * @param avoid a value that must not be nil afterwards
   */
  void rebuild(int shard, long hash, long incomingBytes, long avoid, Gathered g) {
    rebuild(shard, hash, incomingBytes, avoid, NOT_COMPACT, g, null, false, 0);
  }

  /**
   * Rebuilds the segment of a hash without the room that it has for overwrites.
   *
   * @param below all blocks must lie below this position
   * @throws StoreFullException if there is no room there; the segment is as it was
   */
  void compact(int shard, long hash, long below, Gathered g) {
    rebuild(shard, hash, 0, 0, below, g, null, false, 0);
  }

  /**
   * Rebuilds the segment of a hash in a cache, within the bounds of its shard.
   *
   * @param incomingBytes size of a record that there must be room for afterwards
   * @param inserts true if that is of a new key
   * @param squeeze see {@link CacheRoom#prepare}
   * @param below as for {@link #rebuild}
   */
  void rebuildWithin(
      int shard,
      long hash,
      long incomingBytes,
      boolean inserts,
      int squeeze,
      long below,
      Gathered g,
      CacheRoom room) {
    long limit = below == Long.MAX_VALUE ? NOT_COMPACT : below;
    rebuild(shard, hash, incomingBytes, 0, limit, g, room, inserts, squeeze);
    room.committed(shard);
  }

  private void rebuild(
      int shard,
      long hash,
      long incomingBytes,
      long avoid,
      long below,
      Gathered g,
      CacheRoom room,
      boolean inserts,
      int squeeze) {
    long directoryWord = directory.freshen(shard, limit(below));
    int index = directory.indexOf(directoryWord, hash);
    long word = directory.segmentWord(directoryWord, index);
    int depth = DirectoryWord.depth(directoryWord);
    int local = context.localDepth(word, depth);
    RebuildEvent event = RebuildEvent.begin();
    String what = "replace";
    g.clear();
    gather(word, g);
    if (below != NOT_COMPACT) {
      g.forgetGarbage();
    }
    long most = maxBlockBytes(shard);
    boolean chosen =
        room != null && room.prepare(shard, word, g, most, incomingBytes, inserts, squeeze);
    long needed = kind.neededBytes(g, 0, g.count(), incomingBytes);
    context.bump(shard, ShardLayout.REBUILDS);
    Shape shape = new Shape(0, local, SegmentWord.generation(word) + 1, avoid, incomingBytes);
    boolean mayStay = room == null && below == NOT_COMPACT;
    if (mayStay && allocator.isFull() && replaceTightly(shard, hash, shape, g)) {
      event.end(context.store(), shard, what, g.count());
      return;
    }
    try {
      if (!chosen && needed > most && canSplit(g, local)) {
        split(shard, directoryWord, index, shape, word, below, g);
        what = "split";
      } else if (!chosen
          && needed <= most / LONELY_DIVISOR
          && local > 0
          && tryMerge(shard, directoryWord, index, shape, word, below, g)) {
        context.bump(shard, ShardLayout.MERGES);
        what = "merge";
      } else {
        replace(shard, directoryWord, index, shape, word, below, g);
      }
    } catch (StoreFullException e) {
      if (!mayStay || !replaceTightly(shard, hash, shape, g)) {
        throw e;
      }
    }
    event.end(context.store(), shard, what, g.count());
  }

  /**
   * Rebuilds a segment into a block of the size that it has, in a full file; false if that is too
   * small for it. What was built in vain is freed first.
   */
  private boolean replaceTightly(int shard, long hash, Shape shape, Gathered g) {
    context.releaseNew(shard, ShardLayout.NEW_BLOCK_0);
    context.releaseNew(shard, ShardLayout.NEW_BLOCK_1);
    long directoryWord = context.directoryWord(shard); // which may have been doubled
    int index = directory.indexOf(directoryWord, hash);
    long word = directory.segmentWord(directoryWord, index);
    g.clear();
    gather(word, g);
    long bytes = allocator.sizeOf(SegmentWord.position(word));
    if (kind.leastBytes(g, shape.incomingBytes()) > bytes) {
      return false;
    }
    int depth = DirectoryWord.depth(directoryWord);
    int first = Directory.firstAlias(index, depth, shape.localDepth());
    long block = allocator.exchange(bytes, shard, at(shard, ShardLayout.NEW_BLOCK_0));
    long built = fill(shard, block, first, depth, shape, 0, g.count(), g);
    replaceBy(shard, directoryWord, index, shape, word, built);
    return true;
  }

  /**
   * Sees to it that directory and segment of a hash are of the shard's present epoch, so that they
   * may be stored to. A sealed segment is copied, or rebuilt if its log has no room.
   *
   * @param incomingBytes size of a record that is to come
   */
  void freshen(int shard, long hash, long incomingBytes, Gathered g) {
    long directoryWord = directory.freshen(shard, Long.MAX_VALUE);
    int index = directory.indexOf(directoryWord, hash);
    long word = directory.segmentWord(directoryWord, index);
    if (SegmentWord.isFresh(word)) {
      return;
    }
    context.checkInside(SegmentWord.position(word), SegmentLayout.HEADER_BYTES);
    if (!kind.isWhole(word)) {
      throw new CorruptStoreException(
          "segment", SegmentWord.position(word), "the checksum of the header does not match");
    }
    if (kind.hasRoom(word, incomingBytes)) {
      copy(shard, directoryWord, index, word);
    } else {
      rebuild(shard, hash, incomingBytes, 0, g);
    }
  }

  /** Replaces a segment by a copy of its block. To the notes it is a rebuild. */
  private void copy(int shard, long directoryWord, int index, long word) {
    int depth = DirectoryWord.depth(directoryWord);
    int local = context.localDepth(word, depth);
    long bytes = allocator.sizeOf(SegmentWord.position(word));
    long block = allocator.exchange(bytes, shard, at(shard, ShardLayout.NEW_BLOCK_0));
    long copied = kind.copy(word, block, bytes);
    CrashPoint.reached("copy.built");
    note(shard, ShardLayout.OLD_BLOCK_0, word);
    int first = Directory.firstAlias(index, depth, local);
    directory.publish(directoryWord, first, Directory.aliases(depth, local), copied);
    release(shard, word, 0);
    context.bump(shard, ShardLayout.COPIES);
  }

  private void gather(long word, Gathered g) {
    if (!kind.gather(word, g)) {
      throw new CorruptStoreException(
          "segment", SegmentWord.position(word), "the block makes no sense");
    }
  }

  private boolean canSplit(Gathered g, int local) {
    int highest = 63 - context.shardShift() - local;
    int lowest = 64 - context.shardShift() - DirectoryWord.MAX_DEPTH;
    if (highest < lowest) {
      return false;
    }
    long bits = (2L << highest) - (1L << lowest);
    return (g.differingBits() & bits) != 0;
  }

  private void replace(
      int shard, long directoryWord, int index, Shape shape, long word, long below, Gathered g) {
    int depth = DirectoryWord.depth(directoryWord);
    int first = Directory.firstAlias(index, depth, shape.localDepth());
    long built = build(shard, ShardLayout.NEW_BLOCK_0, first, depth, shape, 0, g.count(), below, g);
    replaceBy(shard, directoryWord, index, shape, word, built);
  }

  private void replaceBy(
      int shard, long directoryWord, int index, Shape shape, long word, long built) {
    int depth = DirectoryWord.depth(directoryWord);
    int local = shape.localDepth();
    int first = Directory.firstAlias(index, depth, local);
    note(shard, ShardLayout.OLD_BLOCK_0, word);
    directory.publish(directoryWord, first, Directory.aliases(depth, local), built);
    release(shard, word, 0);
  }

  private void split(
      int shard,
      long oldDirectoryWord,
      int oldIndex,
      Shape shape,
      long word,
      long below,
      Gathered g) {
    int local = shape.localDepth();
    long directoryWord = oldDirectoryWord;
    int index = oldIndex;
    if (local == DirectoryWord.depth(directoryWord)) {
      directoryWord = directory.grow(shard, directoryWord, limit(below));
      index *= 2;
    }
    int depth = DirectoryWord.depth(directoryWord);
    int half = Directory.aliases(depth, local + 1);
    int first = Directory.firstAlias(index, depth, local);
    int pivot = g.partition(63 - context.shardShift() - local);
    Shape child = new Shape(0, local + 1, shape.generation(), shape.avoid(), shape.incomingBytes());
    long low = build(shard, ShardLayout.NEW_BLOCK_0, first, depth, child, 0, pivot, below, g);
    long high =
        build(
            shard, ShardLayout.NEW_BLOCK_1, first + half, depth, child, pivot, g.count(), below, g);
    note(shard, ShardLayout.OLD_BLOCK_0, word);
    CrashPoint.reached("split.built");
    directory.publish(directoryWord, first, half, low);
    directory.publish(directoryWord, first + half, half, high);
    release(shard, word, 0);
    context.bump(shard, ShardLayout.SPLITS);
  }

  private boolean tryMerge(
      int shard, long directoryWord, int index, Shape shape, long word, long below, Gathered g) {
    int depth = DirectoryWord.depth(directoryWord);
    int local = shape.localDepth();
    int first = Directory.firstAlias(index, depth, local);
    int buddyFirst = first ^ Directory.aliases(depth, local);
    long buddy = directory.segmentWord(directoryWord, buddyFirst);
    if (context.localDepth(buddy, depth) != local) {
      return false;
    }
    int own = g.count();
    gather(buddy, g);
    if (kind.neededBytes(g, 0, g.count(), shape.incomingBytes())
        > maxBlockBytes(shard) / MERGE_DIVISOR) {
      g.truncate(own);
      return false;
    }
    int generation = Math.max(shape.generation(), SegmentWord.generation(buddy) + 1);
    Shape merged = new Shape(0, local - 1, generation, shape.avoid(), shape.incomingBytes());
    publishMerged(shard, directoryWord, index, merged, word, buddy, below, g);
    return true;
  }

  /**
   * Merges the segment of a hash in a cache with its buddy, in one block of the largest size, for
   * which entries of both go.
   *
   * @return false if it has no buddy; nothing was done
   */
  boolean mergeWithin(int shard, long hash, Gathered g, CacheRoom room) {
    long directoryWord = directory.freshen(shard, Long.MAX_VALUE);
    int index = directory.indexOf(directoryWord, hash);
    int depth = DirectoryWord.depth(directoryWord);
    long word = directory.segmentWord(directoryWord, index);
    int local = context.localDepth(word, depth);
    if (local == 0) {
      return false;
    }
    int first = Directory.firstAlias(index, depth, local);
    long buddy = directory.segmentWord(directoryWord, first ^ Directory.aliases(depth, local));
    if (context.localDepth(buddy, depth) != local) {
      return false;
    }
    g.clear();
    gather(word, g);
    gather(buddy, g);
    room.prepareMerged(shard, g, maxBlockBytes(shard));
    context.bump(shard, ShardLayout.REBUILDS);
    int generation = Math.max(SegmentWord.generation(word), SegmentWord.generation(buddy)) + 1;
    publishMerged(
        shard,
        directoryWord,
        index,
        new Shape(0, local - 1, generation, 0, 0),
        word,
        buddy,
        NOT_COMPACT,
        g);
    context.bump(shard, ShardLayout.MERGES);
    room.committed(shard);
    return true;
  }

  private void publishMerged(
      int shard,
      long directoryWord,
      int index,
      Shape merged,
      long word,
      long buddy,
      long below,
      Gathered g) {
    int depth = DirectoryWord.depth(directoryWord);
    int first = Directory.firstAlias(index, depth, merged.localDepth());
    long built =
        build(shard, ShardLayout.NEW_BLOCK_0, first, depth, merged, 0, g.count(), below, g);
    note(shard, ShardLayout.OLD_BLOCK_0, word);
    note(shard, ShardLayout.OLD_BLOCK_1, buddy);
    directory.publish(directoryWord, first, Directory.aliases(depth, merged.localDepth()), built);
    release(shard, word, buddy);
  }

  private long build(
      int shard,
      int note,
      int firstAlias,
      int depth,
      Shape shape,
      int from,
      int to,
      long below,
      Gathered g) {
    long needed = kind.neededBytes(g, from, to, shape.incomingBytes());
    int noteAt = at(shard, note);
    long block =
        limit(below) == Long.MAX_VALUE
            ? allocator.allocate(needed, shard, noteAt)
            : allocator.exchangeBelow(below, needed, shard, noteAt);
    return fill(shard, block, firstAlias, depth, shape, from, to, g);
  }

  private long fill(
      int shard, long block, int firstAlias, int depth, Shape shape, int from, int to, Gathered g) {
    Shape full =
        new Shape(
            directory.prefix(shard, firstAlias, depth),
            shape.localDepth(),
            shape.generation(),
            shape.avoid(),
            shape.incomingBytes());
    long word = kind.build(g, from, to, allocator.sizeOf(block), block, full);
    CrashPoint.reached("rebuild.built");
    return word;
  }

  private static long limit(long below) {
    return below == NOT_COMPACT ? Long.MAX_VALUE : below;
  }

  private void note(int shard, int field, long segmentWord) {
    context.putNote(shard, field, SegmentWord.position(segmentWord));
  }

  private void release(int shard, long word, long buddy) {
    // What is freed here is written again after the words that unlinked it.
    MappedMemory.storeStoreFence();
    CrashPoint.reached("rebuild.published");
    allocator.free(SegmentWord.position(word), shard, at(shard, ShardLayout.OLD_BLOCK_0));
    if (buddy != 0) {
      allocator.free(SegmentWord.position(buddy), shard, at(shard, ShardLayout.OLD_BLOCK_1));
    }
    CrashPoint.reached("rebuild.freed");
    context.putNote(shard, ShardLayout.NEW_BLOCK_0, 0);
    context.putNote(shard, ShardLayout.NEW_BLOCK_1, 0);
  }

  /** Makes a directory with one empty segment, noted but not published. */
  long newDirectory(int shard, int generation, Gathered g) {
    long directoryBlock =
        allocator.exchange(DirectoryWord.bytes(0), shard, at(shard, ShardLayout.NEW_DIRECTORY));
    g.clear();
    Shape empty = new Shape(0, 0, generation, 0, 0);
    long needed = kind.neededBytes(g, 0, 0, 0);
    long block = allocator.exchange(needed, shard, at(shard, ShardLayout.NEW_BLOCK_0));
    long word = fill(shard, block, 0, 0, empty, 0, 0, g);
    memory.putLong(directoryBlock, 0, word);
    return DirectoryWord.of(directoryBlock, 0, generation);
  }

  /**
   * Empties the shard. The publication of the fresh directory is the moment at which it is empty;
   * what the old one holds is freed by {@link Clearing}.
   */
  void publishEmpty(int shard, Gathered g) {
    long old = context.directoryWord(shard);
    long fresh = newDirectory(shard, DirectoryWord.generation(old) + 1, g);
    context.putNote(shard, ShardLayout.OLD_DIRECTORY, DirectoryWord.position(old));
    context.putNote(shard, ShardLayout.CLEARING, DirectoryWord.depth(old) + 1);
    CrashPoint.reached("clear.noted");
    directory.publishDirectory(shard, fresh);
    context.putDirectoryFresh(shard);
    CrashPoint.reached("clear.published");
    memory.putLongRelease(0, at(shard, ShardLayout.COUNT), 0);
    context.putNote(shard, ShardLayout.NEW_BLOCK_0, 0);
    context.putNote(shard, ShardLayout.NEW_DIRECTORY, 0);
    context.bump(shard, ShardLayout.CLEARS);
  }
}
