package io.tophash.sync.shard;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Promotions: the rebuilds of segments that are read from their dirty table often. Lookups of one
 * table that go there are counted on the heap, as readers write nothing to the store, and without
 * atomic operations, as only the order of magnitude matters: some of them, at random, stand for
 * all. When a segment has had about as many as it has keys, its promotion is wanted, and the next
 * writer that comes to its shard makes it.
 */
public final class Promotions {
  private static final int COUNTERS = 4096;
  private static final int KEYS_PER_BUCKET = 7;

  /** Of so many misses one is counted, for all of them. */
  private static final int SAMPLES = 16;

  /** So that no single miss makes a promotion. */
  private static final int FEWEST = 2 * SAMPLES;

  private final Shards shards;
  private final ShardContext context;
  private final int[] counts = new int[COUNTERS];
  private final AtomicLongArray wanted;
  // Per shard, not yet reported to the store.
  private final long[] unreported;

  /**
   * @param shards of the attached store
   * @param wanted takes, for each shard, a hash in the segment that is to be promoted; 0 if none
   */
  public Promotions(Shards shards, AtomicLongArray wanted) {
    this.shards = shards;
    this.context = shards.context();
    this.wanted = wanted;
    this.unreported = new long[wanted.length()];
  }

  /** Counts a miss in a segment. */
  public void countMiss(int shard, long segmentWord, long hash) {
    if ((ThreadLocalRandom.current().nextInt() & SAMPLES - 1) != 0) {
      return; // so that threads seldom write to the lines of these arrays
    }
    int i = (int) ((segmentWord >>> 30) * 0x9E37_79B9L >>> 16) & COUNTERS - 1;
    int count = counts[i] + SAMPLES;
    counts[i] = count;
    unreported[shard] += SAMPLES;
    if (count >= Math.max(FEWEST, SegmentWord.readBuckets(segmentWord) * KEYS_PER_BUCKET)) {
      counts[i] = 0;
      wanted.setPlain(shard, hash == 0 ? 1 : hash);
    }
  }

  /** Reports the misses of a shard since the last time, for the holder of its lock. */
  public void reportMisses(int shard) {
    long misses = unreported[shard];
    unreported[shard] = 0;
    if (misses != 0) {
      context.add(shard, ShardLayout.MISSES, misses);
    }
  }

  /** Makes the promotion that is wanted in a shard, if nobody does; for who has no lock. */
  public void make(int shard) {
    long hash = wanted.getAndSet(shard, 0);
    if (hash != 0) {
      try {
        shards.held(shard, shard + 1, () -> tryLock(shard), () -> promoteLocked(shard, hash));
      } catch (StoreFullException | StoreTimeoutException e) {
        // It was for speed only, and the change that came before it is made.
      }
    }
  }

  private boolean tryLock(int shard) {
    ShardLock lock = shards.shardLock();
    if (!lock.tryLock(shard)) {
      return false;
    }
    if (shards.isEnded()) {
      lock.abandon(shard, 0);
      return false;
    }
    return true;
  }

  private int promoteLocked(int shard, long hash) {
    if (SegmentWord.isAmended(shards.segmentWord(shard, hash))) {
      if (context.caching() == null) {
        new SegmentChanges(shards).rebuild(shard, hash, 0, 0);
      } else {
        // For speed no entry goes, least of all the one that was just stored.
        new CacheSegments(shards).rebuild(shard, hash, 0, false, CacheRoom.KEEP_ALL);
      }
      context.bump(shard, ShardLayout.PROMOTIONS);
    }
    return 0;
  }
}
