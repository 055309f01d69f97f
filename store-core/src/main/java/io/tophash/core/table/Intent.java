package io.tophash.core.table;

import io.tophash.core.format.IntentLayout;
import io.tophash.core.memory.MappedMemory;

/**
 * The record in the header of the operation that is under way. It is complete before the
 * operation's first store and cleared after its last one; the kind word publishes it.
 */
final class Intent {
  private final MappedMemory memory;

  Intent(MappedMemory memory) {
    this.memory = memory;
  }

  /**
   * Announces an operation.
   *
   * @param kind one of the kinds of {@link IntentLayout}
   * @param bucket position of the bucket that it changes; EVACUATE: index of the old bucket
   * @param cell number of the cell in the bucket
   * @param head position of the head of the bucket's chain
   */
  void begin(int kind, long bucket, int cell, long head, Table table) {
    memory.putLong(0, IntentLayout.BUCKET, bucket);
    memory.putLong(0, IntentLayout.CELL, cell);
    memory.putLong(0, IntentLayout.HEAD, head);
    memory.putLong(0, IntentLayout.COUNT_BEFORE, table.count());
    memory.putLong(0, IntentLayout.NOVERFLOW_BEFORE, table.noverflow());
    memory.putLong(0, IntentLayout.NEXT_OVERFLOW_BEFORE, table.nextOverflow());
    memory.putLongRelease(0, IntentLayout.KIND, kind);
    MappedMemory.storeStoreFence();
  }

  /** The operation is complete. */
  void end() {
    memory.putLongRelease(0, IntentLayout.KIND, IntentLayout.NONE);
    MappedMemory.storeStoreFence();
  }

  /** A block that was noted while it was allocated is linked now, or freed. */
  void settled(int note) {
    memory.putLongRelease(0, note, 0);
  }
}
