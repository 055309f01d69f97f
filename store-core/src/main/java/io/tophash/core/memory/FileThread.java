package io.tophash.core.memory;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of this JVM that touches file channels.
 *
 * <p>A {@link java.nio.channels.FileChannel} closes itself when the thread that uses it is
 * interrupted, and closing any channel on a file drops the POSIX locks that the process holds on
 * it. Nobody can interrupt this thread, so an interrupt of a caller never breaks a store. The
 * caller waits without being disturbed and gets its interrupt status back.
 */
final class FileThread {
  private static final ScheduledThreadPoolExecutor EXECUTOR = newExecutor();

  /** Frames that a submission surely does not need. */
  private static final int DIVE = 300;

  private FileThread() {}

  /**
   * Runs out of stack here, where nothing is in the middle of anything, rather than inside the
   * executor: one that lost its thread or its lock would hold up all stores of the JVM for ever.
   */
  static void dive() {
    dive(DIVE);
  }

  private static int dive(int depth) {
    return depth == 0 ? 0 : 1 + dive(depth - 1);
  }

  private static ScheduledThreadPoolExecutor newExecutor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(rootGroup(), task, "tophash-file");
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(10, TimeUnit.SECONDS);
    executor.setRemoveOnCancelPolicy(true);
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  // An interrupt of the first caller's thread group must not reach this thread.
  private static ThreadGroup rootGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  /** Runs the task on the file thread and waits for it, whatever interrupts arrive meanwhile. */
  static <T> T call(Callable<T> task) throws IOException {
    dive();
    Future<T> future = EXECUTOR.submit(task);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw rethrow(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Runs a task on the file thread again and again, until it is cancelled. */
  static Future<?> every(long periodMs, Runnable task) {
    return EXECUTOR.scheduleWithFixedDelay(task, periodMs, periodMs, TimeUnit.MILLISECONDS);
  }

  private static IOException rethrow(Throwable cause) {
    if (cause instanceof RuntimeException) {
      throw (RuntimeException) cause;
    }
    if (cause instanceof Error) {
      throw (Error) cause;
    }
    return (IOException) cause;
  }
}
