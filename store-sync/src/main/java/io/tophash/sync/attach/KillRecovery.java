package io.tophash.sync.attach;

import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.process.OwedHazards;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.shard.Shards;
import io.tophash.sync.shard.WholeShards;

/**
 * Recovery after kills, when a process attaches: settles what dead ones left, what they owe to
 * shards, their locks, and the space that they were about to take. In time proportional to the
 * number of shards.
 *
 * <p>The caller has entered the process table and holds the attach lock.
 */
public final class KillRecovery {
  private final MappedMemory memory;
  private final ProcessTable process;
  private final OwedHazards owed;
  private final Shards shards;
  private final WholeShards wholeShards;
  private final ExtentAllocator allocator;

  KillRecovery(SyncCore core) {
    this.memory = core.memory();
    this.process = core.process();
    this.owed = process.owed();
    this.wholeShards = core.wholeShards();
    this.shards = core.shards();
    this.allocator = core.allocator();
  }

  void run() {
    owed.forEachDeadRow(this::settleRow);
    wholeShards.takeOverFromTheDead();
    recoverClaims();
  }

  private void settleRow(int slot) {
    try {
      owed.forEachShard(
          slot,
          shard -> {
            if (shard >= 0 && shard < shards.context().shardCount()) {
              shards.settleGuard(shard);
            }
          });
      owed.clear(slot);
    } catch (StoreTimeoutException e) {
      // Somebody who is alive but stopped has that shard. The debt stays for the next one.
    }
  }

  /** Gives back the space that dead processes were about to take. */
  private void recoverClaims() {
    allocator.recoverClaims(process.slot(), process.incarnation() - 1);
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      long row = RegionLayout.process(slot);
      long incarnation = memory.getLongVolatile(row, ProcessLayout.INCARNATION);
      if (slot != process.slot()
          && memory.getLongVolatile(row, ProcessLayout.ATTACHED) != 0
          && !process.isAlive(slot, incarnation)) {
        allocator.recoverClaims(slot, incarnation);
        if (!owed.isOwing(slot)) {
          owed.clear(slot);
        }
      }
    }
  }
}
