package io.tophash.sync.process;

import io.tophash.core.memory.Backoff;
import io.tophash.core.memory.Liveness;
import io.tophash.core.memory.MachineRun;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.ProcessIdentity;
import io.tophash.core.memory.Sidecar;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Whether the owner of a row lives. Its kernel lock says that it does; that it is free says
 * nothing, as any code of that JVM that closes the lock file drops it. Then the process decides,
 * which the row names. One of a run of the machine that has ended is dead ({@link MachineRun}). Of
 * any other that nobody here can see, in another container, only this is known: if it lives, it
 * takes its lock again within the grace. So it counts as living until its lock was free for so
 * long.
 *
 * <p>Any thread may call any method; wait-free but for the file system.
 */
public final class RowLiveness {
  private static final long NEVER = Long.MIN_VALUE;
  private static final long LOOK_NANOS = 1_000_000;

  private final MappedMemory memory;
  private final Liveness locks;

  // When the lock of a row was found free first, of an owner that nobody can see; and which owner.
  private final AtomicLongArray freeSince = new AtomicLongArray(RegionLayout.PROCESS_COUNT);
  private final AtomicLongArray freeOf = new AtomicLongArray(RegionLayout.PROCESS_COUNT);

  // When it was looked last whether the owner of a row is ending.
  private final AtomicLongArray lookedAt = new AtomicLongArray(RegionLayout.PROCESS_COUNT);

  /** Of the rows of a mapped store. */
  public RowLiveness(MappedMemory memory, Liveness locks) {
    this.memory = memory;
    this.locks = locks;
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      freeSince.set(slot, NEVER);
      lookedAt.set(slot, System.nanoTime());
    }
  }

  /**
   * True if the owner of a row may store yet: for who waits for one of its words. Of a process that
   * is seen to live, or to be ending, the lock is not asked about, which the thread that has the
   * lock file would have to do. That one is not seen does not say that it has ended, where this
   * process is shown another namespace or not all processes: then its lock must be free, too.
   */
  boolean mayStore(int slot) {
    ProcessIdentity owner = Rows.identity(memory, slot);
    return (owner.isSelf() || !isEnding(slot, owner)) && isAlive(slot);
  }

  /**
   * True if a process was killed, and stores nothing any more, though the system has not given back
   * its locks yet. Looks once in a millisecond, for all threads together; else false.
   */
  private boolean isEnding(int slot, ProcessIdentity owner) {
    long last = lookedAt.get(slot);
    long now = System.nanoTime();
    return now - last >= LOOK_NANOS && lookedAt.compareAndSet(slot, last, now) && owner.isEnding();
  }

  /**
   * True if the owner of a row is seen to live. Then his lock is left alone: to try it takes it for
   * a moment, in which he would find it taken if he had lost it just now.
   */
  boolean isSeenAlive(int slot) {
    ProcessIdentity owner = Rows.identity(memory, slot);
    return !owner.isSelf() && owner.state() == ProcessIdentity.State.ALIVE;
  }

  /** True if the owner of a row lives, as far as that can be known. */
  boolean isAlive(int slot) {
    if (isSeenAlive(slot) || locks.isSlotLocked(slot)) {
      freeSince.set(slot, NEVER);
      return true;
    }
    return mayLiveUnlocked(slot);
  }

  /** True if the owner of a row, whose lock is not his, may live all the same. */
  boolean mayLiveUnlocked(int slot) {
    ProcessIdentity owner = Rows.identity(memory, slot);
    if (owner.isSelf()) {
      return false; // of this JVM all is known: the lock would be held
    }
    // No switch: its table of states would be a class more, met first at the end of a stack.
    ProcessIdentity.State state = owner.state();
    if (state != ProcessIdentity.State.UNKNOWN) {
      return state == ProcessIdentity.State.ALIVE;
    }
    return !isOfEndedRun(slot) && isWithinGrace(slot);
  }

  private boolean isOfEndedRun(int slot) {
    long run = memory.getLong(RegionLayout.process(slot), ProcessLayout.RUN);
    return MachineRun.differ(run, locks.run());
  }

  private boolean isWithinGrace(int slot) {
    long now = System.nanoTime();
    long owner = memory.getLongVolatile(RegionLayout.process(slot), ProcessLayout.INCARNATION);
    long since = freeSince.get(slot);
    if (since == NEVER || freeOf.get(slot) != owner) {
      freeOf.set(slot, owner);
      freeSince.set(slot, now);
      return true;
    }
    return now - since < TimeUnit.MILLISECONDS.toNanos(Sidecar.GRACE_MS);
  }

  /** True if it takes some time to find out whether the owner of a row lives. */
  boolean isDoubtful(int slot) {
    return isAlive(slot) && freeSince.get(slot) != NEVER;
  }

  /**
   * Waits until of each row that is attached it is known whether its owner lives: {@link
   * Sidecar#GRACE_MS} at most, for all of them together. Only after a process died that cannot be
   * seen here.
   *
   * @param except a slot that is not asked about
   */
  void awaitCertainty(int except) {
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      if (slot != except && Rows.isAttached(memory, slot)) {
        isAlive(slot); // the time of each begins
      }
    }
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      if (slot != except) {
        awaitCertaintyOf(slot);
      }
    }
  }

  private void awaitCertaintyOf(int slot) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * Sidecar.GRACE_MS);
    Backoff idle = new Backoff();
    while (Rows.isAttached(memory, slot) && isDoubtful(slot) && System.nanoTime() - deadline < 0) {
      idle.idle();
    }
  }

  /** True if a living process has a store open for writing. May wait for certainty. */
  public boolean isAnyAlive() {
    awaitCertainty(-1);
    return isAnyAlive(-1);
  }

  /** True if any attached row but this one has an owner that lives, as far as is known. */
  boolean isAnyAlive(int except) {
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      if (slot != except && Rows.isAttached(memory, slot) && isAlive(slot)) {
        return true;
      }
    }
    return false;
  }
}
