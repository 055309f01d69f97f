package io.tophash.sync.checkpoint;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.shard.Cut;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.ShardCut;
import io.tophash.sync.shard.Shards;
import java.util.concurrent.locks.LockSupport;

/**
 * Cuts: each has the next number, and all shards at one moment, which all their locks are held for.
 * For the holder of CHECKPOINT.
 */
final class Cuts {
  /** The last numbers are kept for snapshots, so that there always can be a backup. */
  static final long LAST_DURABLE = OwnerWord.MAX_EPOCH - 1_000;

  /** Warns from here on: a sixteenth of all numbers is left. */
  private static final long WARN_FROM = OwnerWord.MAX_EPOCH - OwnerWord.MAX_EPOCH / 16;

  /** So long the locks of all shards are waited for before all are let go again. */
  private static final long CUT_NANOS = 100_000_000;

  private static final long PAUSE_NANOS = 5_000_000;

  private static final System.Logger LOG = System.getLogger("io.tophash");

  /** What is done with a cut. */
  interface Use {
    void cut(long number, Cut cut);
  }

  private final ShardContext context;
  private final ShardCut shards;
  private final EpochWords words;
  private boolean warned;
  // Earlier cuts have sealed segments that have no sums yet.
  private boolean unsummed;

  Cuts(Shards shards, EpochWords words) {
    this.context = shards.context();
    this.shards = new ShardCut(shards);
    this.words = words;
  }

  /**
   * Makes one, however often a shard is not to be had at first.
   *
   * @param last the highest number that it may have
   * @throws StoreTimeoutException if a process that is alive does not let go of a shard
   */
  void make(long last, Use use) {
    long start = System.nanoTime();
    while (true) {
      StoreTimeoutException stalled = tryMake(last, use);
      if (stalled == null) {
        return;
      }
      if (System.nanoTime() - start > context.lockTimeoutNanos()) {
        throw stalled;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Makes one, or says why a shard was not to be had. */
  StoreTimeoutException tryMake(long last, Use use) {
    long n = words.nextNumber(context.shardCount());
    checkNumber(n, last);
    unsummed |= words.get(EpochLayout.SUMMED) != words.get(EpochLayout.CUTTING);
    words.put(EpochLayout.CUTTING, n);
    CrashPoint.reached("checkpoint.begun");
    Cut cut;
    try {
      cut = shards.cut(n, words.level().logs() && context.log().isReady(), CUT_NANOS);
    } catch (StoreTimeoutException e) {
      words.put(EpochLayout.STALLED_BY, 1 + shards.stalledBy());
      return e;
    }
    words.put(EpochLayout.STALLED_BY, 0);
    use.cut(n, cut);
    return null;
  }

  /** True if segments that earlier cuts have sealed may have no sums yet. */
  boolean isUnsummed() {
    return unsummed;
  }

  /** All segments that a cut has sealed, and earlier ones, have their sums. */
  void summed(long n) {
    unsummed = false;
    words.put(EpochLayout.SUMMED, n);
  }

  private void checkNumber(long n, long last) {
    if (n > last) {
      throw new StoreException(
          "the store has had as many checkpoints as it can have; copy it with backup and go on"
              + " with the copy, checkpoints="
              + last
              + " store="
              + context.store());
    }
    if (n >= WARN_FROM && !warned) {
      warned = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "the store has had nearly as many checkpoints as it can have; copy it with backup and go"
              + " on with the copy, checkpoints={0} limit={1} store={2}",
          n,
          last,
          context.store());
    }
  }
}
