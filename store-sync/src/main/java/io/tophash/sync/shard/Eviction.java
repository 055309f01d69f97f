package io.tophash.sync.shard;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.event.EvictionEvent;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Sieve;

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

  /** Rounds over all segments for a large record: the marks of an entry last for three. */
  private static final int ROUNDS = 5;

  private final Shards shards;
  private final ShardContext context;
  private final Bounds bounds;
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final LargeRecords large;

  /**
   * @param shards of an attached cache
   * @param large its large records
   */
  public Eviction(Shards shards, LargeRecords large) {
    this.shards = shards;
    this.context = shards.context();
    this.bounds = context.caching().bounds();
    this.memory = context.memory();
    this.segments = (RecordSegments) context.kind();
    this.large = large;
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
    for (int round = 0; round <= MAX_ROOM_ROUNDS; round++) {
      for (int squeeze = 0; squeeze <= MAX_SQUEEZE; squeeze++) {
        try {
          shards.rebuildWithin(shard, hash, bytes, inserts, squeeze);
          return !inserts || !shards.isFull(shard) || evictElsewhere(shard);
        } catch (StoreFullException e) {
          // Then with a smaller block, or after others have made room.
        }
      }
      // Each time somewhat more, as the file may have room only where others' blocks are.
      if (!roomForLarge(shard, (1L << round) * shards.maxBlockBytes(shard))) {
        return false;
      }
    }
    return false;
  }

  /** Lets some entry of the shard go, of whatever segment. */
  private boolean evictElsewhere(int shard) {
    int left = 1 << DirectoryWord.depth(context.directoryWord(shard));
    while (left-- > 0 && shards.isFull(shard)) {
      long hash = nextHand(shard);
      try {
        shards.rebuildWithin(shard, hash, 0, true, 0);
      } catch (StoreFullException e) {
        // The next one, then.
      }
      if (shards.isFull(shard)) {
        evictLarge(shard, hash, -1, 1);
      }
    }
    return !shards.isFull(shard);
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
    long reserve = shards.reserve(shard);
    long most = bounds.maxBytes(shard) - reserve - ExtentAllocator.blockBytes(bytes);
    // Where it would take almost all of the share, it would drive out all others.
    if (most < reserve) {
      return false;
    }
    for (int round = 0; round < ROUNDS && bounds.used(shard) > most; round++) {
      int left = 1 << DirectoryWord.depth(context.directoryWord(shard));
      while (left-- > 0 && bounds.used(shard) > most) {
        long hash = nextHand(shard);
        evictLarge(shard, hash, most, Integer.MAX_VALUE);
        if (round > 0 && bounds.used(shard) > most) {
          shrink(shard, hash);
        }
      }
    }
    return bounds.used(shard) <= most;
  }

  private void shrink(int shard, long hash) {
    try {
      shards.rebuildWithin(shard, hash, 0, false, 2);
    } catch (StoreFullException e) {
      // It is as small as it can be.
    }
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

  /**
   * Lets large entries of a segment go, the oldest that are not marked first, until the shard has
   * no more bytes than that, or so many went.
   */
  private void evictLarge(int shard, long hash, long most, int atMost) {
    Gathered g = shards.scratches().borrow();
    try {
      context.mapAll().run();
      // Only a segment that no checkpoint has sealed may be stored to.
      shards.freshen(shard, hash, 0);
      long word = shards.segmentWord(shard, hash);
      g.clear();
      if (!segments.gather(word, g)) {
        return;
      }
      Sieve.sort(g, 0, g.count());
      int evicted = 0;
      for (int i = 0; i < g.count() && evicted < atMost && bounds.used(shard) > most; i++) {
        if (g.largeBlock(i) != 0 && evictLarge(shard, g, i)) {
          evicted++;
        }
      }
      context.caching().count(shard, CacheLayout.EVICTED, evicted);
    } catch (StoreFullException e) {
      // A sealed segment finds no room for its copy: then others make room.
    } finally {
      shards.scratches().giveBack(g);
    }
  }

  /** Removes the large entries of a segment whose time is over. */
  void evictExpired(int shard, long hash) {
    Gathered g = shards.scratches().borrow();
    try {
      // Only a segment that no checkpoint has sealed may be stored to.
      shards.freshen(shard, hash, 0);
      g.clear();
      if (!segments.gather(shards.segmentWord(shard, hash), g)) {
        return;
      }
      int expired = 0;
      for (int i = 0; i < g.count(); i++) {
        if (g.largeBlock(i) != 0
            && context.caching().isOver(Sieve.expires(segments, g, i))
            && evictLarge(shard, g, i)) {
          expired++;
        }
      }
      context.caching().count(shard, CacheLayout.EXPIRED, expired);
    } finally {
      shards.scratches().giveBack(g);
    }
  }

  private boolean evictLarge(int shard, Gathered g, int entry) {
    Caching caching = context.caching();
    long cell = g.cell(entry);
    int seen = g.slot(entry);
    boolean over = caching.isOver(Sieve.expires(segments, g, entry));
    if (!over && !SlotWord.isUnmarked(seen)) {
      memory.compareAndSetInt(bucket(cell), slot(cell), seen, SlotWord.unmarked(seen));
      return false;
    }
    byte[] told = caching.isHeard() ? segments.large().copy(g, entry) : null;
    byte[] value = told == null ? null : segments.large().valueOf(g, entry, told);
    large.noteOld(shard, g.largeBlock(entry));
    boolean won = memory.compareAndSetInt(bucket(cell), slot(cell), seen, SlotWord.nil(seen));
    large.settleOld(shard, won);
    if (won) {
      context.addCount(shard, -1);
      if (told != null) {
        caching.tell(RecordImage.key(told, 0), value, over);
      }
    }
    return won;
  }
}
