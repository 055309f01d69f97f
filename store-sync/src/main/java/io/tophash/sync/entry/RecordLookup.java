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
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.Retry;
import io.tophash.sync.shard.SegmentRead;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The lookups of a {@link RecordTable}. */
public final class RecordLookup {
  /** A value goes into a buffer that is no array in parts of so many bytes. */
  private static final int PART_BYTES = 8 << 10;

  /** In place of a target, for who asks only if the key is there. */
  static final byte[] NOTHING = {};

  private final SegmentTable<?> table;
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final DirectoryViews views;
  private final boolean verifies;
  private final RecordGet shortWay;
  private final ShortGet shortest;
  // Of a cache: what stands in front of each record and counts as the beginning of its value; and
  // what is noted of hits, null if nothing is.
  private final int prefix;
  private final HitMarks marks;

  RecordLookup(SegmentTable<?> table, RecordSegments segments, boolean verifies) {
    this.table = table;
    this.memory = table.memory;
    this.segments = segments;
    this.views = table.views;
    this.verifies = verifies;
    this.prefix = segments.prefix();
    this.marks = segments.isCache() && !table.isReadOnly() ? new HitMarks(table, segments) : null;
    this.shortWay = new RecordGet(memory, views, verifies, prefix, marks);
    this.shortest = new ShortGet(memory, views, verifies, prefix, marks, shortWay);
  }

  /** A fresh copy of the value; null if the key is absent. */
  byte[] copy(byte[] key, int keyAt, int keyBytes, long hash) {
    if (ShortKeys.isShort(keyBytes)) {
      long first = ShortKeys.first(key, keyAt, keyBytes);
      return copy(keyBytes, first, ShortKeys.last(key, keyAt, keyBytes), hash);
    }
    table.checkOpen();
    try {
      byte[] value = shortWay.copy(key, keyAt, keyBytes, 0, 0, hash);
      if (value != RecordGet.UNDECIDED) {
        return value;
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return lookup(LookupKey.record(key, keyAt, keyBytes), keyBytes, hash, null, 0, 0, null);
  }

  /** The same of a {@link ShortKeys short} key. */
  byte[] copy(int keyBytes, long first, long last, long hash) {
    table.checkOpen();
    try {
      byte[] value = shortest.copy(keyBytes, first, last, hash);
      if (value != RecordGet.UNDECIDED) {
        return value;
      }
    } catch (IndexOutOfBoundsException e) {
      // As above.
    }
    return lookup(LookupKey.record(keyBytes, first, last), keyBytes, hash, null, 0, 0, null);
  }

  /** What can be seen of the live entry of a key; null if nothing is certain. */
  Seen see(byte[] key, int keyAt, int keyBytes, long hash) {
    try {
      SegmentRead read = new SegmentRead(table.context, hash);
      if (!read.begin()) {
        return null;
      }
      long word = read.word();
      views.note(read.shard(), hash, read.directoryWord());
      DirectoryView view = views.get(hash);
      long found = segments.find(word, LookupKey.record(key, keyAt, keyBytes), keyBytes, hash);
      if (found <= 0 || view.word() != read.directoryWord()) {
        return null;
      }
      long slotAt = bucket(found) + slot(found);
      int stored = memory.getIntAcquire(slotAt, 0);
      long whole = SlotWord.isNil(stored) ? 0 : wholeRecord(word, found, stored);
      if (whole == 0) {
        return null;
      }
      long record = memory.place(whole - prefix, prefix + SyncRecordLayout.PAYLOAD) + prefix;
      return new Seen(memory, view, view.entry(hash), word, slotAt, stored, record, prefix != 0);
    } catch (IndexOutOfBoundsException e) {
      return null;
    }
  }

  /** Notes that an entry was hit which was seen before; its slot is this now. */
  void hit(long hash, Seen seen, int slot) {
    if (marks != null) {
      marks.hit(hash, seen.word(), seen.slotAt(), slot);
    }
  }

  /**
   * Copies the value into an array, if there is room for it.
   *
   * @param room bytes of the target, from {@code at} on; -1 to copy nothing
   * @return length of the value, copied or not; {@link RecordGet#ABSENT}
   */
  int into(byte[] key, int keyAt, int keyBytes, long hash, byte[] target, int at, int room) {
    if (ShortKeys.isShort(keyBytes)) {
      long first = ShortKeys.first(key, keyAt, keyBytes);
      long last = ShortKeys.last(key, keyAt, keyBytes);
      return into(keyBytes, first, last, hash, target, at, room);
    }
    table.checkOpen();
    try {
      int length = shortWay.into(key, keyAt, keyBytes, 0, 0, hash, target, at, room);
      if (length != RecordGet.NOT_DECIDED) {
        return length;
      }
    } catch (IndexOutOfBoundsException e) {
      // As above.
    }
    return longInto(LookupKey.record(key, keyAt, keyBytes), keyBytes, hash, target, at, room, null);
  }

  /** The same of a {@link ShortKeys short} key. */
  int into(int keyBytes, long first, long last, long hash, byte[] target, int at, int room) {
    table.checkOpen();
    try {
      int length = shortest.into(keyBytes, first, last, hash, target, at, room);
      if (length != RecordGet.NOT_DECIDED) {
        return length;
      }
    } catch (IndexOutOfBoundsException e) {
      // As above.
    }
    return longInto(
        LookupKey.record(keyBytes, first, last), keyBytes, hash, target, at, room, null);
  }

  private int longInto(
      byte[] record,
      int keyBytes,
      long hash,
      byte[] target,
      int at,
      int room,
      ByteBuffer targetBuffer) {
    byte[] value = lookup(record, keyBytes, hash, target, at, room, targetBuffer);
    return value == null ? RecordGet.ABSENT : valueBytes(record);
  }

  /**
   * Copies the value into a buffer that is no array, from its position on, if there is room for it.
   *
   * @param record with the key
   * @param scratch for values that fit into it
   * @return length of the value, copied or not; {@link RecordGet#ABSENT}
   */
  int into(byte[] record, int keyBytes, long hash, ByteBuffer target, byte[] scratch) {
    table.checkOpen();
    boolean isShort = ShortKeys.isShort(keyBytes);
    long first = isShort ? ShortKeys.first(record, SyncRecordLayout.PAYLOAD, keyBytes) : 0;
    long last = isShort ? ShortKeys.last(record, SyncRecordLayout.PAYLOAD, keyBytes) : 0;
    int length = RecordGet.NOT_DECIDED;
    try {
      length =
          shortWay.into(
              record,
              SyncRecordLayout.PAYLOAD,
              keyBytes,
              first,
              last,
              hash,
              scratch,
              0,
              scratch.length);
    } catch (IndexOutOfBoundsException e) {
      // As above.
    }
    if (length == RecordGet.NOT_DECIDED) {
      return longInto(record, keyBytes, hash, scratch, 0, target.remaining(), target);
    }
    if (length >= 0 && length <= target.remaining()) {
      target.put(target.position(), scratch, 0, length);
    }
    return length;
  }

  private static int valueBytes(byte[] record) {
    return HeapBytes.getInt(record, SyncRecordLayout.VALUE_LENGTH);
  }

  /** Copy of the present value, null if the key is absent. */
  byte[] previous(RecordOp op) {
    // The array is that of a complete record, of which a lookup may overwrite the header.
    int length = valueBytes(op.record);
    try {
      return copy(op.record, SyncRecordLayout.PAYLOAD, op.keyBytes, op.hash);
    } finally {
      HeapBytes.putInt(op.record, SyncRecordLayout.VALUE_LENGTH, length);
    }
  }

  static CorruptStoreException damagedRecord(long position) {
    return new CorruptStoreException(
        "record", position, "the checksum of a record does not match its bytes");
  }

  // --- the long way
  // -------------------------------------------------------------------------------

  // The key stands as in a record, and the length of the value goes into the header there. If there
  // is a buffer, it is the target, and the array is where it passes through.
  private byte[] lookup(
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
          views.note(read.shard(), hash, read.directoryWord());
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
              int length = whole == 0 ? -1 : valueBytes(word, stored, whole, keyBytes);
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
              boolean stands = isStored(found, stored);
              sane = believed || !stands;
              believed &= stands;
            }
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
    long block = segments.largePosition(at);
    // The block can be freed while the segment stays.
    return segments.leavesMapping(block, SyncRecordLayout.PAYLOAD) || !isStored(found, stored)
        ? 0
        : block;
  }

  /** Length of the value of a record, -1 if it cannot be believed. */
  private int valueBytes(long word, int stored, long whole, int keyBytes) {
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

  private boolean isStored(long found, int stored) {
    return segments.isStored(found, stored);
  }
}
