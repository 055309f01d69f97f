package io.tophash.sync.shard;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.event.EvictionEvent;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;

/**
 * Makes room in a shard of a cache that has reached its bound. All methods are for the holder of
 * the shard's lock, who is not in the guard.
 *
 * <p>A segment makes room for itself as long as it can. Where that is not enough, as for a large
 * value, the others do, one after the other, from where the last such run has stopped; so in time
 * each has its turn.
 */
public final class Eviction {
  /** How often a segment is tried with half of its block. */
  private static final int MAX_SQUEEZE = 4;

  /** How often others make room for a segment. */
  private static final int MAX_ROOM_ROUNDS = 4;

  /** Blocks that are freed one by one where what is free lies in pieces. */
  private static final int MAX_FREED = 16;

  /** Rounds over all segments for a large record: the marks of an entry last for three. */
  private static final int ROUNDS = 5;

  private final Shards shards;
  private final CacheSegments bounded;
  private final ShardContext context;
  private final Bounds bounds;
  private final MappedMemory memory;
  private final LargeVictims victims;

  /**
   * @param shards of an attached cache
   * @param large its large records
   */
  public Eviction(Shards shards, LargeRecords large) {
    this.shards = shards;
    this.bounded = new CacheSegments(shards);
    this.context = shards.context();
    this.bounds = context.caching().bounds();
    this.memory = context.memory();
    this.victims = new LargeVictims(shards, large);
  }

  /**
   * Makes room for a record in the segment of a hash.
   *
   * @param inserts true if the shard gets one entry more
   * @return false if there is none whatever goes
   */
  public boolean makeRoom(int shard, long hash, long bytes, boolean inserts) {
    EvictionEvent event = EvictionEvent.begin();
    long before = evicted(event, shard);
    boolean made = room(shard, hash, bytes, inserts);
    end(event, shard, bytes, before);
    return made;
  }

  /** True if a shard has as many entries as it may. */
  public boolean isFull(int shard) {
    return bounded.isFull(shard);
  }

  private void end(EvictionEvent event, int shard, long bytes, long before) {
    long gone = evicted(event, shard) - before;
    if (gone > 0) {
      event.end(context.store(), shard, bytes, gone);
    }
  }

  /** How many entries had to go from a shard so far, if anybody wants to know. */
  private long evicted(EvictionEvent event, int shard) {
    return event.isRecorded() ? context.caching().ofShard(shard, CacheLayout.EVICTED) : 0;
  }

  private boolean room(int shard, long hash, long bytes, boolean inserts) {
    if (inserts && bounds.maxEntries(shard) <= 0) {
      return false;
    }
    if (inserts && tooMany(shard, true)) {
      return evictElsewhere(shard);
    }
    for (int round = 0; round <= MAX_ROOM_ROUNDS; round++) {
      for (int squeeze = 0; squeeze <= MAX_SQUEEZE; squeeze++) {
        try {
          bounded.rebuild(shard, hash, bytes, inserts, squeeze);
          return !inserts || !bounded.isFull(shard) || evictElsewhere(shard);
        } catch (StoreFullException e) {
          // Then with a smaller block, or after others have made room.
        }
      }
      // Each time somewhat more, as the file may have room only where others' blocks are.
      if (!roomForLarge(shard, (1L << round) * bounded.maxBlockBytes(shard))) {
        break;
      }
    }
    // What was freed lies in pieces that are too small.
    for (int freed = 0; freed < MAX_FREED && freeOne(shard, least(bytes)); freed++) {
      for (int squeeze = 1; squeeze <= MAX_SQUEEZE; squeeze++) {
        try {
          bounded.rebuild(shard, hash, bytes, inserts, squeeze);
          return true;
        } catch (StoreFullException e) {
          // Another one, then.
        }
      }
    }
    return false;
  }

  /** Lets entries of the shard go, of whatever segment, until one more may come. */
  private boolean evictElsewhere(int shard) {
    return evictWhileTooMany(shard, true);
  }

  /**
   * Lets entries go until the shard has no more than its share.
   *
   * @return false if that cannot be
   */
  boolean shrinkToEntries(int shard) {
    return evictWhileTooMany(shard, false);
  }

  private boolean evictWhileTooMany(int shard, boolean inserts) {
    for (int round = 0; round < ROUNDS && tooMany(shard, inserts); round++) {
      int left = 1 << DirectoryWord.depth(context.directoryWord(shard));
      while (left-- > 0 && tooMany(shard, inserts)) {
        long hash = nextHand(shard);
        try {
          bounded.rebuild(shard, hash, 0, inserts, 0);
        } catch (StoreFullException e) {
          // The next one, then.
        }
        if (tooMany(shard, inserts)) {
          victims.evict(shard, hash, -1, 1, 0);
        }
      }
    }
    return !tooMany(shard, inserts);
  }

  private boolean tooMany(int shard, boolean inserts) {
    return shards.count(shard) + (inserts ? 1 : 0) > bounds.maxEntries(shard);
  }

  /**
   * Makes room for a block of so many bytes, by evicting from one segment after the other.
   *
   * @return false if the shard's share is too small for it
   */
  public boolean makeRoomForLarge(int shard, long bytes) {
    EvictionEvent event = EvictionEvent.begin();
    long before = evicted(event, shard);
    boolean made = roomForLarge(shard, bytes);
    end(event, shard, bytes, before);
    return made;
  }

  private boolean roomForLarge(int shard, long bytes) {
    if (bounds.maxBytes(shard) == Long.MAX_VALUE) {
      return true;
    }
    long reserve = bounded.reserve(shard);
    long most = bounds.maxBytes(shard) - reserve - ExtentAllocator.blockBytes(bytes);
    // Where it would take almost all of the share, it would drive out all others.
    return most >= reserve && shrinkTo(shard, most);
  }

  /**
   * Lets entries go until the shard has no more bytes than that.
   *
   * @return false if that cannot be
   */
  boolean shrinkTo(int shard, long most) {
    for (int round = 0; round < ROUNDS && bounds.used(shard) > most; round++) {
      int left = 1 << DirectoryWord.depth(context.directoryWord(shard));
      while (left-- > 0 && bounds.used(shard) > most) {
        long hash = nextHand(shard);
        victims.evict(shard, hash, most, Integer.MAX_VALUE, 0);
        if (round > 0 && bounds.used(shard) > most) {
          shrink(shard, hash);
        }
      }
    }
    return bounds.used(shard) <= most;
  }

  /**
   * The same for good: segments are merged, of which each two give a whole block back. Smaller
   * blocks would need extents of their own, and what they leave would lie in pieces.
   */
  boolean mergeTo(int shard, long most) {
    boolean merged = true;
    while (merged && bounds.used(shard) > most) {
      merged = false;
      int left = 1 << DirectoryWord.depth(context.directoryWord(shard));
      while (left-- > 0 && bounds.used(shard) > most) {
        long hash = nextHand(shard);
        victims.evict(shard, hash, most, Integer.MAX_VALUE, 0);
        if (bounds.used(shard) > most) {
          merged |= merge(shard, hash);
        }
      }
    }
    return shrinkTo(shard, most);
  }

  private boolean merge(int shard, long hash) {
    try {
      return bounded.merge(shard, hash);
    } catch (StoreFullException e) {
      return false; // they are too large together
    }
  }

  /** Size of the smallest block that a segment with such a record may have. */
  private static long least(long recordBytes) {
    return CacheLayout.blockBytes(2 * recordBytes);
  }

  private boolean shrink(int shard, long hash) {
    try {
      bounded.rebuild(shard, hash, 0, false, 2);
      return true;
    } catch (StoreFullException e) {
      return false; // it is as small as it can be
    }
  }

  /**
   * Gives a block of at least this size back, be what stands in it marked or not: for a file in
   * which what was freed lies in pieces that are too small.
   *
   * @return false if the shard has none that it can do without
   */
  public boolean freeOne(int shard, long bytes) {
    int left = 1 << DirectoryWord.depth(context.directoryWord(shard));
    while (left-- > 0) {
      long hash = nextHand(shard);
      long block = SegmentWord.position(shards.segmentWord(shard, hash));
      if (victims.evict(shard, hash, -1, 1, bytes) > 0
          || context.allocator().sizeOf(block) >= bytes && shrink(shard, hash)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Lets all entries of a shard go: the last resort where a checkpoint has sealed all segments and
   * what is free lies in pieces too small for a copy of any. An empty one takes the smallest.
   *
   * @return false if there is no room for that either
   */
  public boolean clear(int shard) {
    EvictionEvent event = EvictionEvent.begin();
    long before = evicted(event, shard);
    try {
      bounded.clear(shard);
    } catch (StoreFullException e) {
      return false;
    }
    end(event, shard, 0, before);
    return true;
  }

  /** A hash in the segment whose turn it is. */
  private long nextHand(int shard) {
    int at = Shards.position(shard, ShardLayout.HAND);
    long directoryWord = context.directoryWord(shard);
    int depth = DirectoryWord.depth(directoryWord);
    int index = (int) memory.getLong(0, at) & (1 << depth) - 1;
    int local = context.localDepth(memory.getLong(Directory.entry(directoryWord, index), 0), depth);
    memory.putLong(0, at, index + (1 << depth - local));
    int shift = context.shardShift();
    long shardBits = shift == 0 ? 0 : (long) shard << Long.SIZE - shift;
    return depth == 0 ? shardBits : shardBits | (long) index << Long.SIZE - shift - depth;
  }
}
