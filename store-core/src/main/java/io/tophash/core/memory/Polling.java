package io.tophash.core.memory;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what nobody tells: a lock of the kernel. Interrupts disturb nothing. */
final class Polling {
  private static final long MIN_PAUSE_NANOS = 50_000;
  private static final long MAX_PAUSE_NANOS = 5_000_000;

  private Polling() {}

  /** Tries again and again until it is true; false if that takes too long. */
  static boolean await(BooleanSupplier attempt, long timeoutMs) {
    long start = System.nanoTime();
    long pause = MIN_PAUSE_NANOS;
    boolean interrupted = false;
    try {
      while (!attempt.getAsBoolean()) {
        if (System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(timeoutMs)) {
          return false;
        }
        LockSupport.parkNanos(pause);
        interrupted |= Thread.interrupted(); // a pending interrupt would end each pause at once
        pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
