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
      if (state(shard) != ShardState.of(get(EpochLayout.DURABLE))) {
        return false;
      }
    }
    return true;
  }

  private long state(int shard) {
    return memory.getLongVolatile(RegionLayout.shard(shard), ShardLayout.STATE);
  }

  /** Moves REUSE_BELOW on, as far as nobody reads an older checkpoint. */
  void release(java.util.function.IntPredicate isAlive) {
    long below = get(EpochLayout.DURABLE);
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      long pin = get(EpochLayout.pin(slot));
      if (pin != 0 && pin < below && isAlive.test(slot)) {
        below = pin;
      }
    }
    if (below > get(EpochLayout.REUSE_BELOW)) {
      put(EpochLayout.REUSE_BELOW, below);
    }
  }
}
