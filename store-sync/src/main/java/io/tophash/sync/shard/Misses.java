package io.tophash.sync.shard;

import io.tophash.sync.format.SegmentWord;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Lookups of this process that went to a dirty table. They are counted on the heap, as readers
 * write nothing to the store, and without atomic operations, as only the order of magnitude
 * matters: some of them, at random, stand for all. When a segment has had about as many as it has
 * keys, its promotion is wanted, and the next writer that comes to its shard makes it.
 */
public final class Misses {
  private static final int COUNTERS = 4096;
  private static final int KEYS_PER_BUCKET = 7;

  /** Of so many misses one is counted, for all of them. */
  private static final int SAMPLES = 16;

  /** So that no single miss makes a promotion. */
  private static final int FEWEST = 2 * SAMPLES;

  private final int[] counts = new int[COUNTERS];
  private final AtomicLongArray wanted;
  // Per shard, not yet reported to the store.
  private final long[] unreported;

  /**
   * @param wanted takes, for each shard, a hash in the segment that is to be promoted
   */
  Misses(AtomicLongArray wanted) {
    this.wanted = wanted;
    this.unreported = new long[wanted.length()];
  }

  /** Counts a miss in a segment. */
  public void count(int shard, long segmentWord, long hash) {
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

  /** Misses of the shard since the last call, for a writer who has its lock to report. */
  public long takeUnreported(int shard) {
    long misses = unreported[shard];
    unreported[shard] = 0;
    return misses;
  }
}
