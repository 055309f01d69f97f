package io.tophash.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that begin at once. Workers take a number of steps each; what runs in the background goes
 * on until the last worker has ended. The first failure of any thread ends all, and is the test's.
 */
final class Parallel {
  private static final long LIMIT_SECONDS = 300;

  /** One step of a thread. */
  interface Step {
    void run(Random random, int step) throws Exception;
  }

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger working = new AtomicInteger();
  private final CountDownLatch begin = new CountDownLatch(1);
  private final Random seeds;

  Parallel(long seed) {
    seeds = new Random(seed);
  }

  /** A thread that takes so many steps. */
  Parallel worker(int steps, Step step) {
    working.incrementAndGet();
    return thread(
        random -> {
          try {
            for (int i = 0; i < steps && failure.get() == null; i++) {
              step.run(random, i);
            }
          } finally {
            working.decrementAndGet();
          }
        });
  }

  /** A thread that takes steps, one at least, until all workers have ended. */
  Parallel background(Step step) {
    return thread(
        random -> {
          int i = 0;
          do {
            step.run(random, i++);
          } while (working.get() > 0 && failure.get() == null);
        });
  }

  private interface Body {
    void run(Random random) throws Exception;
  }

  private Parallel thread(Body body) {
    Random random = new Random(seeds.nextLong());
    Thread thread =
        new Thread(
            () -> {
              try {
                begin.await();
                body.run(random);
              } catch (Throwable e) {
                failure.compareAndSet(null, e);
              }
            },
            "parallel-" + threads.size());
    thread.setDaemon(true);
    threads.add(thread);
    return this;
  }

  /** Runs all threads to their ends. */
  void run() throws InterruptedException {
    threads.forEach(Thread::start);
    begin.countDown();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    for (Thread thread : threads) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      thread.join(Math.max(1, left));
      if (thread.isAlive()) {
        AssertionError hang = new AssertionError("a thread does not end: " + thread.getName());
        hang.setStackTrace(thread.getStackTrace());
        throw hang;
      }
    }
    if (failure.get() != null) {
      throw new AssertionError("a thread failed: " + failure.get(), failure.get());
    }
  }
}
