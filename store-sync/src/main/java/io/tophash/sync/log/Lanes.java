package io.tophash.sync.log;

import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LaneLayout;
import io.tophash.sync.format.LogEntryLayout;

/**
 * The lanes: where a change is written before it is made. A lane is a ring; an entry may be written
 * over when it is in a committed batch.
 *
 * <p>All that changes a lane is for the holder of its shard's lock; its owner is {@link SyncLog}.
 */
final class Lanes {
  private static final byte[] ZEROS = new byte[8];

  private final MappedMemory memory;
  private final LogWords words;
  private final Runnable mapAll;
  private final int laneBytes;
  private final int ringBytes;
  // The block that is known to be mapped: racy, as it only saves a call.
  private long mapped;

  Lanes(MappedMemory memory, LogWords words, int shardCount, Runnable mapAll) {
    this.memory = memory;
    this.words = words;
    this.mapAll = mapAll;
    this.laneBytes = LaneLayout.laneBytes(shardCount);
    this.ringBytes = laneBytes - LaneLayout.RING;
  }

  int ringBytes() {
    return ringBytes;
  }

  private long lane(int shard) {
    long block = words.get(EpochLayout.LANES);
    if (block != mapped) {
      mapAll.run(); // another process may have made it, further on than this one has looked
      mapped = block;
    }
    return block + (long) shard * laneBytes;
  }

  /** Notes what a take-over shall store; before the entry that it belongs to. */
  void putRedo(int shard, long at, long value, int bytes) {
    long lane = lane(shard);
    memory.putLong(lane, LaneLayout.REDO_AT, at);
    memory.putLong(lane, LaneLayout.REDO_VALUE, value);
    memory.putLong(lane, LaneLayout.REDO_BYTES, bytes);
  }

  /**
   * Writes an entry, for which there is room.
   *
   * @return the position behind it, which is the tail of the lane now
   */
  long append(int shard, int op, byte[] bytes, int at, int payload, int keyBytes, int valueBytes) {
    long lane = lane(shard);
    long tail = words.tail(shard);
    int size = LogEntryLayout.size(payload);
    putInts(lane, tail + LogEntryLayout.BYTES, size, op);
    putInts(lane, tail + LogEntryLayout.KEY_BYTES, keyBytes, valueBytes);
    put(lane, tail + LogEntryLayout.PAYLOAD, bytes, at, payload);
    put(
        lane,
        tail + LogEntryLayout.PAYLOAD + payload,
        ZEROS,
        0,
        size - LogEntryLayout.PAYLOAD - payload);
    CrashPoint.reached("lane.written");
    words.putTail(shard, tail + size);
    CrashPoint.reached("lane.logged");
    return tail + size;
  }

  private void putInts(long lane, long position, int first, int second) {
    memory.putLong(place(lane, position), 0, (long) second << 32 | first & 0xFFFFFFFFL);
  }

  private long place(long lane, long position) {
    return lane + LaneLayout.RING + position % ringBytes;
  }

  private void put(long lane, long position, byte[] bytes, int at, int length) {
    int first = (int) Math.min(length, ringBytes - position % ringBytes);
    memory.putBytes(place(lane, position), bytes, at, first);
    memory.putBytes(lane + LaneLayout.RING, bytes, at + first, length - first);
  }

  /** A copy of what stands between two positions, at most a ring. */
  byte[] copy(int shard, long from, long to) {
    long lane = lane(shard);
    byte[] copy = new byte[(int) (to - from)];
    int first = (int) Math.min(copy.length, ringBytes - from % ringBytes);
    memory.getBytes(place(lane, from), copy, 0, first);
    memory.getBytes(lane + LaneLayout.RING, copy, first, copy.length - first);
    return copy;
  }

  /** Does what the last entry of a lane says, if its writer has not come to do it. */
  void redo(int shard) {
    long tail = words.tail(shard);
    if (words.applied(shard) == tail) {
      return;
    }
    long lane = lane(shard);
    long at = memory.getLong(lane, LaneLayout.REDO_AT);
    long value = memory.getLong(lane, LaneLayout.REDO_VALUE);
    int bytes = (int) memory.getLong(lane, LaneLayout.REDO_BYTES);
    if (bytes == Integer.BYTES) {
      memory.putIntRelease(at, 0, (int) value);
    } else if (bytes == Long.BYTES) {
      memory.putLongRelease(at, 0, value);
    }
    MappedMemory.storeStoreFence();
    CrashPoint.reached("lane.redone");
    words.putApplied(shard, tail);
  }
}
