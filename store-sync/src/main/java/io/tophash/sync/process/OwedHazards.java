package io.tophash.sync.process;

import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.Liveness;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HazardWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.function.IntConsumer;

/**
 * What killed processes left in the hazards of their rows. It is <em>owed</em>: the number of
 * entries of those shards is in doubt until somebody has counted them. Owed words stay until that
 * is done: {@link #forEachDeadRow}, {@link #clear}. Thread-safe.
 */
public final class OwedHazards {
  private final MappedMemory memory;
  private final Liveness liveness;
  private final RowOwners owners;

  OwedHazards(MappedMemory memory, Liveness liveness, RowOwners owners) {
    this.memory = memory;
    this.liveness = liveness;
    this.owners = owners;
  }

  /** True if the hazard word is that of an owner of the row who is gone. */
  boolean isOwed(int slot, long word) {
    if (word == 0) {
      return false;
    }
    long present = owners.incarnationOf(slot);
    return isOfFormer(slot, word, present)
        || slot != owners.slot() && !owners.isAlive(slot, present);
  }

  /** True if it is that of an owner before the present one, which needs no look at a lock. */
  boolean isOfFormer(int slot, long word) {
    return word != 0 && isOfFormer(slot, word, owners.incarnationOf(slot));
  }

  private boolean isOfFormer(int slot, long word, long present) {
    return slot == owners.slot() ? !owners.isOwn(word) : !HazardWord.isOf(word, present);
  }

  /** True if a dead owner of this row was inside a shard, and nobody has settled that yet. */
  public boolean isOwing(int slot) {
    long row = RegionLayout.process(slot);
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      if (isOwed(slot, memory.getLongVolatile(row, ProcessLayout.hazard(i)))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Names the rows with owed hazards, this process's own included. For each, the caller settles
   * {@link #forEachShard} and then calls {@link #clear}. The caller has entered, so that it can
   * lock shards, and holds the attach lock all the while, so that no row changes hands.
   */
  public void forEachDeadRow(IntConsumer action) {
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      if (isOwing(slot)) {
        action.accept(slot);
      }
    }
  }

  /**
   * Names the shards that a dead owner of this row was inside; one may be named more than once, and
   * a damaged word may name one that does not exist.
   */
  public void forEachShard(int slot, IntConsumer action) {
    long row = RegionLayout.process(slot);
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      long word = memory.getLongVolatile(row, ProcessLayout.hazard(i));
      if (isOwed(slot, word)) {
        action.accept(HazardWord.shard(word));
      }
    }
  }

  /** Forgets the owed hazards of a row: what they owe has been settled. */
  public void clear(int slot) {
    long row = RegionLayout.process(slot);
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      int offset = ProcessLayout.hazard(i);
      long word = memory.getLongVolatile(row, offset);
      if (isOwed(slot, word)) {
        memory.compareAndSetLong(row, offset, word, 0);
      }
    }
    CrashPoint.reached("process.settled");
    // Nobody need look at this row any more. Only its owner may say so: for a moment, that is us.
    // Its owner may live, as what was owed may be of a former one, and may have lost its lock.
    if (slot != owners.slot()
        && !owners.isAlive(slot, owners.incarnationOf(slot))
        && liveness.tryLockSlot(slot)) {
      try {
        if (!hasAnyHazard(row)) {
          memory.putLongVolatile(row, ProcessLayout.ATTACHED, 0);
        }
      } finally {
        liveness.unlockSlot(slot);
      }
    }
  }

  private boolean hasAnyHazard(long row) {
    for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
      if (memory.getLongVolatile(row, ProcessLayout.hazard(i)) != 0) {
        return true;
      }
    }
    return false;
  }
}
