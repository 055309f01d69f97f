package io.tophash.core.table;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;

/**
 * Moves chains from the old bucket array to the current one (Go's evacuate): X keeps the index, Y
 * is the index plus the old number of buckets; order is kept, holes are squeezed out.
 *
 * <p>First the whole chain is copied, then the head's tophash word is marked: that one store is the
 * commit. Until then the destinations hold only copies and nobody reads them; a kill before it
 * leaves them to be wiped, and the chain is moved again later.
 */
final class Evacuator {
  /** Old buckets that one step of the mark skips at most. */
  private static final int MARK_STEP = 1024;

  private final Table table;
  private final Assigner assigner;
  private final MappedMemory memory;
  private final BucketLayout layout;
  private final Intent intent;
  private final Destination x = new Destination();
  private final Destination y = new Destination();

  /** Where the next entry of a destination chain goes. */
  private static final class Destination {
    long bucket;
    int cell;
    long word;

    void begin(long head) {
      bucket = head;
      cell = 0;
      word = 0;
    }
  }

  Evacuator(Table table, Assigner assigner) {
    this.table = table;
    this.assigner = assigner;
    this.memory = table.memory;
    this.layout = table.layout;
    this.intent = new Intent(memory);
  }

  /**
   * Moves the chain of this old bucket unless that is done, and advances the mark.
   *
   * @return true if all chains have been moved
   * @throws StoreFullException if there is no room for the copies; nothing changed
   */
  boolean evacuate(long oldIndex) {
    long head = table.unevacuated(oldIndex);
    if (head != 0) {
      move(oldIndex, head);
    }
    return oldIndex == table.nevacuate() && advanceMark();
  }

  private void move(long oldIndex, long head) {
    table.modified();
    boolean doubles = !table.isSameSizeGrowing();
    table.old().changing(oldIndex);
    table.current().changing(oldIndex);
    if (doubles) {
      table.current().changing(oldIndex + table.old().size());
    }
    x.begin(table.current().ensureBucket(oldIndex));
    if (doubles) {
      y.begin(table.current().ensureBucket(oldIndex + table.old().size()));
    }
    intent.begin(IntentLayout.EVACUATE, oldIndex, 0, head, table);
    CrashPoint.reached("evacuate.begun");
    long mark;
    try {
      mark = copyChain(head, doubles);
    } catch (RuntimeException | Error e) {
      // No space, as a rule. The intent must not outlive the call: the next one would rewrite it.
      undo(oldIndex);
      throw e;
    }
    CrashPoint.reached("evacuate.copied");
    memory.putLongRelease(head, BucketLayout.TOPHASH, mark);
    MappedMemory.storeStoreFence();
    CrashPoint.reached("evacuate.marked");
    freeOwnBlocks(head);
    CrashPoint.reached("evacuate.freed");
    intent.end();
  }

  /** Copies all entries of a chain; returns the mark for the head. */
  private long copyChain(long head, boolean doubles) {
    long newBit = table.old().size();
    long mark = 0;
    long hops = 0;
    for (long bucket = head; bucket != 0; bucket = table.overflow(bucket)) {
      long word = table.tophashWord(bucket);
      for (int cell = 0; cell < BucketLayout.CELLS; cell++) {
        int top = Tophash.at(word, cell);
        int code = Tophash.EVACUATED_EMPTY;
        if (top >= Tophash.MIN_TOPHASH) {
          boolean useY = doubles && (table.hashOfCell(bucket, cell) & newBit) != 0;
          append(useY ? y : x, top, bucket, cell);
          code = useY ? Tophash.EVACUATED_Y : Tophash.EVACUATED_X;
        }
        if (bucket == head) {
          mark = Tophash.with(mark, cell, code);
        }
      }
      if (++hops > 1000 && hops > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
    close(x);
    if (doubles) {
      close(y);
    }
    return mark;
  }

  private void append(Destination to, int top, long bucket, int cell) {
    if (to.cell == BucketLayout.CELLS) {
      close(to);
      long link = assigner.newOverflowBucket();
      memory.putLongRelease(to.bucket, layout.overflow(), link);
      CrashPoint.reached("evacuate.linked");
      assigner.countOverflowBucket(link);
      to.begin(Links.position(link));
    }
    memory.copy(bucket + layout.key(cell), to.bucket + layout.key(to.cell), layout.keyCellBytes());
    memory.copy(
        bucket + layout.value(cell), to.bucket + layout.value(to.cell), layout.valueCellBytes());
    to.word = Tophash.with(to.word, to.cell, top);
    to.cell++;
  }

  private void close(Destination to) {
    memory.putLong(to.bucket, BucketLayout.TOPHASH, to.word);
  }

  private boolean advanceMark() {
    BucketArray old = table.old();
    long size = old.size();
    long index = table.nevacuate() + 1;
    long stop = Math.min(index + MARK_STEP, size);
    while (index < stop && table.unevacuated(index) == 0) {
      index++;
    }
    if (index == size) {
      // Not stored: the mark stays at a bucket that exists until the growth is over, so that a kill
      // before that leaves a last step to make.
      return true;
    }
    table.setNevacuate(index);
    CrashPoint.reached("evacuate.advanced");
    return false;
  }

  /** Frees the overflow buckets of a chain that are blocks of their own; may be repeated. */
  void freeOwnBlocks(long head) {
    long link = table.overflowLink(head);
    for (long hops = 0; link != 0; hops++) {
      long bucket = Links.position(link);
      table.context.reach.check("overflow bucket", bucket, layout.bytes());
      long next = table.overflowLink(bucket);
      if (Links.isOwnBlock(link)) {
        table.context.allocator.freeIfAllocated(bucket);
      }
      link = next;
      if (hops > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
  }

  /**
   * Takes back a move that did not come to its commit: wipes the destinations, restores the
   * counters. May be repeated.
   */
  void undo(long oldIndex) {
    wipe(table.current().bucket(oldIndex));
    if (!table.isSameSizeGrowing()) {
      wipe(table.current().bucket(oldIndex + table.old().size()));
    }
    long pending = memory.getLong(0, IntentLayout.PENDING_OVERFLOW);
    if (pending != 0) {
      table.context.allocator.freeIfAllocated(pending);
      intent.settled(IntentLayout.PENDING_OVERFLOW);
    }
    table.setNoverflow(memory.getLong(0, IntentLayout.NOVERFLOW_BEFORE));
    table.setNextOverflow(memory.getLong(0, IntentLayout.NEXT_OVERFLOW_BEFORE));
    intent.end();
  }

  private void wipe(long head) {
    if (head != 0) {
      freeOwnBlocks(head);
      CrashPoint.reached("undo.freed");
      memory.putLong(head, BucketLayout.TOPHASH, 0);
      memory.putLongRelease(head, layout.overflow(), 0);
    }
  }
}
