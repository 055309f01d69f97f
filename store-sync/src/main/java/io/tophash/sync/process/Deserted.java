package io.tophash.sync.process;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.HazardWord;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Hazard and lock words of threads that were thrown out of an operation, by an Error at any point
 * of it. To put them back takes calls, for which there may be no stack. So who is thrown out only
 * notes his thread, which needs neither stack nor memory and cannot fail:
 *
 * <pre>
 *   int thread = Deserted.thread();
 *   try {
 *     ... take the word, change the shard, give the word back ...
 *   } catch (Throwable e) {
 *     deserted.threads[thread &amp; Deserted.PLACES] = thread;
 *     deserted.state = Deserted.NOTED;
 *     throw e;
 *   }
 * </pre>
 *
 * and whoever comes next makes his words those of an owner who is dead: of the incarnation before
 * this one. From there on all is as after a kill: the lock is taken over, the shard repaired, its
 * entries counted. "Whoever" is the next operation of that thread, before it takes a word; who
 * waits for a word, in this process; and within half a second the keeper, for the other processes.
 *
 * <p>The words carry the thread, so what is changed is never a word that another thread holds: one
 * whose number agrees in 24 bits would have to come between.
 *
 * <p>Thread-safe. State machine: docs/concurrency.md, "Operations that are thrown out".
 */
public final class Deserted {
  /** Mask of a thread's place: two that share one would have to be thrown out at the same time. */
  public static final int PLACES = 1023;

  /** The threads that were thrown out, each at its place; 0 if none. Written in catch blocks. */
  public final int[] threads = new int[PLACES + 1];

  /** A state: somebody was thrown out. */
  public static final int NOTED = 1;

  private static final int CLEAR = 0;
  private static final int SETTLING = 2;

  private static final AtomicIntegerFieldUpdater<Deserted> STATE =
      AtomicIntegerFieldUpdater.newUpdater(Deserted.class, "state");

  /**
   * {@link #NOTED} in catch blocks, after the place. While it is settled it is not 0 either, so a
   * thread that sees 0 here knows that nobody is about to take its next word for a deserted one.
   */
  public volatile int state;

  private final MappedMemory memory;
  private final int slot;
  private final long incarnation;
  private volatile long doubtful; // shards of which the entries are to be counted, a bit for each

  Deserted(MappedMemory memory, int slot, long incarnation) {
    this.memory = memory;
    this.slot = slot;
    this.incarnation = incarnation;
  }

  /** Number of this thread, never 0. */
  public static int thread() {
    return number(Thread.currentThread().getId());
  }

  static int number(long threadId) {
    int bits = (int) threadId & LockWord.THREAD_MASK;
    return bits == 0 ? LockWord.THREAD_MASK : bits;
  }

  /** Makes the words that were deserted those of a dead owner. Bounded. */
  public void settle() {
    if (state != CLEAR) {
      settleAll();
    }
  }

  private synchronized void settleAll() {
    if (state == CLEAR) {
      return;
    }
    // First: who is thrown out from here on says so again. If this is thrown out, the next one
    // begins anew.
    state = SETTLING;
    for (int i = 0; i < threads.length; i++) {
      if (threads[i] != 0) {
        settle(threads[i]);
        threads[i] = 0;
      }
    }
    STATE.compareAndSet(this, SETTLING, CLEAR);
  }

  private void settle(int thread) {
    long row = RegionLayout.process(slot);
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      long word = memory.getLongVolatile(row, ProcessLayout.hazard(i));
      if (HazardWord.isOf(word, incarnation) && HazardWord.thread(word) == thread) {
        doubtful |= 1L << HazardWord.shard(word);
        memory.compareAndSetLong(
            row, ProcessLayout.hazard(i), word, HazardWord.withIncarnation(word, incarnation - 1));
      }
    }
    long mine = LockWord.of(slot, incarnation, thread);
    long dead = LockWord.of(slot, incarnation - 1, thread) | LockWord.FROZEN;
    for (int shard = 0; shard < 1 << RegionLayout.MAX_SHARD_SHIFT; shard++) {
      int lock = RegionLayout.shard(shard) + ShardLayout.LOCK;
      long word = memory.getLongVolatile(0, lock);
      if ((word & ~LockWord.FROZEN) == mine) {
        doubtful |= 1L << shard;
        memory.compareAndSetLong(0, lock, word, dead);
      }
    }
    // Whoever writes to the log has nothing to repair; the next one begins anew.
    memory.compareAndSetLong(
        RegionLayout.EPOCHS, EpochLayout.FLUSH, mine, LockWord.of(slot, incarnation - 1, thread));
  }

  /** Whether there is anything to be settled or counted. Wait-free. */
  public boolean isIdle() {
    return state == CLEAR && doubtful == 0;
  }

  /** Names the shards whose entries are to be counted, a bit for each, and forgets them. */
  public synchronized long takeDoubtful() {
    long taken = doubtful;
    doubtful = 0;
    return taken;
  }

  /** Says that the entries of these shards are still to be counted. */
  public synchronized void putDoubtful(long shards) {
    doubtful |= shards;
  }
}
