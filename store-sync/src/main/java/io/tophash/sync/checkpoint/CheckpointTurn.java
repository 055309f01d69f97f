package io.tophash.sync.checkpoint;

import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.Sidecar;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.process.ProcessTable;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Whose turn it is with the checkpoints of a store: one thread's of one process, to which the byte
 * CHECKPOINT of the sidecar sees, and within the JVM a lock. The epoch words say who has it and
 * since when, for people: a holder that was killed is named there until the next one comes.
 *
 * <p>Thread-safe. Blocking.
 */
final class CheckpointTurn {
  private final Sidecar sidecar;
  private final EpochWords words;
  private final ProcessTable process;
  private final long timeoutMs;
  private final ReentrantLock turn = new ReentrantLock();

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
    turn.lock();
    try {
      if (isWanted.getAsBoolean()) {
        lockByte();
        hold(
            () -> {
              if (isWanted.getAsBoolean()) {
                action.run();
              }
            });
      }
    } finally {
      turn.unlock();
    }
  }

  /**
   * As {@link #run}, without waiting for others.
   *
   * @return false if it is somebody else's turn
   */
  boolean tryRun(Runnable action) {
    if (!turn.tryLock()) {
      return false;
    }
    try {
      if (!sidecar.tryLockCheckpoint()) {
        return false;
      }
      hold(action);
      return true;
    } finally {
      turn.unlock();
    }
  }

  private void lockByte() {
    try {
      sidecar.lockCheckpoint(timeoutMs);
    } catch (StoreTimeoutException e) {
      int slot = (int) words.get(EpochLayout.TAKEN_BY) - 1;
      throw slot < 0
          ? e
          : new StoreTimeoutException(e.getMessage() + " owner={" + process.describe(slot) + "}");
    }
  }

  private void hold(Runnable action) {
    try {
      words.put(EpochLayout.TAKEN_SINCE_MS, System.currentTimeMillis());
      words.put(EpochLayout.TAKEN_BY, 1 + process.slot());
      action.run();
    } finally {
      try {
        words.put(EpochLayout.TAKEN_BY, 0);
      } finally {
        sidecar.unlockCheckpoint();
      }
    }
  }
}
