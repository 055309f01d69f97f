package io.tophash.sync.entry;

import io.tophash.sync.format.SlotWord;
import io.tophash.sync.process.Deserted;
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
    int thread = Deserted.thread();
    Deserted deserted = table.shards.deserted();
    try {
      long guard = table.shards.enterGuard(shard);
      if (guard != 0) {
        markGuarded(shard, hash, word, slotAt, seen);
        table.shards.leaveGuard(guard);
      }
    } catch (Throwable e) {
      // Without any call, as there may be no stack for one.
      deserted.threads[thread & Deserted.PLACES] = thread;
      deserted.state = Deserted.NOTED;
      throw e;
    }
  }

  private void markGuarded(int shard, long hash, long word, long slotAt, int seen) {
    try {
      long entry = table.context.entry(table.context.directoryWord(shard), hash);
      if (!table.isClosed()
          && !segments.isOutside(entry, 8)
          && table.memory.getLongAcquire(entry, 0) == word) {
        table.memory.compareAndSetInt(slotAt, 0, seen, SlotWord.marked(seen));
      }
    } catch (IndexOutOfBoundsException e) {
      // Another process made the file longer: no mark this time.
    }
  }
}
