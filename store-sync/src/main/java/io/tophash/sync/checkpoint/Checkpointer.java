package io.tophash.sync.checkpoint;

import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.CrashPoint;
import java.lang.System.Logger;
import java.lang.ref.WeakReference;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Takes the checkpoints that the level of a store asks for, while this JVM has it open for writing.
 * Each process does so that has the store open; which of them takes the next one the byte
 * CHECKPOINT decides, so it does not matter which of them ends, is killed or stopped outside of it.
 *
 * <p>One thread of the JVM looks after all its stores; a checkpoint has a thread of its own, as the
 * device may take its time. At level PROCESS a look reads one word, twice a second.
 *
 * <p>Thread-safe.
 */
public final class Checkpointer {
  private static final Logger LOG = System.getLogger("io.tophash");
  private static final ScheduledThreadPoolExecutor CLOCK = newClock();
  private static final ExecutorService WORKERS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> newThread(task, "tophash-checkpoint"));

  private final Checkpoints checkpoints;
  private final CheckpointSchedule schedule = new CheckpointSchedule();
  private boolean isRunning; // guarded by this, as all below
  private boolean isStopped;
  private boolean saidLate;
  private String lastFailure;

  /**
   * @param checkpoints of the attached store
   */
  public Checkpointer(Checkpoints checkpoints) {
    this.checkpoints = checkpoints;
  }

  private static ScheduledThreadPoolExecutor newClock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(1, task -> newThread(task, "tophash-clock"));
    clock.setKeepAliveTime(10, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    return clock;
  }

  // An interrupt of the first opener's thread group must not reach it.
  private static Thread newThread(Runnable task, String name) {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    Thread thread = new Thread(group, task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to look. */
  public void start() {
    lookIn(0);
  }

  private void lookIn(long nanos) {
    WeakReference<Checkpointer> self = new WeakReference<>(this);
    CLOCK.schedule(() -> look(self), nanos, TimeUnit.NANOSECONDS);
  }

  // A store that nobody holds any more is none to look after.
  private static void look(WeakReference<Checkpointer> reference) {
    Checkpointer checkpointer = reference.get();
    if (checkpointer != null) {
      checkpointer.look();
    }
  }

  /** Looks no more; waits for a checkpoint that is being taken. */
  public synchronized void stop() {
    isStopped = true;
    boolean interrupted = false;
    while (isRunning) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void look() {
    if (isStopped || isRunning) {
      return; // after a checkpoint there is another look
    }
    long pause = CheckpointSchedule.PERIOD_NANOS;
    if (CrashPoint.isHeld("checkpointer.look")) {
      lookIn(pause);
      return;
    }
    try {
      checkpoints.device().heed();
      long durable = checkpoints.durable();
      CheckpointSchedule.Advice advice = checkpoints.look(schedule, System.nanoTime());
      sayIfLate(advice.isLate());
      pause = advice.pauseNanos();
      if (advice.isDue()) {
        isRunning = true;
        WORKERS.execute(() -> take(durable, advice.pauseNanos()));
        return;
      }
    } catch (RuntimeException e) {
      say(e);
    }
    lookIn(pause);
  }

  /**
   * A look at another time than the present one, and the checkpoint that is due then, by the
   * caller's thread: for tests that keep this one's own looks from happening.
   */
  public void lookAt(long nanos) {
    checkpoints.device().heed();
    long durable = checkpoints.durable();
    if (checkpoints.look(schedule, nanos).isDue()) {
      checkpoints.attempt(durable);
    }
  }

  private void take(long durable, long pauseNanos) {
    RuntimeException failure = null;
    boolean taken = false;
    try {
      taken = checkpoints.attempt(durable);
    } catch (RuntimeException e) {
      failure = e;
    }
    synchronized (this) {
      isRunning = false;
      notifyAll();
      if (failure != null) {
        say(failure);
      }
      if (!isStopped) {
        lookIn(taken ? 0 : pauseNanos);
      }
    }
  }

  private void sayIfLate(boolean isLate) {
    if (isLate && !saidLate) {
      LOG.log(
          Logger.Level.WARNING,
          "a power cut would now take more than the store allows: {0}",
          checkpoints.describeDelay());
    }
    saidLate = isLate;
  }

  /** Says a failure once, not at each look. */
  private void say(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    if (!message.equals(lastFailure)) {
      LOG.log(
          e instanceof StoreException ? Logger.Level.ERROR : Logger.Level.WARNING,
          "a checkpoint could not be taken: " + message,
          e);
    }
    lastFailure = message;
  }
}
