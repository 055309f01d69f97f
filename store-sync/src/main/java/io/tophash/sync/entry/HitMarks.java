package io.tophash.sync.entry;

import io.tophash.sync.format.SlotWord;
import io.tophash.sync.segment.RecordSegments;

/**
 * Notes in the slots of a cache that their entries were hit, up to three times each. One try: a
 * mark that is lost costs nothing. Thread-safe.
 */
final class HitMarks {
  private final SegmentTable<?> table;
  private final RecordSegments segments;

  HitMarks(SegmentTable<?> table, RecordSegments segments) {
    this.table = table;
    this.segments = segments;
  }

  /**
   * An entry was hit.
   *
   * @param word of the segment, as the lookup has validated it
   * @param slotAt position of the slot
   * @param seen the slot as the lookup has seen it
   */
  void hit(long hash, long word, long slotAt, int seen) {
    if (!SlotWord.isMarked(seen)) {
      mark(hash, word, slotAt, seen);
    }
  }

  /**
   * In the guard the segment cannot be replaced: so if its word stands, the place is the slot's.
   */
  private void mark(long hash, long word, long slotAt, int seen) {
    int shard = table.context.shardOf(hash);
    long guard = table.shards.enterGuard(shard);
    if (guard != 0) {
      try {
        long entry = table.context.entry(table.context.directoryWord(shard), hash);
        if (!table.isClosed()
            && !segments.isOutside(entry, 8)
            && table.memory.getLongAcquire(entry, 0) == word) {
          table.memory.compareAndSetInt(slotAt, 0, seen, SlotWord.marked(seen));
        }
      } catch (IndexOutOfBoundsException e) {
        // Another process made the file longer: no mark this time.
      } finally {
        table.shards.leaveGuard(guard);
      }
    }
  }
}
