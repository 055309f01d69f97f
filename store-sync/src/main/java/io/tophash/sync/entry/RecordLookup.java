package io.tophash.sync.entry;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.SegmentKind;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.SegmentRead;
import java.util.zip.CRC32C;

/** The lookups of a {@link RecordTable}. */
public final class RecordLookup {
  private final SegmentTable<?> table;
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final DirectoryViews views;
  private final boolean verifies;

  RecordLookup(SegmentTable<?> table, RecordSegments segments, boolean verifies) {
    this.table = table;
    this.memory = table.memory;
    this.segments = segments;
    this.views = table.views;
    this.verifies = verifies;
  }

  /** Receives what a lookup found. */
  interface Reader<R> {
    /**
     * Reads the value. What it returns counts only if it stands the validation that follows.
     *
     * @param record position of the record
     * @param offset of the value behind it
     * @param length of the value; within the mapping
     */
    R read(long record, int offset, int length);
  }

  /** The reader of who asks only if the key is there: of a value it looks at no byte. */
  static final Reader<Boolean> PRESENT = (record, offset, length) -> Boolean.TRUE;

  /** What {@link #plain} says of a key that is surely absent. */
  private static final Object ABSENT = new Object();

  /** What the reader made of the value, null if the key is absent. */
  @SuppressWarnings("unchecked")
  <R> R get(byte[] record, int keyBytes, long hash, Reader<R> reader) {
    table.checkOpen();
    try {
      Object value = plain(record, keyBytes, hash, reader);
      if (value != null) {
        return value == ABSENT ? null : (R) value;
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return lookup(record, keyBytes, hash, reader);
  }

  /**
   * The plain way, as in {@link InlineLookup}: a small record whose slot stands in the home bucket,
   * the key's cell whose entry is deleted, or a home bucket with nothing that looks like the key
   * and with a free cell or a filter that excludes it.
   *
   * @return null if that does not decide it, or if anything is odd
   */
  private Object plain(byte[] record, int keyBytes, long hash, Reader<?> reader) {
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    int extra = HashBits.extra(hash);
    long entry = view.entry(hash);
    long word = memory.getLongAcquireAt(entry, 0);
    long block = SegmentWord.position(word);
    long bucket =
        memory.place(
            SegmentKind.homeBucket(word, hash, SegmentLayout.RECORD_BUCKET_BYTES),
            SegmentLayout.RECORD_BUCKET_BYTES);
    // Pairs with publish(): the cells are read after the word that shows them.
    long tophashes = memory.getLongAcquireAt(bucket, 0);
    boolean isDeleted = false;
    boolean isLike = false;
    for (long hits = Tophash.match(tophashes, pattern); hits != 0; hits &= hits - 1) {
      int cell = Tophash.firstCell(hits);
      if (RecordSegments.extraAt(memory, bucket, cell) == extra) {
        isLike = true;
        // Pairs with the CAS of whoever changed the slot last: the record is read after it.
        int slot = memory.getIntAcquireAt(bucket, RecordSegments.slot(cell));
        long at = RecordSegments.recordPosition(block, slot);
        long place = memory.place(at, SyncRecordLayout.PAYLOAD + keyBytes);
        if (memory.getIntAt(place, SyncRecordLayout.KEY_LENGTH) == keyBytes
            && RecordSegments.sameKeyAt(memory, place, record, keyBytes)) {
          if (SlotWord.isNil(slot)) {
            // Also in a damaged segment with a second cell for the key: a change takes the first
            // one, too, and must not meet another value than the lookup before it.
            isDeleted = true;
            break;
          }
          int length = memory.getIntAt(place, SyncRecordLayout.VALUE_LENGTH);
          int offset = SyncRecordLayout.PAYLOAD + keyBytes;
          if (length < 0
              || length > SyncRecordLayout.MAX_SMALL_BYTES
              || segments.leavesMapping(at, (long) offset + length)) {
            return null;
          }
          Object value = reader.read(at, offset, length);
          boolean damaged =
              verifies
                  && reader != PRESENT
                  && checksum(at, record, keyBytes, value, length)
                      != memory.getIntAt(place, SyncRecordLayout.CHECKSUM);
          MappedMemory.acquireFence();
          if (damaged || !view.isCurrent(memory, entry, word)) {
            return null;
          }
          memory.keepAlive();
          return value;
        }
      }
    }
    boolean isAbsent =
        isDeleted
            || !isLike
                && (Tophash.endsChain(tophashes)
                    || OverflowWord.excludes(
                        memory.getLongAt(bucket, SegmentLayout.RECORD_OVERFLOW), hash));
    MappedMemory.acquireFence();
    isAbsent = isAbsent && view.isCurrent(memory, entry, word);
    memory.keepAlive();
    return isAbsent ? ABSENT : null;
  }

  static CorruptStoreException damagedRecord(long position) {
    return new CorruptStoreException(
        "record", position, "the checksum of a record does not match its bytes");
  }

  /** Copy of the present value, null if the key is absent. */
  byte[] previous(RecordOp op) {
    return get(op.record, op.keyBytes, op.hash, this::copy);
  }

  private <R> R lookup(byte[] record, int keyBytes, long hash, Reader<R> reader) {
    SegmentRead read = new SegmentRead(table.context, hash);
    while (true) {
      boolean sane;
      try {
        sane = read.begin();
        if (sane) {
          long word = read.word();
          views.note(read.shard(), hash, read.directoryWord());
          long found = segments.find(word, record, keyBytes, hash);
          sane = found != SegmentKind.TORN;
          boolean believed = found >= 0;
          R value = null;
          long damaged = 0;
          if (found > 0) {
            int stored = memory.getIntAcquire(bucket(found), slot(found));
            if (!SlotWord.isNil(stored)) {
              value = read(word, found, stored, keyBytes, reader);
              believed = value != null;
              sane = believed || !isStored(found, stored);
              if (believed && verifies && reader != PRESENT) {
                damaged = damaged(word, found, stored, record, keyBytes, value);
              }
            }
          }
          if (believed && read.isCurrent()) {
            if (damaged != 0) {
              throw damagedRecord(damaged);
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

  /** Reads the value of a live slot; null if it cannot be believed. */
  private <R> R read(long word, long found, int stored, int keyBytes, Reader<R> reader) {
    long at = RecordSegments.recordPosition(SegmentWord.position(word), stored);
    if (segments.leavesMapping(at, SyncRecordLayout.PAYLOAD)) {
      return null;
    }
    int lengths = memory.getInt(at, SyncRecordLayout.KEY_LENGTH);
    int length = memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
    if (!SyncRecordLayout.isLarge(lengths)) {
      int offset = SyncRecordLayout.PAYLOAD + keyBytes;
      // Garbage must not make the reader allocate much.
      return length < 0
              || length > SyncRecordLayout.MAX_SMALL_BYTES
              || segments.leavesMapping(at, (long) offset + length)
          ? null
          : reader.read(at, offset, length);
    }
    if (segments.leavesMapping(at, SyncRecordLayout.STUB_BYTES)) {
      return null;
    }
    long block = segments.largePosition(at);
    int offset = SyncRecordLayout.PAYLOAD + keyBytes;
    if (length < 0
        || segments.leavesMapping(block, (long) offset + length)
        || !isStored(found, stored)) {
      return null;
    }
    R value = reader.read(block, offset, length);
    // The block can be freed while the segment stays.
    return isStored(found, stored) ? value : null;
  }

  /**
   * Position of the record of a lookup if its checksum does not match, else 0. What was read is
   * compared, not what stands there now: the key of the lookup, which is the record's, and the copy
   * of the value.
   */
  private long damaged(
      long word, long found, int stored, byte[] lookup, int keyBytes, Object value) {
    long at = RecordSegments.recordPosition(SegmentWord.position(word), stored);
    int length = memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
    if (SyncRecordLayout.isLarge(memory.getInt(at, SyncRecordLayout.KEY_LENGTH))) {
      at = segments.largePosition(at);
    }
    int checksum = memory.getInt(at, SyncRecordLayout.CHECKSUM);
    return checksum(at, lookup, keyBytes, value, length) == checksum || !isStored(found, stored)
        ? 0
        : at;
  }

  /** The checksum that a record with the key of this lookup and this value has. */
  private int checksum(long at, byte[] lookup, int keyBytes, Object value, int length) {
    byte[] lengths = new byte[SyncRecordLayout.PAYLOAD - SyncRecordLayout.KEY_LENGTH];
    HeapBytes.INT.set(lengths, 0, keyBytes);
    HeapBytes.INT.set(lengths, 4, length);
    CRC32C crc = new CRC32C();
    crc.update(lengths, 0, lengths.length);
    crc.update(lookup, SyncRecordLayout.PAYLOAD, keyBytes);
    if (value instanceof byte[]) {
      byte[] bytes = (byte[]) value;
      crc.update(bytes, 0, bytes.length);
    } else {
      crc.update(memory.slice(at + SyncRecordLayout.PAYLOAD + keyBytes, length));
    }
    for (int i = SyncRecordLayout.PAYLOAD + keyBytes + length; (i & 3) != 0; i++) {
      crc.update(0); // what pads a record is zero
    }
    return (int) crc.getValue();
  }

  private boolean isStored(long found, int stored) {
    MappedMemory.acquireFence();
    return SlotWord.isSame(memory.getInt(bucket(found), slot(found)), stored);
  }

  /** Copy of a value; the reader of most lookups. */
  byte[] copy(long record, int offset, int length) {
    return memory.copyAt(memory.place(record, (long) offset + length), offset, length);
  }
}
