package io.tophash.sync.checkpoint;

/**
 * When a checkpoint is due, as one of several processes sees it: each looks at the epoch words now
 * and then, by a clock of its own, as the clocks of two processes need not go together and that of
 * the day may jump.
 *
 * <p>What is known is a time <i>up to</i> which all changes are durable: a cut came after its
 * number was seen to be missing, and of a store in which nothing has changed all of it is durable.
 * So it is never later than it really is, and a checkpoint comes too early rather than too late:
 * when half of the loss allowed has passed, the other half being for the device.
 *
 * <p>For one thread.
 */
final class CheckpointSchedule {
  private static final long MS = 1_000_000;

  /** Longest time between two looks. */
  static final long PERIOD_NANOS = 500 * MS;

  private static final long MIN_PAUSE_NANOS = MS;

  private boolean isKnown;
  private long durableUpTo;
  private long cutting;
  private boolean knowsNotCutAt;
  private long notCutAt; // a time at which that number was not there yet
  private long durable;
  private long lastLook;
  private boolean hasLooked;

  /**
   * What is to be done.
   *
   * @param isDue true if a checkpoint shall be taken now
   * @param isLate true if more might be lost than is allowed
   * @param pauseNanos when to look again
   */
  record Advice(boolean isDue, boolean isLate, long pauseNanos) {}

  /**
   * Takes a look.
   *
   * @param now by the clock of this process, read before the words
   * @param level of the store
   * @param cuttingNow number of the last checkpoint that was begun; read before the next
   * @param durableNow number of the last one that is durable; read before the next
   * @param hasChanges true if something was changed since
   */
  Advice look(long now, Level level, long cuttingNow, long durableNow, boolean hasChanges) {
    if (!level.limitsLoss()) {
      isKnown = false;
      knowsNotCutAt = false;
      hasLooked = false;
      return new Advice(false, false, PERIOD_NANOS);
    }
    if (hasLooked) {
      if (durableNow > cutting) {
        moveUp(lastLook);
      } else if (durableNow != durable && durableNow == cutting && knowsNotCutAt) {
        moveUp(notCutAt);
      }
      if (cuttingNow != cutting) {
        notCutAt = lastLook;
        knowsNotCutAt = true;
      }
    }
    cutting = cuttingNow;
    durable = durableNow;
    lastLook = now;
    hasLooked = true;
    if (!hasChanges) {
      moveUp(now);
    }
    return advice(now, level, hasChanges);
  }

  private void moveUp(long time) {
    if (!isKnown || time - durableUpTo > 0) {
      durableUpTo = time;
      isKnown = true;
    }
  }

  private Advice advice(long now, Level level, boolean hasChanges) {
    long maxLoss = Math.min(level.maxLossMs(), Long.MAX_VALUE / 4 / MS) * MS;
    long half = maxLoss / 2;
    long longest = Math.min(PERIOD_NANOS, Math.max(MIN_PAUSE_NANOS, maxLoss / 8));
    if (!hasChanges) {
      return new Advice(false, false, longest);
    }
    long age = isKnown ? now - durableUpTo : half;
    if (age >= half) {
      return new Advice(true, isKnown && age > maxLoss, longest);
    }
    return new Advice(false, false, Math.min(longest, Math.max(MIN_PAUSE_NANOS, half - age)));
  }
}
