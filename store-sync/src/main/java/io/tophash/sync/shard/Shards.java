package io.tophash.sync.shard;

import static io.tophash.sync.shard.ShardContext.at;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.event.TakeOverEvent;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.segment.Gathered;
import java.util.concurrent.atomic.AtomicLongArray;
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
  private final Rebuilder rebuilder;
  private final Repair repair;
  private final ScratchPool scratches = new ScratchPool();
  private final Misses misses;
  // By shard: a hash in the segment whose promotion lookups of this process want; 0 if none.
  private final AtomicLongArray wanted;
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
    this.rebuilder = new Rebuilder(context, directory);
    this.repair = new Repair(context, directory, new Clearing(context));
    this.wanted = new AtomicLongArray(context.shardCount());
    this.misses = new Misses(wanted);
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

  /** Lookups of this process that went to dirty tables. */
  public Misses misses() {
    return misses;
  }

  /** Where to gather segments. */
  public ScratchPool scratches() {
    return scratches;
  }

  Directory directory() {
    return directory;
  }

  Rebuilder rebuilder() {
    return rebuilder;
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
    if (hazard != 0 && (context.isFrozen(shard) || !context.isDirectoryFresh(shard))) {
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
      takeOver(shard, dead);
    }
  }

  /** Takes a lock even while the store is being closed: for the last checkpoint. */
  void lockAnyway(int shard, long timeoutNanos) {
    long dead = lock.lock(shard, timeoutNanos);
    if (dead != 0) {
      takeOver(shard, dead);
    }
  }

  ShardLock shardLock() {
    return lock;
  }

  void recount(int shard, Gathered g) {
    repair.recount(shard, g);
  }

  private void takeOver(int shard, long dead) {
    TakeOverEvent event = TakeOverEvent.begin();
    String owner = event.isRecorded() ? lock.describe(dead) : null;
    boolean repaired = false;
    Gathered g = scratches.borrow();
    try {
      lock.freeze(shard, true);
      context.mapAll().run();
      repair.settle(shard, g);
      repair.recount(shard, g);
      CrashPoint.reached("repair.recounted");
      context.bump(shard, ShardLayout.TAKEOVERS);
      repaired = true;
      event.end(context.store(), shard, owner);
    } catch (IndexOutOfBoundsException e) {
      // All of the file is mapped, and a file is not unmapped while one of its locks is held.
      throw damaged(shard, e);
    } finally {
      scratches.giveBack(g);
      if (repaired) {
        lock.unfreeze(shard);
      } else {
        lock.giveBack(shard, dead);
      }
    }
  }

  private static CorruptStoreException damaged(int shard, IndexOutOfBoundsException e) {
    CorruptStoreException damaged =
        new CorruptStoreException(
            "shard", position(shard, 0), "a reference of the shard leads nowhere (" + e + ")");
    damaged.initCause(e);
    return damaged;
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
    int thread = Deserted.thread();
    try {
      lock(shard);
      int result = action.getAsInt();
      unlock(shard);
      return result;
    } catch (Throwable e) {
      boolean released = false;
      try {
        released = release(shard, e);
      } finally {
        if (!released) { // without any call, as there may be no stack for one
          deserted.threads[thread & Deserted.PLACES] = thread;
          deserted.state = Deserted.NOTED;
        }
      }
      throw e;
    }
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

  /**
   * Sees to it that the segment of a hash may be stored to, and the directory entries that name it,
   * for the holder of the lock.
   *
   * @param incomingBytes size of a record that is to come
   */
  public void freshen(int shard, long hash, long incomingBytes) {
    if (!isFresh(shard, hash)) {
      frozen(shard, g -> rebuilder.freshen(shard, hash, incomingBytes, g));
    }
  }

  private boolean isFresh(int shard, long hash) {
    try {
      return context.isDirectoryFresh(shard) && SegmentWord.isFresh(segmentWord(shard, hash));
    } catch (IndexOutOfBoundsException e) {
      return false; // not mapped yet
    }
  }

  /**
   * Rebuilds the segment of a hash, for the holder of the lock.
   *
   * @param incomingBytes size of a record for which there must be room afterwards
   * @param avoid a value that must not be the segment's nil afterwards
   */
  public void rebuild(int shard, long hash, long incomingBytes, long avoid) {
    if (context.caching() != null) {
      rebuildWithin(shard, hash, incomingBytes, false, 0);
      return;
    }
    frozen(shard, g -> rebuilder.rebuild(shard, hash, incomingBytes, avoid, g));
  }

  /** Cache: what must be free of the share of a shard at rest, in bytes. */
  public long reserve(int shard) {
    return CacheRoom.reserve(rebuilder.maxBlockBytes(shard));
  }

  /** True if a shard of a cache has as many entries as it may. */
  public boolean isFull(int shard) {
    return count(shard) >= context.caching().bounds().maxEntries(shard);
  }

  /**
   * Rebuilds the segment of a hash in a cache, within the bounds of its shard, for the holder of
   * the lock.
   *
   * @param incomingBytes size of a record for which there must be room afterwards
   * @param inserts true if that is of a new key
   * @param squeeze see {@link CacheRoom#prepare}
   * @return how many entries went
   * @throws io.tophash.core.errors.StoreFullException if there is no room for the record
   */
  public int rebuildWithin(int shard, long hash, long incomingBytes, boolean inserts, int squeeze) {
    return rebuildWithin(shard, hash, incomingBytes, inserts, squeeze, Long.MAX_VALUE);
  }

  /**
   * Moves the segment of a hash in a cache below a position, if there is room, for the holder of
   * the lock.
   *
   * @throws io.tophash.core.errors.StoreFullException if it has to stay as it is
   */
  void moveWithin(int shard, long hash, long below) {
    rebuildWithin(shard, hash, 0, false, 0, below);
  }

  /**
   * Merges the segment of a hash in a cache with its buddy, for which entries of both go; for the
   * holder of the lock.
   *
   * @return false if it has none
   * @throws io.tophash.core.errors.StoreFullException if there is no room for both together
   */
  boolean mergeWithin(int shard, long hash) {
    CacheRoom room = new CacheRoom(context);
    boolean[] merged = new boolean[1];
    frozen(shard, g -> merged[0] = rebuilder.mergeWithin(shard, hash, g, room));
    room.tell();
    return merged[0];
  }

  private int rebuildWithin(
      int shard, long hash, long incomingBytes, boolean inserts, int squeeze, long below) {
    CacheRoom room = new CacheRoom(context);
    frozen(
        shard,
        g -> rebuilder.rebuildWithin(shard, hash, incomingBytes, inserts, squeeze, below, g, room));
    // The lock is still held; who listens gets it off this thread.
    room.tell();
    return room.removed();
  }

  /** As {@link #release}, of all shards of which this thread has the lock. */
  boolean releaseAll(Throwable thrown) {
    boolean released = true;
    for (int shard = 0; shard < context.shardCount(); shard++) {
      released &= release(shard, thrown);
    }
    return released;
  }

  /** True if lookups have asked for a promotion in this shard. */
  public boolean isPromotionWanted(int shard) {
    return wanted.getPlain(shard) != 0;
  }

  /** Rebuilds the segment that was read from its dirty table often enough, if nobody does. */
  public void promoteWanted(int shard) {
    long hash = wanted.getAndSet(shard, 0);
    if (hash != 0) {
      try {
        promote(shard, hash);
      } catch (StoreFullException | StoreTimeoutException e) {
        // It was for speed only, and the change that came before it is made.
      }
    }
  }

  private void promote(int shard, long hash) {
    int thread = Deserted.thread();
    try {
      if (!lock.tryLock(shard)) {
        return;
      }
      if (ended) {
        lock.abandon(shard, 0);
        return;
      }
      if (SegmentWord.isAmended(segmentWord(shard, hash))) {
        if (context.caching() == null) {
          rebuild(shard, hash, 0, 0);
        } else {
          // For speed no entry goes, least of all the one that was just stored.
          rebuildWithin(shard, hash, 0, false, CacheRoom.KEEP_ALL);
        }
        context.bump(shard, ShardLayout.PROMOTIONS);
      }
      unlock(shard);
    } catch (Throwable e) {
      boolean released = false;
      try {
        released = release(shard, e);
      } finally {
        if (!released) {
          deserted.threads[thread & Deserted.PLACES] = thread;
          deserted.state = Deserted.NOTED;
        }
      }
      throw e;
    }
  }

  /** Sets the amended bit of the segment of a hash, for the holder of the lock. */
  public void amend(long directoryWord, long hash, long segmentWord) {
    directory.amend(directoryWord, directory.indexOf(directoryWord, hash), segmentWord);
  }

  /** Reports lookups that missed the read table, for the holder of the lock. */
  public void addMisses(int shard, long misses) {
    if (misses != 0) {
      int at = at(shard, ShardLayout.MISSES);
      memory.putLong(0, at, memory.getLong(0, at) + misses);
    }
  }

  /** Counts an insertion, for the holder of the lock. */
  public void inserted(int shard) {
    context.addCount(shard, 1);
    context.bump(shard, ShardLayout.INSERTS);
  }

  /** Settles what a dead process left in the guard of this shard: counts its entries anew. */
  public void settleGuard(int shard) {
    try {
      locked(shard, () -> frozen(shard, g -> repair.recount(shard, g)));
    } catch (IndexOutOfBoundsException e) {
      throw damaged(shard, e);
    }
  }

  /** Largest block that a segment of this shard is meant to have. */
  public long maxBlockBytes(int shard) {
    return rebuilder.maxBlockBytes(shard);
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
