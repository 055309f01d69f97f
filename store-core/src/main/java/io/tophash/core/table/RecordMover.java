package io.tophash.core.table;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.memory.MappedMemory;

/**
 * Moves the records of all entries to the lowest free blocks of their size, so that the spans they
 * leave become free pages at the end of the file. Each move is a replacement of a record by its
 * copy, with the same commit and the same recovery.
 */
final class RecordMover {
  private final Table table;
  private final MappedMemory memory;
  private final BucketLayout layout;
  private final Assigner assigner;
  // For each size class, the lowest page where a block may be free.
  private final long[] lowest;
  private boolean movesLarge;

  RecordMover(Table table, Assigner assigner) {
    this.table = table;
    this.memory = table.memory;
    this.layout = table.layout;
    this.assigner = assigner;
    this.lowest = table.context.allocator.newSearch();
  }

  /**
   * Moves the records of all entries.
   *
   * @param large true for those in blocks that have pages of their own, false for the others
   */
  void moveAll(boolean large) {
    if (!layout.indirectKeys() && !layout.indirectValues()) {
      return;
    }
    movesLarge = large;
    ChainCursor cursor = new ChainCursor(table, 0);
    while (cursor.next()) {
      for (int i = 0; i < cursor.size(); i++) {
        move(cursor.cell(i));
      }
    }
  }

  private void move(long found) {
    int cell = (int) found & 7;
    if (layout.indirectKeys()) {
      long copy = copyLower("key record", found & -8, layout.key(cell), IntentLayout.PENDING_KEY);
      if (copy != 0) {
        assigner.moveKey(found, copy);
      }
    }
    if (layout.indirectValues()) {
      long copy =
          copyLower("value record", found & -8, layout.value(cell), IntentLayout.PENDING_VALUE);
      if (copy != 0) {
        assigner.replaceRecord(found, copy);
      }
    }
  }

  /** A copy in a noted block, 0 if there is none lower in the file. */
  private long copyLower(String section, long bucket, int cellOffset, int note) {
    long record = table.record(section, bucket, cellOffset);
    long bytes = RecordLayout.bytes(memory.getInt(record, RecordLayout.LENGTH));
    if (table.context.allocator.isLarge(bytes) != movesLarge) {
      return 0;
    }
    long copy = table.context.allocator.allocateBelow(record, bytes, note, lowest);
    if (copy != 0) {
      memory.copy(record, copy, (int) bytes);
    }
    return copy;
  }
}
