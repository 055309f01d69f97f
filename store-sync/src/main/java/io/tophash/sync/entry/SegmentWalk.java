package io.tophash.sync.entry;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.SegmentCursor;
import io.tophash.sync.shard.SegmentRead;

/**
 * A walk over the hash space, segment by segment. The entries of a segment are copied out by a
 * validated read; no lock is held. Splits and merges only refine or coarsen the order, so a key
 * that stays is delivered exactly once: what a merged segment holds of the part that the walk has
 * left behind is skipped by its hash.
 *
 * <p>For one thread at a time.
 */
public final class SegmentWalk {
  private final SegmentTable<?> table;
  private final MappedMemory memory;
  private final Segments kind;
  private final Gathered g = new Gathered();
  private final SegmentCursor cursor;
  // Where the walk stood when the present segment was copied: entries below were delivered.
  private long start;
  private int index;

  SegmentWalk(SegmentTable<?> table) {
    this.table = table;
    this.memory = table.memory;
    this.kind = table.context.kind();
    this.cursor = SegmentCursor.ofStore(table.context);
  }

  Gathered gathered() {
    return g;
  }

  /** What a validated copy of a segment needs besides: called before the validation. */
  interface Copied {
    /** Copies what the entries refer to. */
    void more(long segmentWord, Gathered g);
  }

  /** Number of the next entry in {@link #gathered()}, -1 if there is none. */
  int next(Copied copied) {
    while (true) {
      while (index < g.count()) {
        int i = index++;
        if (Long.compareUnsigned(g.hash(i), start) >= 0) {
          return i;
        }
      }
      if (cursor.isOver()) {
        return -1;
      }
      copySegment(copied);
    }
  }

  /** True if all entries belong into the segment: what does not would be passed over. */
  private boolean isOfSegment(int localDepth) {
    int shared = table.context.shardShift() + localDepth;
    int down = Long.SIZE - shared;
    for (int i = 0; shared != 0 && i < g.count(); i++) {
      if ((g.hash(i) ^ cursor.hash()) >>> down != 0) {
        return false;
      }
    }
    return true;
  }

  private void copySegment(Copied copied) {
    table.checkOpen();
    SegmentRead read = new SegmentRead(table.context, cursor.hash());
    while (true) {
      boolean sane;
      try {
        g.clear();
        sane = read.begin() && kind.gather(read.word(), g);
        if (sane) {
          copied.more(read.word(), g);
          int local = memory.getInt(SegmentWord.position(read.word()), SegmentLayout.LOCAL_DEPTH);
          sane =
              local >= 0
                  && local <= DirectoryWord.depth(read.directoryWord())
                  && isOfSegment(local);
          if (sane && read.isCurrent()) {
            memory.keepAlive();
            index = 0;
            start = cursor.hash();
            cursor.pass(local);
            return;
          }
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      table.checkOpen();
      read.again(sane);
    }
  }
}
