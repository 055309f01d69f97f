package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.segment.Shape;

/**
 * The steps by which fresh blocks take the place of old ones: noted, built, published, and the old
 * ones freed. Each is legal to stop after; the argument is in docs/recovery.md, "Rebuild".
 *
 * <p>For the holder of the shard's lock, with the shard frozen. A position {@code below} which a
 * fresh block must lie may be {@code Long.MAX_VALUE}: anywhere.
 */
final class SegmentSwap {
  private final ShardContext context;
  private final MappedMemory memory;
  private final Directory directory;
  private final Segments kind;
  private final ExtentAllocator allocator;

  SegmentSwap(ShardContext context, Directory directory) {
    this.context = context;
    this.memory = context.memory();
    this.directory = directory;
    this.kind = context.kind();
    this.allocator = context.allocator();
  }

  /** Puts what was gathered of a segment in its place. */
  void replace(Located old, Shape shape, long below, Gathered g) {
    replaceBy(old, build(ShardLayout.NEW_BLOCK_0, old, shape, 0, g.count(), below, g));
  }

  /** The same with a block of just this size, from wherever there is one. */
  void replaceWithin(Located old, Shape shape, long bytes, Gathered g) {
    long block = exchange(old.shard(), bytes, ShardLayout.NEW_BLOCK_0);
    replaceBy(old, fill(block, old, shape, 0, g.count(), g));
  }

  /** Puts a copy of its block in the place of a segment. To the notes it is a rebuild. */
  void copy(Located old) {
    copy(old, Long.MAX_VALUE);
  }

  /**
   * The same with a copy below a position.
   *
   * @throws io.tophash.core.errors.StoreFullException if there is no room there
   */
  void copy(Located old, long below) {
    long bytes = allocator.sizeOf(old.block());
    int note = at(old.shard(), ShardLayout.NEW_BLOCK_0);
    long block = allocator.exchangeBelow(below, bytes, old.shard(), note);
    long copied = kind.copy(old.word(), block, bytes);
    CrashPoint.reached("copy.built");
    replaceBy(old, copied);
    context.bump(old.shard(), ShardLayout.COPIES);
  }

  private void replaceBy(Located old, long built) {
    note(old, ShardLayout.OLD_BLOCK_0);
    directory.publish(old.directoryWord(), old.first(), old.aliases(), built);
    release(old, null);
  }

  /** Puts two segments in the place of one, parted by the next bit of their hashes. */
  void split(Located found, Shape shape, long below, Gathered g) {
    Located old = found;
    if (old.local() == old.depth()) {
      long grown = directory.grow(old.shard(), old.directoryWord(), below);
      old = new Located(old.shard(), grown, old.index() * 2, old.word(), old.local());
    }
    int pivot = g.partition(63 - context.shardShift() - old.local());
    Located low =
        new Located(old.shard(), old.directoryWord(), old.first(), old.word(), old.local() + 1);
    int half = low.aliases();
    Located high =
        new Located(old.shard(), old.directoryWord(), low.first() + half, old.word(), low.local());
    long lowWord = build(ShardLayout.NEW_BLOCK_0, low, shape, 0, pivot, below, g);
    long highWord = build(ShardLayout.NEW_BLOCK_1, high, shape, pivot, g.count(), below, g);
    note(old, ShardLayout.OLD_BLOCK_0);
    CrashPoint.reached("split.built");
    directory.publish(old.directoryWord(), low.first(), half, lowWord);
    directory.publish(old.directoryWord(), high.first(), half, highWord);
    release(old, null);
    context.bump(old.shard(), ShardLayout.SPLITS);
  }

  /** Puts what was gathered of a segment and its buddy in the place of both. */
  void merge(Located old, Located buddy, Shape shape, long below, Gathered g) {
    Located merged =
        new Located(old.shard(), old.directoryWord(), old.index(), old.word(), old.local() - 1);
    long built = build(ShardLayout.NEW_BLOCK_0, merged, shape, 0, g.count(), below, g);
    note(old, ShardLayout.OLD_BLOCK_0);
    note(buddy, ShardLayout.OLD_BLOCK_1);
    directory.publish(merged.directoryWord(), merged.first(), merged.aliases(), built);
    release(old, buddy);
    context.bump(old.shard(), ShardLayout.MERGES);
  }

  private long build(
      int note, Located place, Shape shape, int from, int to, long below, Gathered g) {
    long needed = kind.neededBytes(g, from, to, shape.incomingBytes());
    int shard = place.shard();
    long block =
        below == Long.MAX_VALUE
            ? allocator.allocate(needed, shard, at(shard, note))
            : allocator.exchangeBelow(below, needed, shard, at(shard, note));
    return fill(block, place, shape, from, to, g);
  }

  private long fill(long block, Located place, Shape shape, int from, int to, Gathered g) {
    Shape full =
        new Shape(
            directory.prefix(place.shard(), place.first(), place.depth()),
            place.local(),
            shape.generation(),
            shape.avoid(),
            shape.incomingBytes());
    long word = kind.build(g, from, to, allocator.sizeOf(block), block, full);
    CrashPoint.reached("rebuild.built");
    return word;
  }

  private long exchange(int shard, long bytes, int note) {
    return allocator.exchange(bytes, shard, at(shard, note));
  }

  private void note(Located old, int field) {
    context.putNote(old.shard(), field, old.block());
  }

  private void release(Located old, Located buddy) {
    int shard = old.shard();
    // What is freed here is written again after the words that unlinked it.
    MappedMemory.storeStoreFence();
    CrashPoint.reached("rebuild.published");
    allocator.free(old.block(), shard, at(shard, ShardLayout.OLD_BLOCK_0));
    if (buddy != null) {
      allocator.free(buddy.block(), shard, at(shard, ShardLayout.OLD_BLOCK_1));
    }
    CrashPoint.reached("rebuild.freed");
    context.putNote(shard, ShardLayout.NEW_BLOCK_0, 0);
    context.putNote(shard, ShardLayout.NEW_BLOCK_1, 0);
  }

  /** Gives new blocks back that were not linked, as there was no room for all of them. */
  void releaseNew(int shard) {
    context.releaseNew(shard, ShardLayout.NEW_BLOCK_0);
    context.releaseNew(shard, ShardLayout.NEW_BLOCK_1);
  }

  /** Makes the first directory of a shard, with one empty segment. */
  void format(int shard, Gathered g) {
    directory.publishDirectory(shard, newDirectory(shard, 1, g));
    context.putDirectoryFresh(shard);
    forgetNew(shard);
  }

  /**
   * Empties the shard. The publication of the fresh directory is the moment at which it is empty;
   * what the old one holds is freed by {@link Clearing}.
   *
   * @return the position of the log to wait for, 0 if changes are not logged
   */
  long publishEmpty(int shard, Gathered g) {
    long old = context.directoryWord(shard);
    long fresh = newDirectory(shard, DirectoryWord.generation(old) + 1, g);
    context.putNote(shard, ShardLayout.OLD_DIRECTORY, DirectoryWord.position(old));
    context.putNote(shard, ShardLayout.CLEARING, DirectoryWord.depth(old) + 1);
    CrashPoint.reached("clear.noted");
    long position = 0;
    if (context.isLogged(shard)) {
      int word = at(shard, ShardLayout.DIRECTORY);
      position =
          context
              .log()
              .append(shard, LogEntryLayout.CLEAR, new byte[0], 0, 0, 0, word, fresh, Long.BYTES);
    }
    directory.publishDirectory(shard, fresh);
    if (position != 0) {
      context.log().applied(shard);
    }
    context.putDirectoryFresh(shard);
    CrashPoint.reached("clear.published");
    memory.putLongRelease(0, at(shard, ShardLayout.COUNT), 0);
    forgetNew(shard);
    context.bump(shard, ShardLayout.CLEARS);
    return position;
  }

  /** A directory with one empty segment, noted but not published. */
  private long newDirectory(int shard, int generation, Gathered g) {
    long position = directory.exchange(shard, 0, Long.MAX_VALUE);
    long word = DirectoryWord.of(position, 0, generation);
    g.clear();
    Shape empty = new Shape(0, 0, generation, 0, 0);
    long block = exchange(shard, kind.neededBytes(g, 0, 0, 0), ShardLayout.NEW_BLOCK_0);
    memory.putLong(position, 0, fill(block, new Located(shard, word, 0, 0, 0), empty, 0, 0, g));
    return word;
  }

  private void forgetNew(int shard) {
    context.putNote(shard, ShardLayout.NEW_BLOCK_0, 0);
    context.putNote(shard, ShardLayout.NEW_DIRECTORY, 0);
  }
}
