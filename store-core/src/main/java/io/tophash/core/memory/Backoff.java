package io.tophash.core.memory;

import java.util.concurrent.locks.LockSupport;

/**
 * How to wait for a word that another thread or process changes: a little by spinning, then by
 * sleeping, for longer each time. One thread, one wait.
 *
 * <p>Never by {@code Thread.yield()}: where more threads want a processor than there are, each call
 * gives a whole turn away, which a sleeping thread keeps ({@code docs/decisions/0081}).
 */
public final class Backoff {
  private static final int SPINS = 300;
  private static final long MIN_PARK_NANOS = 1_000;
  private static final long MAX_PARK_NANOS = 200_000;

  private int spins;
  private long parkNanos = MIN_PARK_NANOS;

  /** Waits a moment. An interrupt makes it a short one. */
  public void idle() {
    if (spins < SPINS) {
      spins++;
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(parkNanos);
      parkNanos = Math.min(2 * parkNanos, MAX_PARK_NANOS);
    }
  }
}
