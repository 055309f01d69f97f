package io.tophash.sync.segment;

import static io.tophash.sync.format.SegmentLayout.BLOCK_BYTES;
import static io.tophash.sync.format.SegmentLayout.HAND;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SegmentLayout.LOG_END;
import static io.tophash.sync.format.SegmentLayout.RECORD_BUCKET_BYTES;
import static io.tophash.sync.format.SegmentLayout.TAIL;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

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

  /** See {@link Segments#gather}. */
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
    if (!SegmentImage.isSealed(g.bytes, at) || !kind.sealed().mayBelieve(segmentWord)) {
      return false;
    }
    // The log after the slots: what they refer to is in it by now, whoever appends meanwhile.
    MappedMemory.acquireFence();
    int end = Math.min(memory.getIntVolatile(block, TAIL), memory.getInt(block, LOG_END));
    if (end < tables || kind.leavesMapping(block, end)) {
      return false;
    }
    g.logAt = g.reserve(end - tables);
    memory.getBytes(block + tables, g.bytes, g.logAt, end - tables);
    g.logBytes = g.count == 0 && g.logBytes == 0 ? end - tables : -1;
    g.garbage += end - tables;
    if (kind.isCache() && !gatherAging(g, block, at)) {
      return false;
    }
    // The slots once more after the log: a record whose slot has changed may be another one's.
    MappedMemory.acquireFence();
    return gatherCells(
        new SegmentImage(g.bytes, at, tables, buckets, RECORD_BUCKET_BYTES), g, block, at, end);
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

  private boolean gatherCells(SegmentImage image, Gathered g, long block, int start, int end) {
    while (image.next()) {
      int slot = image.slot();
      if (SlotWord.isNil(slot)) {
        continue;
      }
      long bucket = block + image.bucketOffset();
      int now = memory.getInt(bucket, RecordSegments.slot(image.cell()));
      if (!SlotWord.isSame(now, slot) && !kind.isCache()) {
        if (!gatherAgain(g, block, bucket, image.cell())) {
          return false;
        }
        continue;
      }
      int offset = SlotWord.offset(slot);
      if (offset < HEADER_BYTES + kind.prefix() || offset + PAYLOAD > end) {
        return false;
      }
      int record = start + offset;
      long bytes = RecordImage.bytesHere(g.bytes, record);
      if (bytes < 0 || offset + bytes > end) {
        return false;
      }
      long hash = RecordImage.hash(g.bytes, record, kind.keyHash);
      g.addRecord(hash, record, slot, bytes, bucket | image.cell());
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
        bytes = RecordImage.bytesHere(g.bytes, copy);
        fits =
            bytes >= PAYLOAD
                && bytes <= SyncRecordLayout.MAX_SMALL_BYTES
                && !kind.leavesMapping(at, bytes);
      }
      if (fits) {
        memory.getBytes(at, g.bytes, copy, (int) bytes);
        fits = RecordImage.bytesHere(g.bytes, copy) == bytes;
      }
      if (kind.isStored(bucket, cell, slot)) {
        if (fits && !SlotWord.isNil(slot)) {
          g.addRecord(
              RecordImage.hash(g.bytes, copy, kind.keyHash), copy, slot, bytes, bucket | cell);
        }
        return fits;
      }
    }
  }
}
