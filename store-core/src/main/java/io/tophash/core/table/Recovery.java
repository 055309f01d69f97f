package io.tophash.core.table;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * Settles what an operation that was killed has left behind: completes it if its commit was
 * reached, else takes it back. Each step may be repeated, so a kill during recovery is settled by
 * the next one. Costs O(1) and at most one chain of buckets. The argument is in docs/recovery.md.
 */
public final class Recovery {
  private final TableContext context;
  private final MappedMemory memory;
  private final BlockAllocator allocator;
  private final BucketLayout layout;

  private Recovery(TableContext context) {
    this.context = context;
    this.memory = context.memory;
    this.allocator = context.allocator;
    this.layout = context.layout;
  }

  /**
   * True if an operation was under way when the store was last written, so that {@link #run} has
   * something to do that even a reader would notice.
   */
  public static boolean isNeeded(MappedMemory memory) {
    if (memory.getInt(0, HeaderLayout.UNDO + 12) != 0
        || memory.getLong(0, IntentLayout.KIND) != IntentLayout.NONE
        || memory.getLong(0, HeaderLayout.CLEARING) != 0) {
      return true;
    }
    for (int note = IntentLayout.PENDING_KEY; note <= IntentLayout.PENDING_CHUNK; note += 8) {
      if (memory.getLong(0, note) != 0) {
        return true;
      }
    }
    return memory.getLong(0, IntentLayout.RETIRED_CHUNK) != 0 || nextIsTaken(memory);
  }

  /** True if the prepared array serves already, or is being released. */
  private static boolean nextIsTaken(MappedMemory memory) {
    long live = DescriptorLayout.position(memory.getLong(0, HeaderLayout.SELECTOR));
    long next = memory.getLong(0, HeaderLayout.NEXT_DIRECTORY);
    long releasing = memory.getLong(0, HeaderLayout.RELEASING_DIRECTORY);
    return next != 0
            && (next == memory.getLong(live, DescriptorLayout.BUCKETS) || next == releasing)
        || releasing != 0
            && (releasing == memory.getLong(live, DescriptorLayout.OLD_BUCKETS)
                || releasing == memory.getLong(live, DescriptorLayout.BUCKETS));
  }

  /** Settles everything; the table is loaded afterwards. */
  public static void run(TableContext context) {
    Recovery recovery = new Recovery(context);
    recovery.undoTornOverwrite();
    recovery.settleClear();
    CrashPoint.reached("recovery.cleared");
    recovery.settleChunks();
    CrashPoint.reached("recovery.chunksSettled");
    recovery.settleGrowthWords();
    CrashPoint.reached("recovery.growthSettled");
    recovery.settleOperation();
    CrashPoint.reached("recovery.operationSettled");
    recovery.freePending(IntentLayout.PENDING_OVERFLOW);
    recovery.freePending(IntentLayout.PENDING_KEY);
    recovery.freePending(IntentLayout.PENDING_VALUE);
    CrashPoint.reached("recovery.done");
  }

  private long header(int offset) {
    return memory.getLong(0, offset);
  }

  private void clearWord(int offset) {
    memory.putLongRelease(0, offset, 0);
  }

  private void undoTornOverwrite() {
    if (memory.getInt(0, HeaderLayout.UNDO + 12) != 0) {
      long cell = header(HeaderLayout.UNDO);
      int length = memory.getInt(0, HeaderLayout.UNDO + 8);
      if (length != layout.valueCellBytes() || layout.indirectValues()) {
        throw new CorruptStoreException("undo record", HeaderLayout.UNDO, "impossible length");
      }
      context.reach.check("undo record", cell, length);
      memory.copy(HeaderLayout.UNDO + 16, cell, length);
      memory.putIntRelease(0, HeaderLayout.UNDO + 12, 0);
    }
  }

  private void settleClear() {
    if (header(HeaderLayout.CLEARING) != 0) {
      long live = DescriptorLayout.position(header(HeaderLayout.SELECTOR));
      if (memory.getLong(live, DescriptorLayout.BUCKETS) == 0) {
        freeEverything(context);
      } else {
        clearWord(HeaderLayout.CLEARING);
      }
    }
  }

  /**
   * Second half of a clear: the live descriptor is empty, so nothing that is allocated is in use.
   */
  static void freeEverything(TableContext context) {
    MappedMemory memory = context.memory;
    context.allocator.freeAll();
    CrashPoint.reached("clear.freed");
    for (int note = IntentLayout.PENDING_KEY; note <= IntentLayout.RETIRED_CHUNK; note += 8) {
      memory.putLong(0, note, 0);
    }
    memory.putLong(0, HeaderLayout.NEXT_DIRECTORY, 0);
    memory.putLong(0, HeaderLayout.RELEASING_DIRECTORY, 0);
    memory.putLong(0, IntentLayout.KIND, IntentLayout.NONE);
    memory.putLongRelease(0, HeaderLayout.CLEARING, 0);
    MappedMemory.storeStoreFence();
  }

  private void settleChunks() {
    long slot = header(IntentLayout.PENDING_CHUNK_SLOT);
    long pending = header(IntentLayout.PENDING_CHUNK);
    long retired = header(IntentLayout.RETIRED_CHUNK);
    if (pending == 0 && retired == 0) {
      return;
    }
    checkSlot(slot);
    long refersTo = memory.getLong(slot, 0);
    if (pending != 0 && refersTo != pending) {
      allocator.freeIfAllocated(pending);
    }
    if (retired != 0) {
      if (pending == 0 && refersTo == retired) {
        memory.putLongRelease(slot, 0, 0);
        refersTo = 0;
      }
      if (refersTo != retired) {
        allocator.freeIfAllocated(retired);
      }
    }
    // In this order: a move whose first word is gone reads as an allocation that was settled.
    clearWord(IntentLayout.RETIRED_CHUNK);
    clearWord(IntentLayout.PENDING_CHUNK);
  }

  private void checkSlot(long slot) {
    if (slot < HeaderLayout.DESCRIPTORS || slot >= HeaderLayout.BYTES) {
      context.reach.check("directory", slot, 8);
    }
  }

  private void settleGrowthWords() {
    long live = DescriptorLayout.position(header(HeaderLayout.SELECTOR));
    long next = header(HeaderLayout.NEXT_DIRECTORY);
    if (next != 0
        && (next == memory.getLong(live, DescriptorLayout.BUCKETS)
            || next == header(HeaderLayout.RELEASING_DIRECTORY))) {
      clearWord(HeaderLayout.NEXT_DIRECTORY);
    }
    long releasing = header(HeaderLayout.RELEASING_DIRECTORY);
    if (releasing != 0
        && (releasing == memory.getLong(live, DescriptorLayout.OLD_BUCKETS)
            || releasing == memory.getLong(live, DescriptorLayout.BUCKETS))) {
      clearWord(HeaderLayout.RELEASING_DIRECTORY);
    }
  }

  private void settleOperation() {
    long kind = header(IntentLayout.KIND);
    if (kind == IntentLayout.NONE) {
      return;
    }
    Table table = new Table(context);
    switch ((int) kind) {
      case IntentLayout.INSERT:
        settleInsert(table);
        break;
      case IntentLayout.INSERT_OVERFLOW:
        settleInsertOverflow(table);
        break;
      case IntentLayout.REPLACE:
        settleReplace(layout.value(cell()), IntentLayout.PENDING_VALUE, IntentLayout.RETIRED_VALUE);
        break;
      case IntentLayout.MOVE_KEY:
        settleReplace(layout.key(cell()), IntentLayout.PENDING_KEY, IntentLayout.RETIRED_KEY);
        break;
      case IntentLayout.DELETE:
        settleDelete(table);
        break;
      case IntentLayout.EVACUATE:
        settleEvacuate(table);
        break;
      default:
        throw new CorruptStoreException("intent", IntentLayout.KIND, "unknown kind, kind=" + kind);
    }
    clearWord(IntentLayout.KIND);
  }

  private long bucket() {
    long bucket = header(IntentLayout.BUCKET);
    context.reach.check("intent", bucket, layout.bytes());
    return bucket;
  }

  private int cell() {
    long cell = header(IntentLayout.CELL);
    if (cell < 0 || cell >= BucketLayout.CELLS) {
      throw new CorruptStoreException("intent", IntentLayout.CELL, "no such cell, cell=" + cell);
    }
    return (int) cell;
  }

  private boolean cellIsOccupied() {
    return Tophash.at(memory.getLong(bucket(), BucketLayout.TOPHASH), cell())
        >= Tophash.MIN_TOPHASH;
  }

  private void settleInsert(Table table) {
    settleCount(table, cellIsOccupied());
  }

  private void settleCount(Table table, boolean committed) {
    table.setCount(header(IntentLayout.COUNT_BEFORE) + (committed ? 1 : 0));
    if (committed) {
      // The records are linked: they stay.
      clearWord(IntentLayout.PENDING_KEY);
      clearWord(IntentLayout.PENDING_VALUE);
    }
  }

  private void settleInsertOverflow(Table table) {
    long link = memory.getLong(bucket(), layout.overflow());
    boolean committed = link != 0;
    long nextOverflow = header(IntentLayout.NEXT_OVERFLOW_BEFORE);
    table.setNoverflow(header(IntentLayout.NOVERFLOW_BEFORE) + (committed ? 1 : 0));
    table.setNextOverflow(nextOverflow + (committed && !Links.isOwnBlock(link) ? 1 : 0));
    if (committed) {
      clearWord(IntentLayout.PENDING_OVERFLOW);
    }
    settleCount(table, committed);
  }

  private void settleReplace(int cellOffset, int pendingNote, int retiredNote) {
    long pending = header(pendingNote);
    if (pending != 0 && memory.getLong(bucket(), cellOffset) == pending) {
      allocator.freeIfAllocated(header(retiredNote));
      clearWord(pendingNote);
    }
  }

  private void settleDelete(Table table) {
    boolean committed = !cellIsOccupied();
    table.setCount(header(IntentLayout.COUNT_BEFORE) - (committed ? 1 : 0));
    if (committed) {
      long head = header(IntentLayout.HEAD);
      context.reach.check("intent", head, layout.bytes());
      restoreEmptyRest(table, head);
      Assigner assigner = new Assigner(table);
      assigner.zeroCell(bucket(), cell());
      assigner.freeRetired();
    }
  }

  /** Marks the empty end of a chain, whatever was marked of it before. */
  private void restoreEmptyRest(Table table, long head) {
    List<Long> chain = new ArrayList<>();
    for (long bucket = head; bucket != 0; bucket = table.overflow(bucket)) {
      chain.add(bucket);
      if (chain.size() > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
    for (int i = chain.size() - 1; i >= 0; i--) {
      long bucket = chain.get(i);
      long word = table.tophashWord(bucket);
      int cell = BucketLayout.CELLS - 1;
      while (cell >= 0 && Tophash.at(word, cell) <= Tophash.EMPTY_ONE) {
        word = Tophash.with(word, cell, Tophash.EMPTY_REST);
        cell--;
      }
      memory.putLongRelease(bucket, BucketLayout.TOPHASH, word);
      if (cell >= 0) {
        return;
      }
    }
  }

  private void settleEvacuate(Table table) {
    long oldIndex = header(IntentLayout.BUCKET);
    BucketArray old = table.old();
    if (old == null || oldIndex < 0 || oldIndex >= old.size()) {
      throw new CorruptStoreException("intent", IntentLayout.BUCKET, "no such old bucket");
    }
    Evacuator evacuator = new Evacuator(table, new Assigner(table));
    long head = old.bucket(oldIndex);
    if (head != 0 && Tophash.isEvacuated(table.tophashWord(head))) {
      evacuator.freeOwnBlocks(head);
    } else {
      evacuator.undo(oldIndex);
    }
  }

  private void freePending(int note) {
    long pending = header(note);
    if (pending != 0) {
      allocator.freeIfAllocated(pending);
      clearWord(note);
    }
  }
}
