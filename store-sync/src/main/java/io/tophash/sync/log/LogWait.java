package io.tophash.sync.log;

import java.util.function.Consumer;

/**
 * Changes of one caller that are waited for together, when the last of them is made. Each is made
 * when its call returns, and durable when {@link #together} does.
 *
 * <p>For one thread.
 */
public final class LogWait {
  private final SyncLog log;
  private final int shardCount;
  private long[] positions; // up to where to wait in each lane; null before the first change

  private LogWait(SyncLog log, int shardCount) {
    this.log = log;
    this.shardCount = shardCount;
  }

  /**
   * Makes changes and waits for them; for those before one that is refused, too, before that is
   * told. What an {@link Error} ends is not waited for.
   *
   * @param log of the store
   * @param shardCount number of its shards
   */
  public static void together(SyncLog log, int shardCount, Consumer<LogWait> changes) {
    LogWait wait = new LogWait(log, shardCount);
    try {
      changes.accept(wait);
    } catch (RuntimeException e) {
      try {
        wait.await();
      } catch (RuntimeException another) {
        e.addSuppressed(another);
      }
      throw e;
    }
    wait.await();
  }

  /** Waits for this position of a lane, too. */
  public void add(int shard, long position) {
    if (positions == null) {
      positions = new long[shardCount];
    }
    positions[shard] = position; // a later change of the shard has a higher one
  }

  /**
   * Waits until all of them are on the device, as {@link SyncLog#await}: the first one for which a
   * batch is written brings the others with it.
   */
  private void await() {
    for (int shard = 0; positions != null && shard < shardCount; shard++) {
      if (positions[shard] != 0) {
        log.await(shard, positions[shard]);
      }
    }
  }
}
