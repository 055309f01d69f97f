package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.event.SweepEvent;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Sieve;

/**
 * Removes the entries of a cache whose time is over. Any process may do it at any time; there is no
 * leader. Who moves the time on at which a shard was last swept does it, and if he is killed, the
 * shard waits for the next period. A word in the header of a segment says when the next of its
 * entries expires, so most segments are passed by at a glance.
 */
public final class Sweep {
  /** A segment is rebuilt if at least this part of what its entries take has expired. */
  private static final int DUE_DIVISOR = 8;

  private final Shards shards;
  private final CacheSegments bounded;
  private final ShardContext context;
  private final MappedMemory memory;
  private final RecordSegments kind;
  private final LargeVictims victims;

  /**
   * @param shards of an attached cache
   */
  public Sweep(Shards shards) {
    this.shards = shards;
    this.bounded = new CacheSegments(shards);
    this.context = shards.context();
    this.memory = context.memory();
    this.kind = (RecordSegments) context.kind();
    this.victims = new LargeVictims(shards, new LargeRecords(context));
  }

  /**
   * Sweeps the shards that nobody has swept for a while.
   *
   * @param periodMs how long that is; 0 to sweep all in any case
   */
  public void run(long periodMs) {
    SweepEvent event = SweepEvent.begin();
    int swept = 0;
    long before = event.isRecorded() ? expired() : 0;
    long now = context.caching().nowMs();
    for (int shard = 0; shard < context.shardCount(); shard++) {
      int at = at(shard, ShardLayout.SWEPT_AT);
      long last = memory.getLongVolatile(0, at);
      // A time to come is that of a clock which was set back since.
      if (last <= now && now - last < periodMs && periodMs != 0) {
        continue;
      }
      if (memory.compareAndSetLong(0, at, last, now) || periodMs == 0) {
        sweep(shard, now, periodMs == 0);
        swept++;
      }
    }
    if (swept > 0 && event.isRecorded()) {
      event.end(context.store(), swept, expired() - before);
    }
  }

  private long expired() {
    return context.caching().sum(context.shardCount(), CacheLayout.EXPIRED);
  }

  private void sweep(int shard, long now, boolean all) {
    int shift = context.shardShift();
    long hash = shift == 0 ? 0 : (long) shard << Long.SIZE - shift;
    do {
      int bits = shift + sweepSegment(shard, hash, now, all);
      long size = bits == 0 ? 0 : 1L << Long.SIZE - bits;
      hash = bits == 0 ? 0 : (hash & -size) + size;
    } while (hash != 0 && context.shardOf(hash) == shard);
  }

  /** Returns how many bits behind the shard's bits the keys of the segment share. */
  private int sweepSegment(int shard, long hash, long now, boolean all) {
    return shards.locked(shard, () -> sweepLocked(shard, hash, now, all));
  }

  private int sweepLocked(int shard, long hash, long now, boolean all) {
    try {
      context.mapAll().run();
      long word = shards.segmentWord(shard, hash);
      long block = SegmentWord.position(word);
      int next = memory.getIntVolatile(block, SegmentLayout.NEXT_EXPIRY);
      if (Integer.compareUnsigned(next, CacheLayout.seconds(now)) <= 0) {
        if (look(shard, hash, word, next, now, all)) {
          bounded.rebuild(shard, hash, 0, false, 0);
        }
        word = shards.segmentWord(shard, hash);
      }
      return context.localDepth(word, DirectoryWord.depth(context.directoryWord(shard)));
    } catch (StoreFullException e) {
      return DirectoryWord.depth(context.directoryWord(shard)); // it stays as it is
    }
  }

  /** Removes the large entries that have expired; true if the small ones are worth a rebuild. */
  private boolean look(int shard, long hash, long word, int next, long now, boolean all) {
    Gathered g = shards.scratches().borrow();
    try {
      g.clear();
      if (!kind.gather(word, g)) {
        return false;
      }
      long expired = 0;
      long bytes = 0;
      boolean large = false;
      long following = CacheLayout.NEVER;
      for (int i = 0; i < g.count(); i++) {
        long expires = Sieve.expires(kind, g, i);
        long taken = kind.logBytes(g.recordBytes(i));
        bytes += taken;
        if (!CacheLayout.isOver(expires, now)) {
          following = Math.min(following, expires & CacheLayout.NEVER);
        } else if (g.largeBlock(i) != 0) {
          large = true;
        } else {
          expired += taken;
        }
      }
      if (large) {
        victims.evictExpired(shard, hash);
      }
      if (expired * DUE_DIVISOR >= bytes && expired > 0 || all && expired > 0) {
        return true;
      }
      if (shards.segmentWord(shard, hash) != word) {
        return false; // it was copied meanwhile: its block is another
      }
      // What has expired already waits until more has. Whoever adds an entry meanwhile has noted
      // it.
      memory.compareAndSetInt(
          SegmentWord.position(word),
          SegmentLayout.NEXT_EXPIRY,
          next,
          CacheLayout.seconds(following));
      return false;
    } finally {
      shards.scratches().giveBack(g);
    }
  }
}
