package io.tophash.sync.entry;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.SegmentRead;
import java.nio.ByteBuffer;

/** The lookups of a {@link RecordTable}. */
public final class RecordLookup {
  /** In place of a target, for who asks only if the key is there. */
  static final byte[] NOTHING = {};

  private final SegmentTable<?> table;
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final DirectoryViews views;
  private final RecordGet shortWay;
  private final ShortGet shortest;
  private final RecordSearch search;
  // Of a cache: what stands in front of each record and counts as the beginning of its value; and
  // what is noted of hits, null if nothing is.
  private final int prefix;
  private final HitMarks marks;

  RecordLookup(SegmentTable<?> table, RecordSegments segments, boolean verifies) {
    this.table = table;
    this.memory = table.memory;
    this.segments = segments;
    this.views = table.views;
    this.prefix = segments.prefix();
    this.marks = segments.isCache() && !table.isReadOnly() ? new HitMarks(table, segments) : null;
    this.shortWay = new RecordGet(segments, views, verifies, marks);
    this.shortest = new ShortGet(memory, views, verifies, prefix, marks, shortWay);
    this.search = new RecordSearch(table, segments, verifies, marks);
  }

  /**
   * A fresh copy of the value; null if the key is absent.
   *
   * @param head of a cache, to leave it out, and the long; null to leave out nothing
   * @return with a head {@link RecordGet#UNDECIDED} if that or the short way does not decide it
   */
  byte[] copy(byte[] key, int keyAt, int keyBytes, long hash, ValueHead head) {
    if (ShortKeys.isShort(keyBytes)) {
      long first = ShortKeys.first(key, keyAt, keyBytes);
      return copy(keyBytes, first, ShortKeys.last(key, keyAt, keyBytes), hash, head);
    }
    table.checkOpen();
    try {
      byte[] value = shortWay.copy(key, keyAt, keyBytes, 0, 0, hash, head);
      if (value != RecordGet.UNDECIDED) {
        return value;
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return head != null
        ? RecordGet.UNDECIDED
        : search.find(LookupKey.record(key, keyAt, keyBytes), keyBytes, hash, null, 0, 0, null);
  }

  /** The same of a {@link ShortKeys short} key. */
  byte[] copy(int keyBytes, long first, long last, long hash, ValueHead head) {
    table.checkOpen();
    try {
      byte[] value = shortest.copy(keyBytes, first, last, hash, head);
      if (value != RecordGet.UNDECIDED) {
        return value;
      }
    } catch (IndexOutOfBoundsException e) {
      // As above.
    }
    return head != null
        ? RecordGet.UNDECIDED
        : search.find(LookupKey.record(keyBytes, first, last), keyBytes, hash, null, 0, 0, null);
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
      long whole = SlotWord.isNil(stored) ? 0 : search.wholeRecord(word, found, stored);
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
    byte[] value = search.find(record, keyBytes, hash, target, at, room, targetBuffer);
    return value == null ? RecordGet.ABSENT : RecordSearch.valueBytes(record);
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

  /** Copy of the present value, null if the key is absent. */
  byte[] previous(RecordOp op) {
    return copy(op.record, SyncRecordLayout.PAYLOAD, op.keyBytes, op.hash, null);
  }
}
