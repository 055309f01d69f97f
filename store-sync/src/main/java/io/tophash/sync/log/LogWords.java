package io.tophash.sync.log;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LogLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;

/**
 * The words of the log that stand in the store. Which of them are believed when, and what pairs
 * with what: docs/durability.md, "The log". Thread-safe, wait-free but for {@link #committed}.
 */
final class LogWords {
  private static final long BASE = RegionLayout.EPOCHS;

  private final MappedMemory memory;

  LogWords(MappedMemory memory) {
    this.memory = memory;
  }

  long get(int field) {
    return memory.getLongVolatile(BASE, field);
  }

  void put(int field, long value) {
    memory.putLongVolatile(BASE, field, value);
  }

  /** Counts: for the holder of FLUSH. */
  void add(int field, long count) {
    put(field, get(field) + count);
  }

  boolean replace(int field, long present, long value) {
    return memory.compareAndSetLong(BASE, field, present, value);
  }

  /** Which files of the log may not be used again. */
  LogFiles.Needed needed() {
    long bytes = keptBytes();
    long files = bytes / LogLayout.FILE_BYTES + (bytes % LogLayout.FILE_BYTES == 0 ? 0 : 1);
    return new LogFiles.Needed(get(EpochLayout.LOG_START_RUN), get(EpochLayout.LOG_START), files);
  }

  /** True if the level says that changes are logged. */
  boolean logs() {
    return get(EpochLayout.LEVEL) == EpochLayout.EACH_CHANGE;
  }

  /** How much of the log is kept for who follows the changes. */
  long keptBytes() {
    long keep = get(EpochLayout.LOG_KEEP);
    return keep == 0 ? EpochLayout.LOG_KEEP_DEFAULT : keep - 1;
  }

  /** The committed position of a lane while a batch is the next one. */
  long head(long batch, int shard) {
    return memory.getLong(BASE, EpochLayout.head(batch, shard));
  }

  void putHead(long batch, int shard, long position) {
    memory.putLong(BASE, EpochLayout.head(batch, shard), position);
  }

  /**
   * Up to which position of a lane all is in committed batches. What belongs to a batch that is not
   * committed does not count, though it may be on the device: whoever comes next writes over it.
   */
  long committed(int shard) {
    while (true) {
      long batch = get(EpochLayout.BATCH);
      long position = memory.getLongAcquire(BASE, EpochLayout.head(batch, shard));
      if (get(EpochLayout.BATCH) == batch) {
        return position;
      }
    }
  }

  /** How much was written to a lane: pairs with the release behind the entries. */
  long tail(int shard) {
    return memory.getLongAcquire(RegionLayout.shard(shard), ShardLayout.LANE_TAIL);
  }

  void putTail(int shard, long position) {
    memory.putLongRelease(RegionLayout.shard(shard), ShardLayout.LANE_TAIL, position);
  }

  /** How much of it is done; for the holder of the shard's lock. */
  long applied(int shard) {
    return memory.getLong(RegionLayout.shard(shard), ShardLayout.LANE_APPLIED);
  }

  void putApplied(int shard, long position) {
    memory.putLongRelease(RegionLayout.shard(shard), ShardLayout.LANE_APPLIED, position);
  }

  // --- parts of a large change: written by the holder of the shard's lock
  // -----------------------

  /** Says that parts begin at the tail, all of which is committed. */
  void beginParts(int shard) {
    long at = RegionLayout.shard(shard);
    memory.putLongVolatile(at, ShardLayout.PARTS_BATCH, get(EpochLayout.BATCH));
    memory.putLongVolatile(at, ShardLayout.PARTS_FROM, tail(shard));
    memory.putLongVolatile(at, ShardLayout.PARTS_END, Long.MAX_VALUE);
  }

  /** Says that what comes from the tail on is no part of the change any more. */
  void endParts(int shard) {
    memory.putLongVolatile(RegionLayout.shard(shard), ShardLayout.PARTS_END, tail(shard));
  }

  /** True if parts were begun that nobody has ended. */
  boolean hasOpenParts(int shard) {
    return partsEnd(shard) == Long.MAX_VALUE;
  }

  long partsFrom(int shard) {
    return memory.getLongVolatile(RegionLayout.shard(shard), ShardLayout.PARTS_FROM);
  }

  long partsEnd(int shard) {
    return memory.getLongVolatile(RegionLayout.shard(shard), ShardLayout.PARTS_END);
  }

  long partsBatch(int shard) {
    return memory.getLongVolatile(RegionLayout.shard(shard), ShardLayout.PARTS_BATCH);
  }
}
