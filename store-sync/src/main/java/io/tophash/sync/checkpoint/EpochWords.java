package io.tophash.sync.checkpoint;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;

/** The epoch words of an open store. Thread-safe, wait-free. */
final class EpochWords {
  private static final long BASE = RegionLayout.EPOCHS;

  private final MappedMemory memory;

  EpochWords(MappedMemory memory) {
    this.memory = memory;
  }

  long get(int field) {
    return memory.getLongVolatile(BASE, field);
  }

  void put(int field, long value) {
    memory.putLongVolatile(BASE, field, value);
  }

  /** Says that a checkpoint is all that there ever was; for who is alone with the store. */
  void start(Root root, int slot) {
    memory.zero(BASE, EpochLayout.BYTES);
    put(EpochLayout.ROOT_SLOT, slot);
    putLevel(root.level());
    put(EpochLayout.DURABLE_MS, root.cutMs());
    put(EpochLayout.CUTTING, root.epoch());
    put(EpochLayout.DURABLE, root.epoch());
    put(EpochLayout.REUSE_BELOW, root.epoch());
    put(EpochLayout.SUMMED, root.epoch());
    if (root.logKeep() != 0) {
      put(EpochLayout.LOG_KEEP, root.logKeep());
    }
    if (root.logRun() != 0) {
      startLog(root);
    }
  }

  /** Of a store that has never logged a change, all of this stays 0. */
  private void startLog(Root root) {
    put(EpochLayout.LOG_RUN, root.logRun());
    put(EpochLayout.LOG_START_RUN, root.logRun());
    put(EpochLayout.LOG_START, root.cut().logStart());
    put(EpochLayout.BATCH, root.cut().logStart());
    for (int shard = 0; shard < root.cut().lanes().length; shard++) {
      put(EpochLayout.head(root.cut().logStart(), shard), root.cut().lanes()[shard]);
    }
  }

  /** How durable changes are. */
  Level level() {
    return Level.of(get(EpochLayout.LEVEL), get(EpochLayout.MAX_LOSS_MS));
  }

  /** Changes that: for the holder of CHECKPOINT. Others never see less than the lower of both. */
  void putLevel(Level level) {
    if (level.limitsLoss()) {
      put(EpochLayout.MAX_LOSS_MS, level.maxLossMs());
    }
    put(EpochLayout.LEVEL, level.code());
    put(EpochLayout.MAX_LOSS_MS, level.maxLossMs());
  }

  /** A number that no checkpoint of this run of the machine has: for the holder of CHECKPOINT. */
  long nextNumber(int shardCount) {
    long highest = get(EpochLayout.CUTTING);
    for (int shard = 0; shard < shardCount; shard++) {
      highest = Math.max(highest, ShardState.epoch(state(shard)));
    }
    return highest + 1;
  }

  /** True if no shard was changed since the newest durable checkpoint. */
  boolean isUnchanged(int shardCount) {
    for (int shard = 0; shard < shardCount; shard++) {
      if ((state(shard) & ~ShardState.LOGGED) != ShardState.of(get(EpochLayout.DURABLE))) {
        return false;
      }
    }
    return true;
  }

  /** True if a shard was changed since the last cut, so that something was copied. */
  boolean isCopied(int shardCount) {
    for (int shard = 0; shard < shardCount; shard++) {
      if (ShardState.isDirectoryFresh(state(shard))) {
        return true;
      }
    }
    return false;
  }

  private long state(int shard) {
    return memory.getLongVolatile(RegionLayout.shard(shard), ShardLayout.STATE);
  }

  /** The lowest checkpoint that a living process reads, but not more than this. */
  long lowestPin(long most, java.util.function.IntPredicate isAlive) {
    long lowest = most;
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      long pin = get(EpochLayout.pin(slot));
      if (pin != 0 && pin < lowest && isAlive.test(slot)) {
        lowest = pin;
      }
    }
    return lowest;
  }

  /** Moves REUSE_BELOW on, as far as nobody reads an older checkpoint. */
  void release(java.util.function.IntPredicate isAlive) {
    long below = lowestPin(get(EpochLayout.DURABLE), isAlive);
    if (below > get(EpochLayout.REUSE_BELOW)) {
      put(EpochLayout.REUSE_BELOW, below);
    }
  }
}
