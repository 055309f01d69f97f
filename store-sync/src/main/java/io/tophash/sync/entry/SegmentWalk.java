package io.tophash.sync.entry;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.Gathered;

/**
 * A walk over the hash space, segment by segment. The entries of a segment are copied out by a
 * validated read; no lock is held. Splits and merges only refine or coarsen the order, so a key
 * that stays is delivered exactly once: what a merged segment holds of the part that the walk has
 * left behind is skipped by its hash.
 *
 * <p>For one thread at a time.
 */
public final class SegmentWalk {
  private final SegmentTable table;
  private final MappedMemory memory;
  private final Gathered g = new Gathered();
  private final int shardShift;
  // Everything below this hash, as an unsigned number, was delivered.
  private long from;
  private boolean ended;
  private int index;

  SegmentWalk(SegmentTable table) {
    this.table = table;
    this.memory = table.memory;
    this.shardShift = table.shardShift;
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
      if (ended) {
        return -1;
      }
      copySegment(copied);
    }
  }

  // Where the walk stood when the present segment was copied.
  private long start;

  private void copySegment(Copied copied) {
    table.checkOpen();
    int shard = table.shardOf(from);
    int torn = 0;
    for (int attempt = 0; ; attempt++) {
      long directoryWord = 0;
      long entry = 0;
      long word = 0;
      boolean sane = false;
      try {
        directoryWord = memory.getLongAcquire(0, SegmentTable.directoryAt(shard));
        entry = table.shards.entry(directoryWord, from);
        boolean inside = !table.shards.context().kind().isOutside(entry, 8);
        word = inside ? memory.getLongAcquire(entry, 0) : 0;
        g.clear();
        sane = inside && table.shards.context().kind().gather(word, g);
        if (sane) {
          copied.more(word, g);
          int local = memory.getInt(SegmentWord.position(word), SegmentLayout.LOCAL_DEPTH);
          MappedMemory.acquireFence();
          sane = local >= 0 && local <= DirectoryWord.depth(directoryWord);
          if (sane && table.isUnchanged(shard, directoryWord, entry, word)) {
            memory.keepAlive();
            index = 0;
            start = from;
            goOn(local);
            return;
          }
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      torn = !sane && table.stillStand(shard, directoryWord, entry, word) ? torn + 1 : 0;
      table.retry(attempt, torn, shard);
    }
  }

  private void goOn(int localDepth) {
    int bits = shardShift + localDepth;
    if (bits == 0) {
      ended = true;
      return;
    }
    long size = 1L << 64 - bits;
    from = (from & -size) + size;
    ended = from == 0;
  }
}
