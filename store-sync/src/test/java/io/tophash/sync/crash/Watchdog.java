package io.tophash.sync.crash;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Notices an operation that hangs: one during which this thread, which does nothing but count, was
 * run for a second, and then had a second of the processor for itself. A machine that stands still
 * as a whole is no hang, nor is one on which a thread that sleeps now and then is always the next,
 * and those that work get little: a second of the processor is as much as they had meanwhile.
 */
final class Watchdog implements AutoCloseable {
  private static final long TICK_NANOS = 20_000_000;
  private static final int TICKS = 50;
  private static final long WORK_NANOS = 1_000_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final Thread watched = Thread.currentThread();
  private final Consumer<String> onHang;
  private final BooleanSupplier excused;
  private final Thread thread;
  private volatile boolean stopped;

  /** Watches the operations of the present thread. */
  Watchdog(Consumer<String> onHang) {
    this(onHang, () -> false);
  }

  /**
   * Watches the operations of the present thread.
   *
   * @param excused true while an operation may wait as long as it likes
   */
  Watchdog(Consumer<String> onHang, BooleanSupplier excused) {
    this.onHang = onHang;
    this.excused = excused;
    this.thread = new Thread(this::watch, "watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  /** Runs an operation under watch. */
  void run(Runnable operation) {
    begun.incrementAndGet();
    operation.run();
    ended.set(begun.get());
  }

  /** The operation under way has come to its next step. */
  void goesOn() {
    begun.incrementAndGet();
  }

  private void watch() {
    long seen = -1;
    int ticks = 0;
    while (!stopped) {
      LockSupport.parkNanos(TICK_NANOS);
      long now = begun.get();
      ticks = now == seen && ended.get() != now && !excused.getAsBoolean() ? ticks + 1 : 0;
      seen = now;
      if (ticks == TICKS && standsStill(now)) {
        StringBuilder text = new StringBuilder("an operation hangs:");
        for (StackTraceElement frame : watched.getStackTrace()) {
          text.append(" < ").append(frame);
        }
        onHang.accept(text.toString());
      }
    }
  }

  /** Works for as long as one that is watched may, and looks whether it went on meanwhile. */
  private boolean standsStill(long operation) {
    long end = THREADS.getCurrentThreadCpuTime() + WORK_NANOS;
    while (begun.get() == operation && ended.get() != operation && !stopped) {
      if (excused.getAsBoolean()) {
        return false;
      }
      if (THREADS.getCurrentThreadCpuTime() >= end) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
  }
}
