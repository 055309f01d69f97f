package io.tophash.sync.log;

import io.tophash.sync.process.Deserted;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads of this process that wait until a position of a lane is committed, and see to it: one of
 * them writes a batch for all, while the others sleep. Behind a batch those are woken whose changes
 * are in it, and one more, which writes the next batch; not all, as they would only keep one
 * another from the processor.
 *
 * <p>Nobody is forgotten: who waits stands in the queue before he looks at FLUSH, and who gives it
 * back looks through the queue after that. If the one who was woken goes away without a batch, or a
 * writer dies, the others look for themselves, though later.
 *
 * <p>Thread-safe.
 */
final class LogWaiters {
  /** How long a wait lasts at most before it looks again. */
  private static final long PARK_NANOS = 10_000_000;

  /**
   * The same of the first in the queue where the writer is of another process, which wakes nobody
   * here.
   */
  private static final long POLL_NANOS = 50_000;

  private final LogWords words;
  private final BatchWriter batches;
  private final Deserted deserted;
  private final Queue<Waiter> queue = new ConcurrentLinkedQueue<>();

  LogWaiters(LogWords words, BatchWriter batches, Deserted deserted) {
    this.words = words;
    this.batches = batches;
    this.deserted = deserted;
  }

  private static final class Waiter {
    final Thread thread = Thread.currentThread();
    final int shard;
    final long position;
    boolean isInterrupted;

    Waiter(int shard, long position) {
      this.shard = shard;
      this.position = position;
    }

    /** Sleeps. An interrupt, which would end each sleep at once, is kept for the end. */
    void sleep(long nanos) {
      isInterrupted |= Thread.interrupted();
      LockSupport.parkNanos(this, nanos);
    }
  }

  private boolean isCommitted(Waiter waiter) {
    return words.committed(waiter.shard) >= waiter.position;
  }

  /** As {@link SyncLog#await}, of a position that is not committed yet. */
  void await(int shard, long position) {
    Waiter self = new Waiter(shard, position);
    queue.add(self);
    try {
      await(self);
    } finally {
      boolean wasFirst = queue.peek() == self;
      queue.remove(self);
      if (wasFirst) {
        wake(); // it alone may have seen the batch of another process
      }
      if (self.isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void await(Waiter self) {
    long start = System.nanoTime();
    while (!isCommitted(self)) {
      batches.checkUsable();
      long owner = batches.owner();
      if (batches.isFree(owner)) {
        tryFlush(owner);
      } else {
        batches.checkInTime(start, owner);
        deserted.settle(); // the writer may be a thread that was thrown out
        boolean polls = !batches.isOwn(owner) && queue.peek() == self;
        self.sleep(polls ? POLL_NANOS : PARK_NANOS);
      }
    }
  }

  private void tryFlush(long owner) {
    try {
      if (batches.tryFlush(owner)) {
        wake();
      }
    } catch (RuntimeException e) {
      wakeAll(); // each is to be told
      throw e;
    }
  }

  /** Wakes those whose changes are committed, and the first of the others. */
  void wake() {
    boolean hasNext = false;
    for (Waiter waiter : queue) {
      boolean isDone = isCommitted(waiter);
      if (isDone || !hasNext) {
        hasNext |= !isDone;
        LockSupport.unpark(waiter.thread);
      }
    }
  }

  private void wakeAll() {
    for (Waiter waiter : queue) {
      LockSupport.unpark(waiter.thread);
    }
  }
}
