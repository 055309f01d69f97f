package io.tophash.sync.entry;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordChecksum;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.SegmentKind;
import io.tophash.sync.shard.SegmentRead;

/**
 * The lookups of a cache: a value with the long that stands in front of its record, and a mark in
 * the slot of what was hit. As the long way of {@code RecordLookup} in all else.
 */
final class CacheLookup {
  private final SegmentTable<?> table;
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final boolean verifies;
  private final boolean marks;

  CacheLookup(SegmentTable<?> table, RecordSegments segments, boolean verifies) {
    this.table = table;
    this.memory = table.memory;
    this.segments = segments;
    this.verifies = verifies;
    this.marks = !table.isReadOnly();
  }

  /** A fresh copy of the value, behind its long; null if the key is absent. */
  byte[] copy(byte[] record, int keyBytes, long hash) {
    SegmentRead read = new SegmentRead(table.context, hash);
    while (true) {
      boolean sane;
      try {
        sane = read.begin();
        if (sane) {
          long word = read.word();
          table.views.note(read.shard(), hash, read.directoryWord());
          long found = segments.find(word, record, keyBytes, hash);
          sane = found != SegmentKind.TORN;
          boolean believed = found >= 0;
          byte[] value = null;
          boolean damaged = false;
          int stored = 0;
          if (found > 0) {
            stored = memory.getIntAcquire(bucket(found), slot(found));
            if (!SlotWord.isNil(stored)) {
              long whole = wholeRecord(word, found, stored);
              value = whole == 0 ? null : read(word, stored, whole, keyBytes);
              believed = value != null;
              damaged = believed && verifies && !matches(whole, value, hash);
              // The block of a large record can be freed while the segment stays.
              boolean stands = isStored(found, stored);
              sane = believed || !stands;
              believed &= stands;
            }
          }
          if (believed && read.isCurrent()) {
            if (damaged) {
              throw new CorruptStoreException(
                  "record",
                  RecordSegments.recordPosition(SegmentWord.position(word), stored),
                  "the checksum of a record does not match its bytes");
            }
            if (value != null && marks) {
              mark(hash, word, found);
            }
            table.countIfMiss(read.shard(), word, hash, found);
            memory.keepAlive();
            return value;
          }
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      table.again(read, sane);
    }
  }

  /** Position of the record of a slot, or of the large record; 0 if it makes no sense. */
  private long wholeRecord(long word, long found, int stored) {
    long at = RecordSegments.recordPosition(SegmentWord.position(word), stored);
    if (segments.leavesMapping(at, SyncRecordLayout.PAYLOAD)) {
      return 0;
    }
    if (!SyncRecordLayout.isLarge(memory.getInt(at, SyncRecordLayout.KEY_LENGTH))) {
      return at;
    }
    if (segments.leavesMapping(at, SyncRecordLayout.STUB_BYTES)) {
      return 0;
    }
    long large = segments.largePosition(at);
    return segments.leavesMapping(large, SyncRecordLayout.PAYLOAD) || !isStored(found, stored)
        ? 0
        : large;
  }

  private byte[] read(long word, int stored, long whole, int keyBytes) {
    long at = RecordSegments.recordPosition(SegmentWord.position(word), stored);
    int length = memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
    int offset = SyncRecordLayout.PAYLOAD + keyBytes;
    // Garbage must not make this allocate much.
    boolean fits = whole != at || length <= SyncRecordLayout.MAX_SMALL_BYTES;
    if (length < 0
        || !fits
        || segments.leavesMapping(whole, (long) offset + length)
        || segments.leavesMapping(whole + CacheLayout.EXPIRES, CacheLayout.PREFIX_BYTES)) {
      return null;
    }
    byte[] value = new byte[CacheLayout.PREFIX_BYTES + length];
    HeapBytes.LONG.set(value, 0, memory.getLong(whole, CacheLayout.EXPIRES));
    memory.getBytes(whole + offset, value, CacheLayout.PREFIX_BYTES, length);
    return value;
  }

  private boolean matches(long whole, byte[] value, long hash) {
    int from = CacheLayout.PREFIX_BYTES;
    return RecordChecksum.ofValue(value, from, value.length - from, hash)
        == memory.getInt(whole, SyncRecordLayout.CHECKSUM);
  }

  private boolean isStored(long found, int stored) {
    MappedMemory.acquireFence();
    return SlotWord.isSame(memory.getInt(bucket(found), slot(found)), stored);
  }

  /**
   * Notes in a slot that its entry was hit. One try: a mark that is lost costs nothing. In the
   * guard, where the segment cannot be replaced: so if its word still stands, the place is the
   * slot's.
   */
  private void mark(long hash, long word, long found) {
    int seen = memory.getInt(bucket(found), slot(found));
    if (SlotWord.isNil(seen) || SlotWord.isMarked(seen)) {
      return;
    }
    int shard = table.context.shardOf(hash);
    long guard = table.shards.enterGuard(shard);
    if (guard != 0) {
      try {
        long entry = table.context.entry(table.context.directoryWord(shard), hash);
        if (!table.isClosed()
            && !segments.isOutside(entry, 8)
            && memory.getLongAcquire(entry, 0) == word) {
          memory.compareAndSetInt(bucket(found), slot(found), seen, SlotWord.marked(seen));
        }
      } catch (IndexOutOfBoundsException e) {
        // Another process made the file longer: no mark this time.
      } finally {
        table.shards.leaveGuard(guard);
      }
    }
  }
}
