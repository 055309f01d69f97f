package io.tophash.sync.checkpoint;

import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.Hold;
import io.tophash.core.memory.Sidecar;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.process.ProcessTable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Whose turn it is with the checkpoints of a store: one thread's of one process, to which the byte
 * CHECKPOINT of the sidecar sees, and within the JVM who had it last. The epoch words say who has
 * it and since when, for people: a holder that was killed is named there until the next one comes.
 *
 * <p>Thread-safe. Blocking.
 */
final class CheckpointTurn {
  private static final long PAUSE_NANOS = 200_000;

  private final Sidecar sidecar;
  private final EpochWords words;
  private final ProcessTable process;
  private final long timeoutMs;
  // The last thread of this JVM that had its turn; over, or null: the next one may come.
  private final AtomicReference<Hold> turn = new AtomicReference<>();

  /**
   * @param timeoutNanos how long another process is waited for
   */
  CheckpointTurn(Sidecar sidecar, EpochWords words, ProcessTable process, long timeoutNanos) {
    this.sidecar = sidecar;
    this.words = words;
    this.process = process;
    this.timeoutMs = Math.max(1, timeoutNanos / 1_000_000);
  }

  /**
   * Runs an action in its turn.
   *
   * @throws StoreTimeoutException if somebody else does not come to an end
   */
  void run(Runnable action) {
    runIf(() -> true, action);
  }

  /** As {@link #run}, if it is still wanted when this JVM's turn comes, and when this process's. */
  void runIf(BooleanSupplier isWanted, Runnable action) {
    Hold hold = new Hold();
    try {
      awaitTurn(hold);
      if (isWanted.getAsBoolean()) {
        lockByte(hold);
        hold(
            hold,
            () -> {
              if (isWanted.getAsBoolean()) {
                action.run();
              }
            });
      }
    } finally {
      hold.isOver = true; // which needs no call, so whatever was thrown, others go on
    }
  }

  private void awaitTurn(Hold hold) {
    boolean interrupted = false;
    while (!isMyTurn(hold)) {
      LockSupport.parkNanos(PAUSE_NANOS);
      interrupted |= Thread.interrupted(); // a pending interrupt would end each pause at once
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isMyTurn(Hold hold) {
    Hold last = turn.get();
    return (last == null || last.isOver) && turn.compareAndSet(last, hold);
  }

  /**
   * As {@link #run}, without waiting for others.
   *
   * @return false if it is somebody else's turn
   */
  boolean tryRun(Runnable action) {
    Hold hold = new Hold();
    try {
      if (!isMyTurn(hold)) {
        return false;
      }
      if (!sidecar.tryLockCheckpoint(hold)) {
        return false;
      }
      hold(hold, action);
      return true;
    } finally {
      hold.isOver = true;
    }
  }

  private void lockByte(Hold hold) {
    try {
      sidecar.lockCheckpoint(hold, timeoutMs);
    } catch (StoreTimeoutException e) {
      int slot = (int) words.get(EpochLayout.TAKEN_BY) - 1;
      throw slot < 0
          ? e
          : new StoreTimeoutException(e.getMessage() + " owner={" + process.describe(slot) + "}");
    }
  }

  private void hold(Hold hold, Runnable action) {
    try {
      words.put(EpochLayout.TAKEN_SINCE_MS, System.currentTimeMillis());
      words.put(EpochLayout.TAKEN_BY, 1 + process.slot());
      action.run();
    } finally {
      try {
        words.put(EpochLayout.TAKEN_BY, 0);
      } finally {
        sidecar.unlock(hold);
      }
    }
  }
}
