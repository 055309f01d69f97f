package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.Backoff;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.event.LockWaitEvent;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.process.Drain;
import io.tophash.sync.process.LivenessPace;
import io.tophash.sync.process.ProcessTable;

/**
 * The lock of a shard: one word in the file, for threads and processes alike. A holder that died is
 * detected by the kernel lock on its slot, and whoever waits takes over.
 *
 * <p>State machine in docs/concurrency.md, "The lock word". Blocking, with a timeout.
 */
final class ShardLock {
  private static final int[] NOTES = {
    ShardLayout.NEW_BLOCK_0,
    ShardLayout.NEW_BLOCK_1,
    ShardLayout.OLD_BLOCK_0,
    ShardLayout.OLD_BLOCK_1,
    ShardLayout.NEW_DIRECTORY,
    ShardLayout.OLD_DIRECTORY,
    ShardLayout.NEW_LARGE,
    ShardLayout.OLD_LARGE,
    ShardLayout.CLEARING
  };

  private final MappedMemory memory;
  private final ProcessTable process;
  private final Deserted deserted;
  private final ShardContext context;
  private volatile int blockingSlot = -1;

  ShardLock(ShardContext context) {
    this.context = context;
    this.memory = context.memory();
    this.process = context.process();
    this.deserted = process == null ? null : process.deserted();
  }

  /**
   * Takes the lock.
   *
   * @return 0, or the word of a dead holder from whom it was taken over: the shard is frozen then
   *     and must be repaired
   * @throws StoreTimeoutException if another holder keeps it longer than the timeout
   */
  long lock(int shard) {
    return lock(shard, context.lockTimeoutNanos());
  }

  /** As {@link #lock(int)}, with another timeout. */
  long lock(int shard, long timeoutNanos) {
    deserted.settle();
    long mine = process.lockWord();
    // The acquire that pairs with the release in unlock().
    return memory.compareAndSetLong(0, at(shard, ShardLayout.LOCK), 0, mine)
        ? 0
        : await(shard, timeoutNanos);
  }

  /** Takes the lock if it is free. */
  boolean tryLock(int shard) {
    deserted.settle();
    return memory.compareAndSetLong(0, at(shard, ShardLayout.LOCK), 0, process.lockWord());
  }

  private long await(int shard, long timeoutNanos) {
    int lock = at(shard, ShardLayout.LOCK);
    long mine = process.lockWord();
    long start = System.nanoTime();
    LockWaitEvent event = LockWaitEvent.begin();
    long first = 0;
    LivenessPace pace = new LivenessPace(deserted, timeoutNanos);
    Backoff idle = new Backoff();
    while (true) {
      long word = memory.getLongVolatile(0, lock);
      if (word == 0) {
        if (memory.compareAndSetLong(0, lock, 0, mine)) {
          waited(shard, first, System.nanoTime() - start, event);
          return 0;
        }
        continue;
      }
      first = first == 0 ? word : first;
      if (pace.isDue() || process.isHandedOn(LockWord.slot(word), LockWord.incarnation(word))) {
        if (!isAlive(word)) {
          // Frozen from the first moment on: the dead one may have been in the middle of a rebuild.
          if (memory.compareAndSetLong(0, lock, word, mine | LockWord.FROZEN)) {
            CrashPoint.reached("lock.taken-over");
            waited(shard, word, System.nanoTime() - start, event);
            return word;
          }
          continue;
        }
        if (pace.isOver()) {
          throw heldTooLong(shard, word, timeoutNanos);
        }
        pace.looked();
      }
      idle.idle();
    }
  }

  /** Counts a wait that has ended with the lock. */
  private void waited(int shard, long ownerWord, long nanos, LockWaitEvent event) {
    context.bump(shard, ShardLayout.LOCK_WAITS);
    context.add(shard, ShardLayout.LOCK_WAIT_NANOS, nanos);
    event.end(context.store(), shard, event.isRecorded() ? describe(ownerWord) : null);
  }

  /** The process that a lock word names, for people. */
  String describe(long word) {
    int slot = LockWord.slot(word);
    return slot >= 0 ? process.describe(slot) : "unknown";
  }

  private boolean isAlive(long word) {
    int slot = LockWord.slot(word);
    return slot >= 0 && process.isAlive(slot, LockWord.incarnation(word));
  }

  private StoreTimeoutException heldTooLong(int shard, long word, long timeoutNanos) {
    int owner = LockWord.slot(word);
    // An owner that froze the shard may itself wait: then another process is the one to resume.
    int awaited = LockWord.isFrozen(word) ? process.slotInside(shard, owner) : -1;
    return awaited >= 0
        ? timeout(
            shard,
            awaited,
            "is inside an operation on a shard, for which its lock waits,",
            timeoutNanos)
        : timeout(shard, owner, "holds the lock of a shard", timeoutNanos);
  }

  private StoreTimeoutException timeout(int shard, int slot, String what, long timeoutNanos) {
    blockingSlot = slot;
    return new StoreTimeoutException(
        "another process "
            + what
            + " for too long; it is alive but does not go on (stopped?): resume or end it, then try"
            + " again, timeoutMs="
            + timeoutNanos / 1_000_000
            + " owner={"
            + process.describe(slot)
            + "} shard="
            + shard
            + " store="
            + context.store());
  }

  /** Slot of the process for which an operation waited in vain last; -1 if there was none. */
  int blockingSlot() {
    return blockingSlot;
  }

  /** Gives the lock up, frozen or not. */
  void unlock(int shard) {
    memory.putLongRelease(0, at(shard, ShardLayout.LOCK), 0);
  }

  /** Gives a lock back that was taken over and could not be repaired: the next one shall try. */
  void giveBack(int shard, long deadWord) {
    memory.putLongRelease(0, at(shard, ShardLayout.LOCK), deadWord | LockWord.FROZEN);
  }

  /**
   * Gives up a lock that was taken when this process had left already: to others its owner is dead,
   * so somebody may have taken it over by now.
   *
   * @param deadWord of a dead holder from whom it was taken over, 0 if it was free
   */
  void abandon(int shard, long deadWord) {
    long mine = process.lockWord();
    long present = deadWord == 0 ? mine : mine | LockWord.FROZEN;
    long next = deadWord == 0 ? 0 : deadWord | LockWord.FROZEN;
    memory.compareAndSetLong(0, at(shard, ShardLayout.LOCK), present, next);
  }

  /**
   * Freezes the shard and waits until nobody is in its guard.
   *
   * @param keep true to leave the shard frozen if it fails, as it was found frozen
   * @return true if a process died in the guard, so that the number of entries is in doubt
   * @throws StoreTimeoutException if somebody stays in the guard; the shard is not frozen then
   */
  boolean freeze(int shard, boolean keep) {
    return freeze(shard, keep, context.lockTimeoutNanos());
  }

  /** As {@link #freeze(int, boolean)}, with another timeout. */
  boolean freeze(int shard, boolean keep, long timeoutNanos) {
    int lock = at(shard, ShardLayout.LOCK);
    // Volatile: before the hazards are read. Pairs with the CAS of a hazard word, after which the
    // lock word is read; so one of the two sees the other.
    memory.putLongVolatile(0, lock, process.lockWord() | LockWord.FROZEN);
    Drain drain = process.awaitNoHazards(shard, System.nanoTime() + timeoutNanos);
    if (drain != Drain.TIMED_OUT) {
      return drain == Drain.DRAINED_AFTER_DEATH;
    }
    if (!keep) {
      unfreeze(shard);
    }
    throw timeout(shard, process.blockingSlot(), "is inside an operation on a shard", timeoutNanos);
  }

  /** Lets others into the guard again; the lock is kept. */
  void unfreeze(int shard) {
    memory.putLongRelease(0, at(shard, ShardLayout.LOCK), process.lockWord());
  }

  boolean isHeldByDead(int shard) {
    long word = memory.getLongVolatile(0, at(shard, ShardLayout.LOCK));
    return word != 0 && !isAlive(word);
  }

  /** True if a thread of this process has the lock. */
  boolean isHeldBySelf(int shard) {
    return LockWord.process(memory.getLongVolatile(0, at(shard, ShardLayout.LOCK)))
        == process.self();
  }

  /**
   * Gives up a lock, if this thread has it, after anything was thrown.
   *
   * @param whole false if the shard may be in the middle of something
   * @return false if it was not given up for that reason, or since the shard is frozen: then it is
   *     to be deserted
   */
  boolean release(int shard, boolean whole) {
    long word = memory.getLongVolatile(0, at(shard, ShardLayout.LOCK));
    long mine = process.lockWord();
    if ((word & ~LockWord.FROZEN) != mine) {
      return true;
    }
    return whole
        && word == mine
        && !isOwing(shard)
        && memory.compareAndSetLong(0, at(shard, ShardLayout.LOCK), mine, 0);
  }

  /** True if a note of the shard says that an operation is under way. */
  private boolean isOwing(int shard) {
    for (int note : NOTES) {
      if (context.note(shard, note) != 0) {
        return true;
      }
    }
    return context.log().isOwing(shard);
  }
}
