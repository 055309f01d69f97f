package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;
import io.tophash.sync.segment.Gathered;

/**
 * The cut of a checkpoint: one moment at which all shards are frozen, what stands in them is noted,
 * and their epoch moves on, so that from then on nothing of it is stored to. A process that was
 * stopped inside a shard makes it fail, and all go on.
 *
 * <p>For one thread at a time in all processes.
 */
public final class ShardCut {
  /** So long all shards may be frozen, or some wait for the others to drain. */
  private static final long FREEZE_NANOS = 20_000_000;

  private final Shards shards;
  private final ShardContext context;

  /**
   * @param shards of the attached store
   */
  public ShardCut(Shards shards) {
    this.shards = shards;
    this.context = shards.context();
  }

  /** Slot of the process for which the last failed attempt waited; -1 if that is not known. */
  public int stalledBy() {
    return shards.shardLock().blockingSlot();
  }

  /**
   * Cuts all shards.
   *
   * @param epoch their new epoch, which none ever had
   * @param logs true if changes are logged from then on
   * @param timeoutNanos how long to wait for their locks
   * @throws StoreTimeoutException if a shard is not to be had in time; no shard has been cut
   */
  public Cut cut(long epoch, boolean logs, long timeoutNanos) {
    long deadline = System.nanoTime() + timeoutNanos;
    // Before the first lock: what is in a batch below this was made before the cut.
    long logStart = context.log().batch();
    ShardLock lock = shards.shardLock();
    Cut[] cut = new Cut[1];
    shards.lockedAll(
        () -> {
          for (int shard = 0; shard < context.shardCount(); shard++) {
            shards.lockAnyway(shard, Math.max(0, deadline - System.nanoTime()));
          }
        },
        () -> {
          context.mapAll().run();
          long start = System.nanoTime();
          boolean[] inDoubt = new boolean[context.shardCount()];
          freeze(lock, inDoubt, start);
          cut[0] = cutFrozen(epoch, logs, logStart, inDoubt, start);
        });
    return cut[0];
  }

  private void freeze(ShardLock lock, boolean[] inDoubt, long start) {
    int shard = 0;
    try {
      for (; shard < inDoubt.length; shard++) {
        long left = Math.max(0, start + FREEZE_NANOS - System.nanoTime());
        inDoubt[shard] = lock.freeze(shard, false, left);
      }
    } catch (StoreTimeoutException e) {
      while (shard-- > 0) {
        if (inDoubt[shard]) {
          recount(shard); // the hazards of the dead are gone, so nobody else would
        }
        lock.unfreeze(shard);
      }
      throw e;
    }
  }

  private Cut cutFrozen(long epoch, boolean logs, long logStart, boolean[] inDoubt, long start) {
    long[] words = new long[1 << RegionLayout.MAX_SHARD_SHIFT];
    long[] counts = new long[words.length];
    long[] lanes = new long[words.length];
    for (int shard = 0; shard < inDoubt.length; shard++) {
      if (inDoubt[shard]) {
        recount(shard);
      }
    }
    for (int shard = 0; shard < inDoubt.length; shard++) {
      words[shard] = context.directoryWord(shard);
      counts[shard] = context.memory().getLong(0, at(shard, ShardLayout.COUNT));
      lanes[shard] = context.log().position(shard);
      context.putState(shard, ShardState.of(epoch, logs));
    }
    return new Cut(words, counts, lanes, logStart, System.nanoTime() - start);
  }

  private void recount(int shard) {
    Gathered g = shards.scratches().borrow();
    try {
      shards.recount(shard, g);
    } finally {
      shards.scratches().giveBack(g);
    }
  }
}
