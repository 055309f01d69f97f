package io.tophash.core.table;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.MappedMemory;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/**
 * Walks everything and reports each broken invariant: the chains (codes, emptyRest, circles), each
 * entry (tophash and place against its hash, no second of its key), each record (allocated, large
 * enough, checksum), the counters, and the allocator against what is reachable.
 *
 * <p>Changes nothing. Heap use is constant for a whole store; 8 MiB more for each window that is
 * looked at again because its blocks do not agree.
 */
public final class TableVerifier {
  /** Longer chains (only bad hash functions make them) are not searched for double keys. */
  private static final int DOUBLE_KEY_LIMIT = 64;

  /** Where findings go. */
  @FunctionalInterface
  public interface Sink {
    /** Takes one broken invariant and its place, in bytes from the start of the file. */
    void accept(String section, long position, String problem);
  }

  private static final int PROGRESS_STEP = 1 << 12;

  private Progress progress;
  private final Table table;
  private final TableContext context;
  private final MappedMemory memory;
  private final BucketLayout layout;
  private final Sink sink;
  private final CRC32C crc = new CRC32C();
  private final BlockComparison comparison;

  private long entries;
  private long overflowBuckets;
  private long ownBlocks;

  /**
   * @param table the table; its store must not change meanwhile
   * @param sink where findings go
   */
  public TableVerifier(Table table, Sink sink) {
    this.table = table;
    this.context = table.context;
    this.memory = table.memory;
    this.layout = table.layout;
    this.sink = sink;
    this.comparison = new BlockComparison(context, sink);
  }

  /** Hears how far the walk is. */
  @FunctionalInterface
  public interface Progress {
    /** So many buckets of all are walked. */
    void walked(long buckets, long all);
  }

  /**
   * Verifies all.
   *
   * @param to hears how far it is, now and then
   * @return the number of entries found
   */
  public long run(Progress to) {
    progress = to;
    try {
      if (memory.getLong(0, IntentLayout.KIND) != IntentLayout.NONE) {
        report("intent", IntentLayout.KIND, "an operation is under way");
      }
      checkSums(table.current());
      if (table.isGrowing()) {
        checkSums(table.old());
      }
      walk(comparison::reached, true);
      progress.walked(table.current().size(), table.current().size());
      compareCounters();
      comparison.run(blocks -> walk(blocks, false));
    } catch (CorruptStoreException e) {
      report("walk", 0, "the walk was given up: " + e.getMessage());
    }
    return entries;
  }

  private void checkSums(BucketArray array) {
    if (array.sums != null) {
      array.sums.check(sink);
    }
  }

  private void report(String section, long position, String problem) {
    sink.accept(section, position, problem);
  }

  // --- the walk --------------------------------------------------------------------------------

  /** Passes every block that the table refers to. */
  private void walk(LongConsumer blocks, boolean check) {
    BucketArray current = table.current();
    arrayBlocks(current, blocks);
    for (long i = 0; i < current.size(); i++) {
      if (check && (i & PROGRESS_STEP - 1) == 0) {
        progress.walked(i, current.size());
      }
      long head = current.bucket(i);
      if (head != 0) {
        chain(current, head, i, blocks, check, true);
      }
    }
    if (table.isGrowing()) {
      BucketArray old = table.old();
      arrayBlocks(old, blocks);
      for (long i = 0; i < old.size(); i++) {
        oldChain(old, i, blocks, check);
      }
    }
    preparedArray(HeaderLayout.NEXT_DIRECTORY, blocks);
    preparedArray(HeaderLayout.RELEASING_DIRECTORY, blocks);
  }

  private void oldChain(BucketArray old, long index, LongConsumer blocks, boolean check) {
    long head = old.bucket(index);
    boolean evacuated = head == 0 || Tophash.isEvacuated(table.tophashWord(head));
    if (!evacuated) {
      if (check && index < table.nevacuate()) {
        report("old bucket", head, "it lies before the mark and is not evacuated, index=" + index);
      }
      chain(old, head, index, blocks, check, false);
    }
    if (check && !evacuated) {
      checkWiped(index);
      if (!table.isSameSizeGrowing()) {
        checkWiped(index + old.size());
      }
    }
  }

  private void checkWiped(long index) {
    long head = table.current().bucket(index);
    if (head != 0 && (table.tophashWord(head) | table.overflowLink(head)) != 0) {
      report("bucket", head, "it has entries before its old bucket was evacuated, index=" + index);
    }
  }

  private void preparedArray(int slot, LongConsumer blocks) {
    long directory = memory.getLong(0, slot);
    if (directory != 0) {
      arrayBlocks(BucketArray.open(context, directory), blocks);
    }
  }

  private void arrayBlocks(BucketArray array, LongConsumer blocks) {
    if (array.directory() != 0) {
      blocks.accept(array.directory());
    }
    for (long chunk : array.chunks()) {
      if (chunk != 0) {
        blocks.accept(chunk);
      }
    }
  }

  private void chain(
      BucketArray array, long head, long index, LongConsumer blocks, boolean check, boolean live) {
    boolean ended = false;
    int length = 0;
    int trailing = -1;
    long lastBucket = head;
    for (long bucket = head; bucket != 0; ) {
      length++;
      long word = table.tophashWord(bucket);
      for (int cell = 0; cell < BucketLayout.CELLS; cell++) {
        int top = Tophash.at(word, cell);
        if (top >= Tophash.MIN_TOPHASH) {
          entry(array, bucket, cell, index, blocks, check, length <= DOUBLE_KEY_LIMIT);
        }
        if (check) {
          if (top > Tophash.EMPTY_ONE && top < Tophash.MIN_TOPHASH) {
            report("bucket", bucket, "an evacuation code in a live chain, cell=" + cell);
          }
          if (ended && top != Tophash.EMPTY_REST) {
            report("bucket", bucket, "a cell behind emptyRest is not empty, cell=" + cell);
          }
          if (top == Tophash.EMPTY_REST && !ended && trailing == Tophash.EMPTY_ONE) {
            report("bucket", bucket, "emptyOne before emptyRest, cell=" + cell);
          }
        }
        ended |= top == Tophash.EMPTY_REST;
        trailing = top;
      }
      lastBucket = bucket;
      long link = table.overflowLink(bucket);
      bucket = table.overflow(bucket);
      if (bucket != 0) {
        overflowBuckets += live && check ? 1 : 0;
        if (Links.isOwnBlock(link)) {
          ownBlocks += live && check ? 1 : 0;
          blocks.accept(bucket);
        }
      }
      if (length > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
    if (check && trailing == Tophash.EMPTY_ONE) {
      report("bucket", lastBucket, "the chain ends with emptyOne");
    }
  }

  private void entry(
      BucketArray array,
      long bucket,
      int cell,
      long index,
      LongConsumer blocks,
      boolean check,
      boolean shortChain) {
    entries += check ? 1 : 0;
    try {
      if (layout.indirectKeys()) {
        blocks.accept(record("key record", bucket, cell, layout.key(cell), check));
      }
      if (layout.indirectValues()) {
        blocks.accept(record("value record", bucket, cell, layout.value(cell), check));
      }
      if (check) {
        place(array, bucket, cell, index, shortChain);
      }
    } catch (CorruptStoreException e) {
      if (check) {
        report("entry", bucket, e.getMessage() + ", cell=" + cell);
      }
    }
  }

  private void place(BucketArray array, long bucket, int cell, long index, boolean shortChain) {
    long keyHash = table.hashOfCell(bucket, cell);
    int top = Tophash.at(table.tophashWord(bucket), cell);
    if (top != Tophash.of(keyHash)) {
      report("bucket", bucket, "the tophash byte is not that of the key, cell=" + cell);
    }
    if ((keyHash & array.size() - 1) != index) {
      report("bucket", bucket, "the key belongs to another bucket, cell=" + cell);
    } else if (shortChain && firstOfKey(bucket, cell, keyHash) != bucket + cell) {
      report("bucket", bucket, "the key stands twice in its chain, cell=" + cell);
    }
  }

  private long firstOfKey(long bucket, int cell, long keyHash) {
    int offset = layout.key(cell);
    if (!layout.indirectKeys() && context.keyFixedBytes == 8) {
      return table.findLong(memory.getLong(bucket, offset), keyHash);
    }
    long from = bucket + offset;
    int length = context.keyFixedBytes;
    if (layout.indirectKeys()) {
      long record = memory.getLong(bucket, offset);
      from = record + RecordLayout.PAYLOAD;
      length = memory.getInt(record, RecordLayout.LENGTH);
    }
    byte[] key = new byte[length];
    memory.getBytes(from, key, 0, length);
    return table.findBytes(key, length, keyHash);
  }

  private long record(String section, long bucket, int cell, int cellOffset, boolean check) {
    long record = table.record(section, bucket, cellOffset);
    if (check) {
      int length = memory.getInt(record, RecordLayout.LENGTH);
      if (context.allocator.blockBytes(record) < RecordLayout.bytes(length)) {
        report(section, record, "it is longer than its block, length=" + length);
      } else {
        crc.reset();
        crc.update(memory.readView(record + RecordLayout.PAYLOAD, length));
        long hash = table.hashOfCell(bucket, cell);
        if (RecordLayout.checksum((int) crc.getValue(), hash)
            != memory.getInt(record, RecordLayout.CHECKSUM)) {
          report(section, record, "the checksum does not match, length=" + length);
        }
      }
    }
    return record;
  }

  // --- totals ----------------------------------------------------------------------------------

  private void compareCounters() {
    if (entries != table.count()) {
      report(
          "table descriptor",
          table.descriptor(),
          "the count is wrong, count=" + table.count() + " found=" + entries);
    }
    if (overflowBuckets != table.noverflow()) {
      report(
          "table descriptor",
          table.descriptor(),
          "noverflow is wrong, noverflow=" + table.noverflow() + " found=" + overflowBuckets);
    }
    long fromArray = overflowBuckets - ownBlocks;
    if (fromArray != table.nextOverflow()
        || fromArray > DirectoryLayout.preallocatedOverflow(table.b())) {
      report(
          "table descriptor",
          table.descriptor(),
          "nextOverflow is wrong, nextOverflow=" + table.nextOverflow() + " found=" + fromArray);
    }
  }
}
