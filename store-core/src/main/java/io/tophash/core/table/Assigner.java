package io.tophash.core.table;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Insert, overwrite and delete. Cells come in as words (up to eight bytes in the low bytes of a
 * long) or, where {@code bytes} is not null, as arrays that are at least as long as the cell.
 */
public final class Assigner {
  private final Table table;
  private final MappedMemory memory;
  private final BucketLayout layout;
  private final Intent intent;

  /**
   * @param table the table that is changed
   */
  public Assigner(Table table) {
    this.table = table;
    this.memory = table.memory;
    this.layout = table.layout;
    this.intent = new Intent(memory);
  }

  /**
   * Inserts an entry whose key is absent. Growth is the caller's affair and was done before.
   *
   * <p>Order of the stores: intent, value, key, tophash word (the commit), count, end of intent.
   */
  public void insert(
      long keyHash, long keyWord, byte[] keyBytes, long valueWord, byte[] valueBytes) {
    table.modified();
    table.current().changing(keyHash & table.current().size() - 1);
    long head = table.current().ensureBucket(keyHash & table.current().size() - 1);
    long bucket = head;
    long hops = 0;
    while (true) {
      long word = table.tophashWord(bucket);
      long empty = Tophash.matchEmpty(word);
      if (empty != 0) {
        int cell = Tophash.firstCell(empty);
        intent.begin(IntentLayout.INSERT, bucket, cell, head, table);
        CrashPoint.reached("insert.begun");
        writeValue(bucket, cell, valueWord, valueBytes);
        writeKey(bucket, cell, keyWord, keyBytes);
        CrashPoint.reached("insert.written");
        memory.putLongRelease(
            bucket, BucketLayout.TOPHASH, Tophash.with(word, cell, Tophash.of(keyHash)));
        break;
      }
      long next = table.overflow(bucket);
      if (next == 0) {
        insertInNewBucket(head, bucket, keyHash, keyWord, keyBytes, valueWord, valueBytes);
        break;
      }
      bucket = next;
      if (++hops > 1000 && hops > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
    MappedMemory.storeStoreFence();
    CrashPoint.reached("insert.committed");
    table.setCount(table.count() + 1);
    CrashPoint.reached("insert.counted");
    settleRecords();
    CrashPoint.reached("insert.settled");
    intent.end();
  }

  private void insertInNewBucket(
      long head,
      long tail,
      long keyHash,
      long keyWord,
      byte[] keyBytes,
      long valueWord,
      byte[] valueBytes) {
    long link = newOverflowBucket();
    long bucket = Links.position(link);
    intent.begin(IntentLayout.INSERT_OVERFLOW, tail, 0, head, table);
    CrashPoint.reached("insertOverflow.begun");
    writeValue(bucket, 0, valueWord, valueBytes);
    writeKey(bucket, 0, keyWord, keyBytes);
    memory.putLong(bucket, BucketLayout.TOPHASH, Tophash.of(keyHash));
    CrashPoint.reached("insertOverflow.written");
    memory.putLongRelease(tail, layout.overflow(), link);
    MappedMemory.storeStoreFence();
    CrashPoint.reached("insertOverflow.linked");
    countOverflowBucket(link);
  }

  /** An empty overflow bucket that nothing refers to yet: its link word. */
  long newOverflowBucket() {
    int b = table.b();
    long link;
    if (table.nextOverflow() < DirectoryLayout.preallocatedOverflow(b)) {
      link = Links.of(table.current().ensureBucket((1L << b) + table.nextOverflow()), false);
    } else {
      link =
          Links.of(
              table.context.allocator.allocate(layout.bytes(), IntentLayout.PENDING_OVERFLOW),
              true);
      CrashPoint.reached("overflow.allocated");
    }
    long bucket = Links.position(link);
    memory.putLong(bucket, BucketLayout.TOPHASH, 0);
    memory.putLong(bucket, layout.overflow(), 0);
    return link;
  }

  /** Counts an overflow bucket after it was linked. */
  void countOverflowBucket(long link) {
    table.setNoverflow(table.noverflow() + 1);
    if (Links.isOwnBlock(link)) {
      intent.settled(IntentLayout.PENDING_OVERFLOW);
    } else {
      table.setNextOverflow(table.nextOverflow() + 1);
    }
    CrashPoint.reached("overflow.counted");
  }

  private void writeValue(long bucket, int cell, long word, byte[] bytes) {
    writeCell(bucket, layout.value(cell), layout.valueCellBytes(), word, bytes);
  }

  private void writeKey(long bucket, int cell, long word, byte[] bytes) {
    writeCell(bucket, layout.key(cell), layout.keyCellBytes(), word, bytes);
  }

  private void writeCell(long bucket, int offset, int cellBytes, long word, byte[] bytes) {
    if (bytes != null) {
      memory.putBytes(bucket + offset, bytes, 0, cellBytes);
    } else if (cellBytes == 8) {
      memory.putLong(bucket, offset, word);
    } else if (cellBytes == 4) {
      memory.putInt(bucket, offset, (int) word);
    } else if (cellBytes == 1) {
      memory.putByte(bucket, offset, (byte) word);
    }
  }

  /** Overwrites an inline value of up to eight bytes: one store, not before those made so far. */
  public void overwriteWord(long found, long word) {
    table.modified();
    MappedMemory.storeStoreFence();
    writeCell(found & -8, layout.value((int) found & 7), layout.valueCellBytes(), word, null);
  }

  /** Overwrites a longer inline value, which a kill may tear, under the undo record. */
  public void overwriteBytes(long found, byte[] bytes) {
    table.modified();
    int length = layout.valueCellBytes();
    long cell = (found & -8) + layout.value((int) found & 7);
    memory.putLong(0, HeaderLayout.UNDO, cell);
    memory.putInt(0, HeaderLayout.UNDO + 8, length);
    memory.copy(cell, HeaderLayout.UNDO + 16, length);
    memory.putIntRelease(0, HeaderLayout.UNDO + 12, 1);
    MappedMemory.storeStoreFence();
    CrashPoint.reached("overwrite.noted");
    int half = length / 2;
    memory.putBytes(cell, bytes, 0, half);
    CrashPoint.reached("overwrite.torn");
    memory.putBytes(cell + half, bytes, half, length - half);
    CrashPoint.reached("overwrite.written");
    memory.putIntRelease(0, HeaderLayout.UNDO + 12, 0);
    MappedMemory.storeStoreFence();
    CrashPoint.reached("overwrite.settled");
  }

  /**
   * Makes an indirect value cell refer to a new record, whose block is noted as pending, and frees
   * the old one.
   */
  public void replaceRecord(long found, long record) {
    int offset = layout.value((int) found & 7);
    int kind = IntentLayout.REPLACE;
    replace(kind, found, offset, IntentLayout.PENDING_VALUE, IntentLayout.RETIRED_VALUE, record);
  }

  /** The same for the cell of an indirect key, to a copy of its record. */
  void moveKey(long found, long record) {
    int offset = layout.key((int) found & 7);
    int kind = IntentLayout.MOVE_KEY;
    replace(kind, found, offset, IntentLayout.PENDING_KEY, IntentLayout.RETIRED_KEY, record);
  }

  private void replace(
      int kind, long found, int offset, int pendingNote, int retiredNote, long record) {
    table.modified();
    long bucket = found & -8;
    long retired = memory.getLong(bucket, offset);
    memory.putLong(0, retiredNote, retired);
    intent.begin(kind, bucket, (int) found & 7, 0, table);
    CrashPoint.reached("replace.begun");
    memory.putLongRelease(bucket, offset, record);
    MappedMemory.storeStoreFence();
    CrashPoint.reached("replace.committed");
    table.context.allocator.free(retired);
    CrashPoint.reached("replace.freed");
    intent.settled(pendingNote);
    CrashPoint.reached("replace.settled");
    intent.end();
  }

  /** As {@link #delete(long, long)} for the entry of this hash; an empty table draws a new seed. */
  public void deleteEntry(long found, long keyHash) {
    table.changing(keyHash);
    delete(found, table.head(keyHash));
    if (table.count() == 0) {
      table.reseed(ThreadLocalRandom.current().nextLong());
    }
  }

  /**
   * Deletes the entry in a cell.
   *
   * <p>Order of the stores: intent, tophash word (the commit), the emptyRest marks of the buckets
   * before it, the cell zeroed, count, blocks freed, end of intent.
   *
   * @param head position of the head of the chain
   */
  void delete(long found, long head) {
    table.modified();
    long bucket = found & -8;
    int cell = (int) found & 7;
    if (layout.indirectKeys()) {
      memory.putLong(0, IntentLayout.RETIRED_KEY, memory.getLong(bucket, layout.key(cell)));
    }
    if (layout.indirectValues()) {
      memory.putLong(0, IntentLayout.RETIRED_VALUE, memory.getLong(bucket, layout.value(cell)));
    }
    intent.begin(IntentLayout.DELETE, bucket, cell, head, table);
    CrashPoint.reached("delete.begun");
    markEmpty(bucket, cell, head);
    CrashPoint.reached("delete.marked");
    zeroCell(bucket, cell);
    table.setCount(table.count() - 1);
    CrashPoint.reached("delete.counted");
    freeRetired();
    CrashPoint.reached("delete.freed");
    intent.end();
  }

  /** Frees the records of a deleted entry; may be repeated after a kill. */
  void freeRetired() {
    if (layout.indirectKeys()) {
      table.context.allocator.freeIfAllocated(memory.getLong(0, IntentLayout.RETIRED_KEY));
      CrashPoint.reached("delete.keyFreed");
    }
    if (layout.indirectValues()) {
      table.context.allocator.freeIfAllocated(memory.getLong(0, IntentLayout.RETIRED_VALUE));
    }
  }

  /** Zeroes what an entry leaves in its cell. */
  void zeroCell(long bucket, int cell) {
    writeCellZero(bucket, layout.value(cell), layout.valueCellBytes());
    if (layout.indirectKeys()) {
      memory.putLong(bucket, layout.key(cell), 0);
    }
  }

  private void writeCellZero(long bucket, int offset, int cellBytes) {
    if (cellBytes <= 8) {
      writeCell(bucket, offset, cellBytes, 0, null);
    } else {
      memory.zero(bucket + offset, cellBytes);
    }
  }

  /**
   * Turns a cell into emptyOne and, if nothing follows it in its chain, the run of emptyOne that it
   * ends into emptyRest, backwards up to the head (Go's mapdelete). The first store removes the
   * entry.
   */
  void markEmpty(long bucket, int cell, long head) {
    long word = Tophash.with(table.tophashWord(bucket), cell, Tophash.EMPTY_ONE);
    boolean last;
    if (cell == BucketLayout.CELLS - 1) {
      long next = table.overflow(bucket);
      last = next == 0 || Tophash.at(table.tophashWord(next), 0) == Tophash.EMPTY_REST;
    } else {
      last = Tophash.at(word, cell + 1) == Tophash.EMPTY_REST;
    }
    if (last) {
      word = clearRun(word, cell);
    }
    storeWord(bucket, word);
    CrashPoint.reached("delete.committed");
    while (last && Tophash.at(word, 0) == Tophash.EMPTY_REST && bucket != head) {
      bucket = previous(head, bucket);
      word = table.tophashWord(bucket);
      last = Tophash.at(word, BucketLayout.CELLS - 1) == Tophash.EMPTY_ONE;
      if (last) {
        word = clearRun(word, BucketLayout.CELLS - 1);
        storeWord(bucket, word);
        CrashPoint.reached("delete.restMarked");
      }
    }
  }

  // Later stores (the cell zeroed, blocks freed) must not come before this one.
  private void storeWord(long bucket, long word) {
    memory.putLongRelease(bucket, BucketLayout.TOPHASH, word);
    MappedMemory.storeStoreFence();
  }

  /** The word with the run of emptyOne that ends at this cell turned into emptyRest. */
  private static long clearRun(long word, int cell) {
    for (int i = cell; i >= 0 && Tophash.at(word, i) == Tophash.EMPTY_ONE; i--) {
      word = Tophash.with(word, i, Tophash.EMPTY_REST);
    }
    return word;
  }

  private long previous(long head, long bucket) {
    long before = head;
    for (long hops = 0; ; hops++) {
      long next = table.overflow(before);
      if (next == bucket) {
        return before;
      }
      if (next == 0 || hops > table.maxHops()) {
        throw Table.circle(before);
      }
      before = next;
    }
  }

  private void settleRecords() {
    if (layout.indirectKeys()) {
      intent.settled(IntentLayout.PENDING_KEY);
    }
    if (layout.indirectValues()) {
      intent.settled(IntentLayout.PENDING_VALUE);
    }
  }
}
