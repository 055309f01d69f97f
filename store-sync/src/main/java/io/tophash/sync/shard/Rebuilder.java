package io.tophash.sync.shard;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
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
 * besides, is all this. Here is decided what a segment becomes; {@link SegmentSwap} does it.
 *
 * <p>For the holder of the shard's lock; the caller has frozen the shard.
 */
final class Rebuilder {
  /** A segment is merged with its buddy if both together need no more than this part of a block. */
  private static final int MERGE_DIVISOR = 2;

  /** Only segments that need no more than this part of a block look at their buddies. */
  private static final int LONELY_DIVISOR = 8;

  private static final long ANYWHERE = Long.MAX_VALUE;

  /**
   * What is asked for.
   *
   * @param hash of the segment
   * @param incomingBytes size of a record that there must be room for afterwards
   * @param avoid a value that must not be nil afterwards
   * @param below all blocks must lie below this position
   * @param isCompact true to leave no room for overwrites
   */
  private record Order(
      int shard, long hash, long incomingBytes, long avoid, long below, boolean isCompact) {}

  private final ShardContext context;
  private final Directory directory;
  private final Segments kind;
  private final ExtentAllocator allocator;
  private final SegmentSwap swap;

  Rebuilder(ShardContext context, Directory directory) {
    this.context = context;
    this.directory = directory;
    this.kind = context.kind();
    this.allocator = context.allocator();
    this.swap = new SegmentSwap(context, directory);
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
    rebuild(new Order(shard, hash, incomingBytes, avoid, ANYWHERE, false), g, null);
  }

  /**
   * Rebuilds the segment of a hash without the room that it has for overwrites.
   *
   * @param below all blocks must lie below this position
   * @throws StoreFullException if there is no room there; the segment is as it was
   */
  void compact(int shard, long hash, long below, Gathered g) {
    rebuild(new Order(shard, hash, 0, 0, below, true), g, null);
  }

  /**
   * Copies the block of a segment below a position; for compaction.
   *
   * @throws io.tophash.core.errors.StoreFullException if there is no room there
   */
  void move(int shard, long hash, long below) {
    Located old = directory.locate(shard, directory.freshen(shard, ANYWHERE), hash);
    checkWhole(old.word());
    swap.copy(old, below);
  }

  /** A copy has a checksum of its own, which must not hide a damage. */
  private void checkWhole(long word) {
    context.checkInside(SegmentWord.position(word), SegmentLayout.HEADER_BYTES);
    if (!kind.isWhole(word)) {
      throw new CorruptStoreException(
          "segment", SegmentWord.position(word), "the checksum of the header does not match");
    }
  }

  /**
   * Rebuilds the segment of a hash in a cache, within the bounds of its shard.
   *
   * @param below all blocks must lie below this position; for compaction
   * @param room what goes for it
   */
  void rebuildWithin(
      int shard, long hash, long incomingBytes, long below, Gathered g, CacheRoom room) {
    rebuild(new Order(shard, hash, incomingBytes, 0, below, below != ANYWHERE), g, room);
    room.committed(shard);
  }

  private void rebuild(Order order, Gathered g, CacheRoom room) {
    int shard = order.shard;
    Located old = directory.locate(shard, directory.freshen(shard, order.below), order.hash);
    RebuildEvent event = RebuildEvent.begin();
    g.clear();
    gather(old, g);
    if (order.isCompact) {
      g.forgetGarbage();
    }
    long most = maxBlockBytes(shard);
    boolean isChosen = room != null && room.prepare(old, g, most, order.incomingBytes);
    context.bump(shard, ShardLayout.REBUILDS);
    boolean mayStay = room == null && !order.isCompact;
    String what = "replace";
    if (!mayStay || !allocator.isFull() || !replaceTightly(order, g)) {
      try {
        what = place(order, old, isChosen, most, g);
      } catch (StoreFullException e) {
        if (!mayStay || !replaceTightly(order, g)) {
          throw e;
        }
      }
    }
    event.end(context.store(), shard, what, g.count());
  }

  /** Finds out what the gathered segment becomes, and makes it that; returns a word for it. */
  private String place(Order order, Located old, boolean isChosen, long most, Gathered g) {
    Shape shape = shape(order, old.nextGeneration());
    long needed = kind.neededBytes(g, 0, g.count(), order.incomingBytes);
    if (!isChosen && needed > most && canSplit(g, old.local())) {
      swap.split(old, shape, order.below, g);
      return "split";
    }
    if (!isChosen && needed <= most / LONELY_DIVISOR && tryMerge(order, old, most, g)) {
      return "merge";
    }
    swap.replace(old, shape, order.below, g);
    return "replace";
  }

  private static Shape shape(Order order, int generation) {
    return new Shape(0, 0, generation, order.avoid, order.incomingBytes);
  }

  /**
   * Rebuilds a segment into a block of the size that it has, in a full file; false if that is too
   * small for it. What was built in vain is freed first.
   */
  private boolean replaceTightly(Order order, Gathered g) {
    swap.releaseNew(order.shard);
    // The directory may have been doubled.
    Located old = directory.locate(order.shard, context.directoryWord(order.shard), order.hash);
    g.clear();
    gather(old, g);
    long bytes = allocator.sizeOf(old.block());
    if (kind.leastBytes(g, order.incomingBytes) > bytes) {
      return false;
    }
    swap.replaceWithin(old, shape(order, old.nextGeneration()), bytes, g);
    return true;
  }

  /**
   * Sees to it that directory and segment of a hash are of the shard's present epoch, so that they
   * may be stored to. A sealed segment is copied, or rebuilt if its log has no room.
   *
   * @param incomingBytes size of a record that is to come
   */
  void freshen(int shard, long hash, long incomingBytes, Gathered g) {
    long directoryWord = directory.freshen(shard, ANYWHERE);
    long word = directory.segmentWord(directoryWord, directory.indexOf(directoryWord, hash));
    if (SegmentWord.isFresh(word)) {
      return;
    }
    checkWhole(word);
    if (kind.hasRoom(word, incomingBytes)) {
      swap.copy(directory.locate(shard, directoryWord, hash));
    } else {
      rebuild(shard, hash, incomingBytes, 0, g);
    }
  }

  private void gather(Located segment, Gathered g) {
    if (!kind.gather(segment.word(), g)) {
      throw new CorruptStoreException("segment", segment.block(), "the block makes no sense");
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

  private boolean tryMerge(Order order, Located old, long most, Gathered g) {
    Located buddy = directory.buddyOf(old);
    if (buddy == null) {
      return false;
    }
    int own = g.count();
    gather(buddy, g);
    if (kind.neededBytes(g, 0, g.count(), order.incomingBytes) > most / MERGE_DIVISOR) {
      g.truncate(own);
      return false;
    }
    int generation = Math.max(old.nextGeneration(), buddy.nextGeneration());
    swap.merge(old, buddy, shape(order, generation), order.below, g);
    return true;
  }

  /**
   * Merges the segment of a hash in a cache with its buddy, in one block of the largest size, for
   * which entries of both go.
   *
   * @return false if it has no buddy; nothing was done
   */
  boolean mergeWithin(int shard, long hash, Gathered g, CacheRoom room) {
    Located old = directory.locate(shard, directory.freshen(shard, ANYWHERE), hash);
    Located buddy = directory.buddyOf(old);
    if (buddy == null) {
      return false;
    }
    g.clear();
    gather(old, g);
    gather(buddy, g);
    room.prepareMerged(g, maxBlockBytes(shard));
    context.bump(shard, ShardLayout.REBUILDS);
    int generation = Math.max(old.nextGeneration(), buddy.nextGeneration());
    swap.merge(old, buddy, new Shape(0, 0, generation, 0, 0), ANYWHERE, g);
    room.committed(shard);
    return true;
  }
}
