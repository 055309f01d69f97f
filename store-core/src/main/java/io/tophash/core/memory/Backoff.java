package io.tophash.core.memory;

import java.util.concurrent.locks.LockSupport;

/**
 * How to wait for a word that another thread or process changes: a little by spinning, then by
 * letting others run, then by sleeping, for longer each time. One thread, one wait.
 */
public final class Backoff {
  private static final int SPINS = 100;
  private static final int YIELDS = 20;
  private static final long MIN_PARK_NANOS = 1_000;
  private static final long MAX_PARK_NANOS = 200_000;

  private int calls;
  private long parkNanos = MIN_PARK_NANOS;

  /** Waits a moment. An interrupt makes it a short one. */
  public void idle() {
    if (calls < SPINS) {
      calls++;
      Thread.onSpinWait();
    } else if (calls < SPINS + YIELDS) {
      calls++;
      Thread.yield();
    } else {
      LockSupport.parkNanos(parkNanos);
      parkNanos = Math.min(2 * parkNanos, MAX_PARK_NANOS);
    }
  }
}
