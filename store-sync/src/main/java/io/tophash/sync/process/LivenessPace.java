package io.tophash.sync.process;

import java.util.function.LongSupplier;

/**
 * When a thread that waits for another process looks whether that one lives. A look goes through
 * the thread that has the lock file, so on a busy machine it takes two turns of all other threads,
 * in which the waiter does not see that its wait is over. So the first look comes late, and the
 * next one only when the wait is twice as long, up to a distance that keeps a death from being
 * found late ({@code docs/decisions/0078}). What this process owes itself is settled in each
 * millisecond, as before: that takes no other thread.
 *
 * <p>For one wait of one thread.
 */
public final class LivenessPace {
  static final long SETTLE_NANOS = 1_000_000;
  static final long FIRST_NANOS = 10_000_000;
  static final long MOST_NANOS = 100_000_000;

  private final Runnable settle;
  private final LongSupplier clock;
  private final long start;
  private final long deadline;
  private long nextSettle;
  private long nextLook;
  private boolean over;

  /**
   * Begins a wait.
   *
   * @param deserted whose holds are settled meanwhile
   * @param timeoutNanos how long the wait may be
   */
  public LivenessPace(Deserted deserted, long timeoutNanos) {
    this(deserted::settle, System::nanoTime, timeoutNanos);
  }

  LivenessPace(Runnable settle, LongSupplier clock, long timeoutNanos) {
    this.settle = settle;
    this.clock = clock;
    this.start = clock.getAsLong();
    this.deadline = start + Math.max(timeoutNanos, SETTLE_NANOS);
    this.nextSettle = start + SETTLE_NANOS;
    this.nextLook = start + FIRST_NANOS;
  }

  /** True if it is time to look, or no time is left: then the look decides. */
  public boolean isDue() {
    long now = clock.getAsLong();
    if (now - nextSettle >= 0) {
      settle.run();
      nextSettle = now + SETTLE_NANOS;
    }
    over = now - deadline >= 0;
    return over || now - nextLook >= 0;
  }

  /** True if no time was left when it was due. */
  public boolean isOver() {
    return over;
  }

  /** The look has found somebody alive. */
  public void looked() {
    long now = clock.getAsLong();
    nextLook = now + Math.min(Math.max(now - start, FIRST_NANOS), MOST_NANOS);
  }
}
