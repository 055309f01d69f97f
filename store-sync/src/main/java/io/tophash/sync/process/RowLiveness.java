package io.tophash.sync.process;

import io.tophash.core.memory.Liveness;
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
 * which the row names. Of a process that nobody here can see, in another container, only this is
 * known: if it lives, it takes its lock again within the grace. So it counts as living until its
 * lock was free for so long.
 *
 * <p>Any thread may call any method; wait-free but for the file system.
 */
final class RowLiveness {
  private static final long NEVER = Long.MIN_VALUE;

  private final MappedMemory memory;
  private final Liveness locks;

  // When the lock of a row was found free first, of an owner that nobody can see; and which owner.
  private final AtomicLongArray freeSince = new AtomicLongArray(RegionLayout.PROCESS_COUNT);
  private final AtomicLongArray freeOf = new AtomicLongArray(RegionLayout.PROCESS_COUNT);

  RowLiveness(MappedMemory memory, Liveness locks) {
    this.memory = memory;
    this.locks = locks;
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      freeSince.set(slot, NEVER);
    }
  }

  /** True if the owner of a row lives, as far as that can be known. */
  boolean isAlive(int slot) {
    if (locks.isSlotLocked(slot)) {
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
    switch (owner.state()) {
      case ALIVE:
        return true;
      case DEAD:
        return false;
      default:
        return isWithinGrace(slot);
    }
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
}
