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
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.Retry;
import io.tophash.sync.shard.SegmentRead;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The long way of the lookups of a {@link RecordTable}: in both tables of the segment, with large
 * records, again if the segment moved meanwhile. {@link RecordLookup} says when it is gone.
 */
final class RecordSearch {
  /** A value goes into a buffer that is no array in parts of so many bytes. */
  private static final int PART_BYTES = 8 << 10;

  private final SegmentTable<?> table;
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final boolean verifies;
  private final int prefix;
  private final HitMarks marks;

  /**
   * @param marks what is noted of hits, null if nothing is
   */
  RecordSearch(SegmentTable<?> table, RecordSegments segments, boolean verifies, HitMarks marks) {
    this.table = table;
    this.memory = table.memory;
    this.segments = segments;
    this.verifies = verifies;
    this.prefix = segments.prefix();
    this.marks = marks;
  }

  static CorruptStoreException damagedRecord(long position) {
    return new CorruptStoreException(
        "record", position, "the checksum of a record does not match its bytes");
  }

  /** Length of the value, in the header of a record on the heap. */
  static int valueBytes(byte[] record) {
    return HeapBytes.getInt(record, SyncRecordLayout.VALUE_LENGTH);
  }

  /**
   * Looks a key up, as often as others come in between. The length of the value goes into the
   * header of the record; {@link #valueBytes} has it.
   *
   * @param record with the key
   * @param target for the value, from {@code at} on, if there is room; null for a fresh copy
   * @param targetBuffer if not null, the target, and the array is where the value passes through
   * @return the array that has the value, copied or not; null if the key is absent
   */
  byte[] find(
      byte[] record,
      int keyBytes,
      long hash,
      byte[] target,
      int at,
      int room,
      ByteBuffer targetBuffer) {
    SegmentRead read = new SegmentRead(table.context, hash);
    Retry retry = null;
    while (true) {
      boolean sane;
      try {
        sane = read.begin();
        if (sane) {
          long word = read.word();
          table.views.note(read.shard(), hash, read.directoryWord());
          long found = segments.find(word, record, keyBytes, hash);
          sane = found != Segments.TORN;
          boolean believed = found >= 0;
          byte[] value = null;
          long damaged = 0;
          int stored = 0;
          if (found > 0) {
            stored = memory.getIntAcquire(bucket(found), slot(found));
            if (!SlotWord.isNil(stored)) {
              long whole = wholeRecord(word, found, stored);
              int length = whole == 0 ? -1 : believedBytes(word, stored, whole, keyBytes);
              believed = length >= 0;
              if (believed) {
                HeapBytes.putInt(record, SyncRecordLayout.VALUE_LENGTH, prefix + length);
                int checksum = memory.getInt(whole, SyncRecordLayout.CHECKSUM);
                value = target == null ? new byte[prefix + length] : target;
                if (target == null || prefix + length <= room) {
                  int crc = take(whole, keyBytes, value, at, length, targetBuffer);
                  damaged = verifies && RecordImage.bound(crc, hash) != checksum ? whole : 0;
                }
              }
              // The block of a large record can be freed while the segment stays.
              boolean stands = segments.isStored(found, stored);
              sane = believed || !stands;
              believed &= stands;
            }
          }
          if (believed && value == null && !table.mayBelieve(word)) {
            sane = false;
            believed = false;
          }
          if (believed && read.isCurrent()) {
            if (damaged != 0) {
              throw damagedRecord(damaged);
            }
            if (value != null && marks != null && room >= 0) {
              marks.hit(hash, word, bucket(found) + slot(found), stored);
            }
            table.countIfMiss(read.shard(), word, hash, found);
            memory.keepAlive();
            return value;
          }
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      retry =
          table.again(retry, read.shard(), read.directoryWord(), read.entry(), read.word(), sane);
    }
  }

  /** Position of the record of a slot, or of the large record; 0 if it makes no sense. */
  long wholeRecord(long word, long found, int stored) {
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
    long block = segments.largePosition(at);
    // The block can be freed while the segment stays.
    return segments.leavesMapping(block, SyncRecordLayout.PAYLOAD)
            || !segments.isStored(found, stored)
        ? 0
        : block;
  }

  /** Length of the value of a record, -1 if it cannot be believed. */
  private int believedBytes(long word, int stored, long whole, int keyBytes) {
    long at = RecordSegments.recordPosition(SegmentWord.position(word), stored);
    int length = memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
    // Garbage must not make this allocate much.
    boolean fits = whole != at || length <= SyncRecordLayout.MAX_SMALL_BYTES;
    return length < 0
            || !fits
            || segments.leavesMapping(
                whole - prefix, prefix + SyncRecordLayout.PAYLOAD + (long) keyBytes + length)
        ? -1
        : length;
  }

  /**
   * Copies the value of a record to where it shall go, in a cache behind what stands in front of
   * the record; returns the CRC-32C of the value.
   */
  private int take(
      long record, int keyBytes, byte[] target, int at, int length, ByteBuffer targetBuffer) {
    CRC32C crc = new CRC32C();
    long from = record + SyncRecordLayout.PAYLOAD + keyBytes;
    if (targetBuffer == null) {
      if (prefix != 0) {
        HeapBytes.putLong(target, at, memory.getLong(record, CacheLayout.EXPIRES));
      }
      memory.getBytes(from, target, at + prefix, length);
      if (verifies) {
        crc.update(target, at + prefix, length);
      }
      return (int) crc.getValue();
    }
    int part = Math.min(target.length, PART_BYTES);
    int position = targetBuffer.position() + prefix;
    if (prefix != 0) {
      HeapBytes.putLong(target, 0, memory.getLong(record, CacheLayout.EXPIRES));
      targetBuffer.put(position - prefix, target, 0, prefix);
    }
    for (int done = 0; done < length; done += part) {
      int bytes = Math.min(part, length - done);
      memory.getBytes(from + done, target, 0, bytes);
      crc.update(target, 0, bytes);
      targetBuffer.put(position + done, target, 0, bytes);
    }
    return (int) crc.getValue();
  }
}
