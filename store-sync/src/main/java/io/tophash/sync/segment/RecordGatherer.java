package io.tophash.sync.segment;

import static io.tophash.sync.format.SegmentLayout.BLOCK_BYTES;
import static io.tophash.sync.format.SegmentLayout.HAND;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.LOG_END;
import static io.tophash.sync.format.SegmentLayout.TAIL;
import static io.tophash.sync.format.SyncRecordLayout.KEY_LENGTH;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.format.Tophash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;

/**
 * Copies segments of records to the heap. With the shard frozen a copy is exact; beside writers it
 * is one of which each entry was there at some moment of the copying, if the segment word still
 * stands afterwards. That rests on the order: words of the dirty table, cells, log.
 */
final class RecordGatherer {
  private final RecordSegments kind;
  private final MappedMemory memory;

  RecordGatherer(RecordSegments kind) {
    this.kind = kind;
    this.memory = kind.memory;
  }

  /** See {@link SegmentKind#gather}. */
  boolean gather(long segmentWord, Gathered g) {
    long block = SegmentWord.position(segmentWord);
    if (kind.leavesMapping(block, HEADER_BYTES)) {
      return false;
    }
    int dirty = kind.dirtyBuckets(segmentWord);
    if (dirty < 0 || dirty > SegmentWord.MAX_BUCKETS) {
      return false;
    }
    int buckets = SegmentWord.readBuckets(segmentWord) + dirty;
    int tables = kind.tableBytes(buckets);
    if (kind.leavesMapping(block, tables)) {
      return false;
    }
    int at = g.reserve(tables);
    kind.copyTables(block, buckets, g, at);
    if (!SegmentKind.isSealed(g.bytes, at)) {
      return false;
    }
    // The log after the slots: what they refer to is in it by now, whoever appends meanwhile.
    MappedMemory.acquireFence();
    int end = Math.min(memory.getIntVolatile(block, TAIL), memory.getInt(block, LOG_END));
    if (end < tables || kind.leavesMapping(block, end)) {
      return false;
    }
    g.reserve(end - tables);
    memory.getBytes(block + tables, g.bytes, at + tables, end - tables);
    g.garbage += end - tables;
    if (kind.isCache() && !gatherAging(g, block, at)) {
      return false;
    }
    // The slots once more after the log: a record whose slot has changed may be another one's.
    MappedMemory.acquireFence();
    for (int b = 0; b < buckets; b++) {
      if (!gatherBucket(g, block, at, kind.tableBytes(b), end)) {
        return false;
      }
    }
    return true;
  }

  private boolean gatherAging(Gathered g, long block, int start) {
    int hand = memory.getInt(block, HAND);
    if (g.aging.hand == 0 && hand > 0) {
      g.aging.hand = start + hand;
    }
    int from = memory.getInt(block, LOG_END);
    int to = memory.getInt(block, BLOCK_BYTES);
    if (from < 0 || from > to || kind.leavesMapping(block, to)) {
      return false;
    }
    for (int i = from; i + 8 <= to; i += 8) {
      long four = memory.getLong(block, i);
      for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
        g.aging.addOldGhost((short) (four >>> shift));
      }
    }
    return true;
  }

  private boolean gatherBucket(Gathered g, long block, int start, int bucketOffset, int end) {
    int bucket = start + bucketOffset;
    long word = (long) HeapBytes.LONG.get(g.bytes, bucket);
    int cells = SegmentKind.usedCells(word);
    for (int cell = 0; cell < cells; cell++) {
      int slot = (int) HeapBytes.INT.get(g.bytes, bucket + RecordSegments.slot(cell));
      if (SlotWord.isNil(slot) || Tophash.at(word, cell) == 0) {
        continue;
      }
      int now = memory.getInt(block + bucketOffset, RecordSegments.slot(cell));
      if (!SlotWord.isSame(now, slot) && !kind.isCache()) {
        if (!gatherAgain(g, block, block + bucketOffset, cell)) {
          return false;
        }
        continue;
      }
      int offset = SlotWord.offset(slot);
      if (offset < HEADER_BYTES + kind.prefix() || offset + PAYLOAD > end) {
        return false;
      }
      int record = start + offset;
      long bytes = recordBytes(g.bytes, record);
      if (bytes < 0 || offset + bytes > end) {
        return false;
      }
      g.addRecord(hashOf(g.bytes, record), record, slot, bytes, block + bucketOffset | cell);
      g.garbage -= kind.logBytes(bytes);
    }
    return true;
  }

  /**
   * Adds an entry whose slot has changed since the tables were copied: with the record to which it
   * refers now, copied behind the block. The place of the former one may be another record's.
   */
  private boolean gatherAgain(Gathered g, long block, long bucket, int cell) {
    int copy = g.reserve(SyncRecordLayout.MAX_SMALL_BYTES);
    while (true) {
      int slot = memory.getIntAcquire(bucket, RecordSegments.slot(cell));
      long at = RecordSegments.recordPosition(block, slot);
      boolean fits = !kind.leavesMapping(at, PAYLOAD);
      long bytes = 0;
      if (fits) {
        memory.getBytes(at, g.bytes, copy, PAYLOAD);
        bytes = recordBytes(g.bytes, copy);
        fits =
            bytes >= PAYLOAD
                && bytes <= SyncRecordLayout.MAX_SMALL_BYTES
                && !kind.leavesMapping(at, bytes);
      }
      if (fits) {
        memory.getBytes(at, g.bytes, copy, (int) bytes);
        fits = recordBytes(g.bytes, copy) == bytes;
      }
      if (kind.isStored(bucket, cell, slot)) {
        if (fits && !SlotWord.isNil(slot)) {
          g.addRecord(hashOf(g.bytes, copy), copy, slot, bytes, bucket | cell);
        }
        return fits;
      }
    }
  }

  /** Bytes that the record takes in the log, -1 if it makes no sense. */
  private static long recordBytes(byte[] bytes, int record) {
    int lengths = (int) HeapBytes.INT.get(bytes, record + KEY_LENGTH);
    int value = (int) HeapBytes.INT.get(bytes, record + SyncRecordLayout.VALUE_LENGTH);
    if (value < 0) {
      return -1;
    }
    return SyncRecordLayout.isLarge(lengths)
        ? SyncRecordLayout.STUB_BYTES
        : SyncRecordLayout.bytes(SyncRecordLayout.keyLength(lengths), value);
  }

  private long hashOf(byte[] bytes, int record) {
    int lengths = (int) HeapBytes.INT.get(bytes, record + KEY_LENGTH);
    return SyncRecordLayout.isLarge(lengths)
        ? (long) HeapBytes.LONG.get(bytes, record + SyncRecordLayout.STUB_HASH)
        : kind.keyHash.ofBytes(bytes, record + PAYLOAD, SyncRecordLayout.keyLength(lengths));
  }

  /**
   * Copies a large record up to the end of its key, for the reader of a gathered segment. The
   * record that was gathered may have been replaced since, and its block freed; so this is the one
   * that the slot refers to now. As all else, it is believed only if the segment word still stands.
   *
   * @return null if the entry was deleted meanwhile
   * @throws IndexOutOfBoundsException if a reference leads outside
   */
  byte[] copyKey(long segmentWord, Gathered g, int entry) {
    long cell = g.cells[entry];
    int lengths = (int) HeapBytes.INT.get(g.bytes, g.recordOffset(entry) + KEY_LENGTH);
    byte[] copy = new byte[PAYLOAD + SyncRecordLayout.keyLength(lengths)];
    while (true) {
      int slot = memory.getIntAcquire(RecordSegments.bucket(cell), RecordSegments.slot(cell));
      if (SlotWord.isNil(slot)) {
        return null;
      }
      long at = RecordSegments.recordPosition(SegmentWord.position(segmentWord), slot);
      kind.checkRecord(at);
      if (SyncRecordLayout.isLarge(memory.getInt(at, KEY_LENGTH))) {
        at = kind.largePosition(at);
      }
      kind.checkInside(at, copy.length);
      memory.getBytes(at, copy, 0, copy.length);
      // The place of a small one may be used again, and the block of a large one be freed.
      if (kind.isStored(cell, slot)) {
        return copy;
      }
    }
  }
}
