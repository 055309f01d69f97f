package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.segment.Gathered;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * The shards of an attached store: guard, lock, and what is done under the lock. Thread-safe.
 *
 * <p>Lock order: one shard at a time; who cuts the file takes all, in ascending order. Nobody takes
 * a lock inside the guard.
 */
public final class Shards {
  private final ShardContext context;
  private final MappedMemory memory;
  private final ProcessTable process;
  private final Deserted deserted; // null if the store is attached read-only
  private final ShardLock lock;
  private final Directory directory;
  private final Repair repair;
  private final ScratchPool scratches = new ScratchPool();
  private volatile boolean ended;
  private Consumer<Runnable> relief = Runnable::run;

  /**
   * @param context of the attached store
   */
  public Shards(ShardContext context) {
    this.context = context;
    this.memory = context.memory();
    this.process = context.process();
    this.deserted = process == null ? null : process.deserted();
    this.lock = new ShardLock(context);
    this.directory = new Directory(context);
    this.repair = new Repair(context, directory, lock, scratches);
  }

  /**
   * This process is about to leave: from now on nobody takes a lock, and who has one ends soon. Who
   * has just taken one finds this out before he changes anything.
   */
  public void end() {
    ended = true;
  }

  /**
   * Says what can be done when the file is full.
   *
   * @param action makes room, and then runs what it is given
   */
  public void relieveBy(Consumer<Runnable> action) {
    relief = action;
  }

  /**
   * Runs an action for which the file was full once more, with more room; for who holds no lock.
   *
   * @throws io.tophash.core.errors.StoreFullException if that was not enough
   */
  public void relieved(Runnable action) {
    relief.accept(action);
  }

  /** What the parts share. */
  public ShardContext context() {
    return context;
  }

  /** Where to gather segments. */
  public ScratchPool scratches() {
    return scratches;
  }

  Directory directory() {
    return directory;
  }

  /** True if from now on nobody takes a lock. */
  boolean isEnded() {
    return ended;
  }

  // --- guard ------------------------------------------------------------------------------------

  /**
   * Enters the guard of a shard: while one is in it, nothing moves. Lock-free. Whatever is thrown
   * before {@link #leaveGuard} has returned, this call included: the thread is noted in {@link
   * #deserted}.
   *
   * @return the hazard to leave by, or 0 if the way through the lock must be taken
   */
  public long enterGuard(int shard) {
    deserted.settle(); // else what follows could be taken for what was left
    long hazard = process.enterGuard(shard);
    // The state stands in the line of the lock word, and does not change while one is in the guard.
    if (hazard != 0 && (context.isFrozen(shard) || !context.isOpenToGuard(shard))) {
      process.leaveGuard(hazard);
      return 0;
    }
    return hazard;
  }

  /** Leaves the guard. */
  public void leaveGuard(long hazard) {
    process.leaveGuard(hazard);
  }

  // --- lock -------------------------------------------------------------------------------------

  /**
   * Takes the lock of a shard; {@link #unlock} follows. Repairs the shard first if the last holder
   * died. Whatever is thrown before that has returned, this call included: {@link #release}, and if
   * it does not return true, the thread is noted in {@link #deserted}.
   *
   * @throws io.tophash.core.errors.StoreTimeoutException if another holder does not go on
   * @throws IllegalStateException if the store is being closed
   */
  public void lock(int shard) {
    long dead = lock.lock(shard);
    if (ended) {
      lock.abandon(shard, dead);
      throw new IllegalStateException("the store is closed, store=" + context.store());
    }
    if (dead != 0) {
      repair.takeOver(shard, dead);
    }
  }

  /** Takes a lock even while the store is being closed: for the last checkpoint. */
  void lockAnyway(int shard, long timeoutNanos) {
    long dead = lock.lock(shard, timeoutNanos);
    if (dead != 0) {
      repair.takeOver(shard, dead);
    }
  }

  ShardLock shardLock() {
    return lock;
  }

  void recount(int shard, Gathered g) {
    repair.recount(shard, g);
  }

  /** Gives the lock up. */
  public void unlock(int shard) {
    lock.unlock(shard);
  }

  /**
   * Gives the lock up after something was thrown, if this thread has it and nothing is owed.
   *
   * @return false if the lock is still held: the thread is to be noted in {@link #deserted}
   */
  public boolean release(int shard, Throwable thrown) {
    // What is no Error comes from known places, and frozen() has settled what it left.
    return lock.release(shard, thrown instanceof RuntimeException);
  }

  /** Where a thread is noted that was thrown out of guard or lock. */
  public Deserted deserted() {
    return deserted;
  }

  /** Runs an action with the lock of a shard, and returns its result. */
  public int locked(int shard, IntSupplier action) {
    return held(
        shard,
        shard + 1,
        () -> {
          lock(shard);
          return true;
        },
        action);
  }

  /**
   * Runs an action with the locks of all shards.
   *
   * @param lockAll takes them, in ascending order
   */
  void lockedAll(Runnable lockAll, Runnable action) {
    held(
        0,
        context.shardCount(),
        () -> {
          lockAll.run();
          return true;
        },
        () -> {
          action.run();
          return 0;
        });
  }

  /**
   * Runs an action with the locks of some shards, whatever is thrown by whom.
   *
   * @param take takes the locks; or says that they are not to be had, and has none
   * @return what the action does; 0 if it was not run
   */
  int held(int first, int end, BooleanSupplier take, IntSupplier action) {
    int thread = Deserted.thread();
    try {
      int result = 0;
      if (take.getAsBoolean()) {
        result = action.getAsInt();
        for (int shard = end; shard-- > first; ) {
          unlock(shard);
        }
      }
      return result;
    } catch (Throwable e) {
      boolean released = false;
      try {
        released = release(first, end, e);
      } finally {
        if (!released) { // without any call, as there may be no stack for one
          deserted.threads[thread & Deserted.PLACES] = thread;
          deserted.state = Deserted.NOTED;
        }
      }
      throw e;
    }
  }

  private boolean release(int first, int end, Throwable thrown) {
    boolean released = true;
    for (int shard = first; shard < end; shard++) {
      released &= release(shard, thrown);
    }
    return released;
  }

  void locked(int shard, Runnable action) {
    locked(
        shard,
        () -> {
          action.run();
          return 0;
        });
  }

  /**
   * Mends what was left by threads of this process that were thrown out: takes their locks over,
   * repairs and counts their shards. For who is in no guard and has no lock.
   */
  public void recoverDeserted() {
    if (deserted == null || deserted.isIdle()) {
      return;
    }
    deserted.settle();
    long owed = deserted.takeDoubtful();
    try {
      while (owed != 0) {
        int shard = Long.numberOfTrailingZeros(owed);
        if (shard < context.shardCount()) {
          recoverDeserted(shard);
        }
        owed &= owed - 1;
      }
    } finally {
      deserted.putDoubtful(owed);
    }
  }

  private void recoverDeserted(int shard) {
    try {
      settleGuard(shard);
    } catch (StoreTimeoutException e) {
      // Somebody is stopped in the shard; whoever freezes it next counts it.
    }
  }

  // --- under the lock ---------------------------------------------------------------------------

  /** The segment word of a hash, of a directory that was checked. */
  long segmentWord(int shard, long hash) {
    long directoryWord = context.directoryWord(shard);
    directory.check(shard, directoryWord);
    return memory.getLong(context.entry(directoryWord, hash), 0);
  }

  /** Something that is done to a frozen shard. */
  interface Step {
    void run(Gathered g);
  }

  /** Freezes the shard, runs the step, and leaves no note behind whatever happens. */
  void frozen(int shard, Step step) {
    Gathered g = scratches.borrow();
    try {
      context.mapAll().run();
      boolean inDoubt = lock.freeze(shard, false);
      boolean done = false;
      try {
        step.run(g);
        done = true;
      } finally {
        if (!done) {
          repair.settle(shard, g);
        }
        if (inDoubt) {
          repair.recount(shard, g);
        }
        lock.unfreeze(shard);
      }
    } finally {
      scratches.giveBack(g);
    }
  }

  /** Settles what a dead process left in the guard of this shard: counts its entries anew. */
  public void settleGuard(int shard) {
    try {
      locked(shard, () -> frozen(shard, g -> repair.recount(shard, g)));
    } catch (IndexOutOfBoundsException e) {
      throw Repair.leadsNowhere(shard, e);
    }
  }

  /** Number of entries of a shard. */
  public long count(int shard) {
    return context.cut() != null
        ? context.cut().counts()[shard]
        : memory.getLongAcquire(0, at(shard, ShardLayout.COUNT));
  }

  /** Position of a field of a shard. */
  public static int position(int shard, int field) {
    return RegionLayout.shard(shard) + field;
  }
}
