package io.tophash.sync.shard;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Sieve;

/**
 * Takes large records from the segments of a cache, one by one: each has a block of its own, and
 * its removal is that of any user. All methods are for the holder of the shard's lock, who is not
 * in the guard.
 */
final class LargeVictims {
  private final Shards shards;
  private final SegmentChanges changes;
  private final ShardContext context;
  private final Bounds bounds;
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final LargeRecords large;

  /**
   * @param shards of an attached cache
   * @param large its large records
   */
  LargeVictims(Shards shards, LargeRecords large) {
    this.shards = shards;
    this.changes = new SegmentChanges(shards);
    this.context = shards.context();
    this.bounds = context.caching().bounds();
    this.memory = context.memory();
    this.segments = (RecordSegments) context.kind();
    this.large = large;
  }

  /**
   * Lets large entries of a segment go, the oldest that are not marked first, until the shard has
   * no more bytes than that, or so many went.
   *
   * @param least 0; or only such with a block of at least this size, marked or not
   * @return how many went
   */
  int evict(int shard, long hash, long most, int atMost, long least) {
    Gathered g = shards.scratches().borrow();
    try {
      context.mapAll().run();
      // Only a segment that no checkpoint has sealed may be stored to.
      changes.freshen(shard, hash, 0);
      long word = shards.segmentWord(shard, hash);
      g.clear();
      if (!segments.gather(word, g)) {
        return 0;
      }
      Sieve.sort(g, 0, g.count());
      int evicted = 0;
      for (int i = 0; i < g.count() && evicted < atMost && bounds.used(shard) > most; i++) {
        long block = g.largeBlock(i);
        if (block != 0
            && (least == 0 || context.allocator().sizeOf(block) >= least)
            && evict(shard, g, i, least != 0)) {
          evicted++;
        }
      }
      context.caching().count(shard, CacheLayout.EVICTED, evicted);
      return evicted;
    } catch (StoreFullException e) {
      return 0; // a sealed segment finds no room for its copy: then others make room
    } finally {
      shards.scratches().giveBack(g);
    }
  }

  /** Removes the large entries of a segment whose time is over. */
  void evictExpired(int shard, long hash) {
    Gathered g = shards.scratches().borrow();
    try {
      // Only a segment that no checkpoint has sealed may be stored to.
      changes.freshen(shard, hash, 0);
      g.clear();
      if (!segments.gather(shards.segmentWord(shard, hash), g)) {
        return;
      }
      int expired = 0;
      for (int i = 0; i < g.count(); i++) {
        if (g.largeBlock(i) != 0
            && context.caching().isOver(Sieve.expires(segments, g, i))
            && evict(shard, g, i, false)) {
          expired++;
        }
      }
      context.caching().count(shard, CacheLayout.EXPIRED, expired);
    } finally {
      shards.scratches().giveBack(g);
    }
  }

  private boolean evict(int shard, Gathered g, int entry, boolean anyway) {
    Caching caching = context.caching();
    long cell = g.cell(entry);
    int seen = g.slot(entry);
    boolean over = caching.isOver(Sieve.expires(segments, g, entry));
    if (!over && !anyway && !SlotWord.isUnmarked(seen)) {
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
