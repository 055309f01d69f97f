package io.tophash.sync.process;

/**
 * When a thread that waits for another process looks whether that one lives. A look reads files,
 * and of a process that cannot be seen from here it goes through the thread that has the lock file,
 * so on a busy machine it takes two turns of all other threads, in which the waiter does not see
 * that its wait is over. So the first look comes late, and the next one after as long a time as the
 * last one took, at least ({@code docs/decisions/0078}). That a row has another owner by now is
 * seen without a look. What this process owes itself is settled in each millisecond: that takes no
 * other thread.
 *
 * <p>For one wait of one thread. Without lambdas, as it may be used first at the end of a stack.
 */
public class LivenessPace {
  static final long SETTLE_NANOS = 1_000_000;
  static final long FIRST_NANOS = 10_000_000;
  static final long NEXT_NANOS = 20_000_000;

  private final Deserted deserted;
  private final long deadline;
  private long nextSettle;
  private long nextLook;
  private long lookedFrom;
  private boolean over;

  /**
   * Begins a wait.
   *
   * @param deserted whose holds are settled meanwhile
   * @param timeoutNanos how long the wait may be
   */
  public LivenessPace(Deserted deserted, long timeoutNanos) {
    this(deserted, timeoutNanos, System.nanoTime());
  }

  LivenessPace(Deserted deserted, long timeoutNanos, long start) {
    this.deserted = deserted;
    this.deadline = start + Math.max(timeoutNanos, SETTLE_NANOS);
    this.nextSettle = start + SETTLE_NANOS;
    this.nextLook = start + FIRST_NANOS;
  }

  /** The time, for a test to play. */
  long now() {
    return System.nanoTime();
  }

  /** Settles what is owed, for a test to count. */
  void settle() {
    deserted.settle();
  }

  /** True if it is time to look, or no time is left: then the look decides. */
  public final boolean isDue() {
    long now = now();
    if (now - nextSettle >= 0) {
      settle();
      nextSettle = now + SETTLE_NANOS;
    }
    over = now - deadline >= 0;
    lookedFrom = now;
    return over || now - nextLook >= 0;
  }

  /** True if no time was left when it was due. */
  public final boolean isOver() {
    return over;
  }

  /** The look has found somebody alive. */
  public final void looked() {
    long now = now();
    nextLook = now + Math.max(now - lookedFrom, NEXT_NANOS);
  }
}
