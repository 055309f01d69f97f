package io.tophash.sync;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Gathered;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.SegmentKind;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The entries of a store whose keys or values do not fit a long: records, as bytes.
 *
 * <p>Lookups are as in {@link InlineTable}. A small record is appended to the log in the guard and
 * linked by one CAS; a large one, which has a block of its own, is linked and unlinked under the
 * shard's lock, because only its holder may allocate and free.
 */
final class RecordTable extends SegmentTable {
  private enum InPlace {
    DONE,
    NO_SLOT,
    NO_ROOM,
    NEEDS_LOCK
  }

  private final RecordSegments segments;
  private final LargeRecords large;
  private final DirectoryViews views;
  private final boolean verifies;

  RecordTable(SyncCore core, boolean readOnly, boolean verifies) {
    super(core, readOnly);
    this.verifies = verifies;
    this.segments = (RecordSegments) shards.context().kind();
    this.large = new LargeRecords(shards.context());
    this.views = new DirectoryViews(shards.context());
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

  boolean verifies() {
    return verifies;
  }

  // --- lookups
  // ------------------------------------------------------------------------------------

  /** What the reader made of the value, null if the key is absent. */
  <R> R get(byte[] record, int keyBytes, long hash, Reader<R> reader) {
    checkOpen();
    try {
      R value = plain(record, keyBytes, hash, reader);
      if (value != null) {
        return value;
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return lookup(record, keyBytes, hash, reader);
  }

  /**
   * The plain way, as in {@link InlineTable}: a small record whose slot stands in the home bucket.
   * Null if the key is not found there, or if anything is odd.
   */
  private <R> R plain(byte[] record, int keyBytes, long hash, Reader<R> reader) {
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    int extra = HashBits.extra(hash);
    long entry = view.entry(hash);
    long word = memory.getLongAcquireAt(entry, 0);
    long block = SegmentWord.position(word);
    long bucket =
        memory.place(RecordSegments.recordHome(word, hash), SegmentLayout.RECORD_BUCKET_BYTES);
    long hits = Tophash.match(memory.getLongAt(bucket, 0), pattern);
    for (; hits != 0; hits &= hits - 1) {
      int cell = Tophash.firstCell(hits);
      if (RecordSegments.extraAt(memory, bucket, cell) == extra) {
        // Pairs with the CAS of whoever changed the slot last: the record is read after it.
        int slot = memory.getIntAcquireAt(bucket, RecordSegments.slot(cell));
        long at = RecordSegments.recordPosition(block, slot);
        long place = memory.place(at, SyncRecordLayout.PAYLOAD + keyBytes);
        if (slot >= 0
            && memory.getIntAt(place, SyncRecordLayout.KEY_LENGTH) == keyBytes
            && RecordSegments.sameKeyAt(memory, place, record, keyBytes)) {
          int length = memory.getIntAt(place, SyncRecordLayout.VALUE_LENGTH);
          int offset = SyncRecordLayout.PAYLOAD + keyBytes;
          if (length < 0
              || length > SyncRecordLayout.MAX_SMALL_BYTES
              || segments.leavesMapping(at, (long) offset + length)) {
            return null;
          }
          R value = reader.read(at, offset, length);
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
    return null;
  }

  private <R> R lookup(byte[] record, int keyBytes, long hash, Reader<R> reader) {
    int shard = shardOf(hash);
    int torn = 0;
    for (int attempt = 0; ; attempt++) {
      long directoryWord = 0;
      long entry = 0;
      long word = 0;
      boolean sane = true;
      try {
        directoryWord = memory.getLongAcquire(0, directoryAt(shard));
        entry = shards.entry(directoryWord, hash);
        if (segments.isOutside(entry, 8)) {
          retry(attempt, ++torn, shard);
          continue;
        }
        views.note(shard, hash, directoryWord);
        word = memory.getLongAcquire(entry, 0);
        long found = segments.find(word, record, keyBytes, hash);
        R value = null;
        long damaged = 0;
        boolean believed = found >= 0;
        if (found > 0) {
          int stored = memory.getIntAcquire(bucket(found), slot(found));
          if (stored >= 0) {
            value = read(word, found, stored, keyBytes, reader);
            believed = value != null;
            sane = believed || !isStored(found, stored);
            if (believed && verifies && reader != PRESENT) {
              damaged = damaged(word, found, stored, record, keyBytes, value);
            }
          }
        }
        MappedMemory.acquireFence();
        if (isUnchanged(shard, directoryWord, entry, word)) {
          if (believed) {
            if (damaged != 0) {
              throw damagedRecord(damaged);
            }
            if (SegmentWord.isAmended(word) && segments.isMiss(word, hash, found)) {
              core.misses().count(shard, word, hash);
            }
            memory.keepAlive();
            return value;
          }
          sane &= found != SegmentKind.TORN;
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      torn = !sane && stillStand(shard, directoryWord, entry, word) ? torn + 1 : 0;
      retry(attempt, torn, shard);
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
    // A lookup record has no header yet.
    HeapBytes.INT.set(lookup, SyncRecordLayout.KEY_LENGTH, keyBytes);
    HeapBytes.INT.set(lookup, SyncRecordLayout.VALUE_LENGTH, length);
    CRC32C crc = new CRC32C();
    crc.update(lookup, SyncRecordLayout.KEY_LENGTH, SyncRecordLayout.PAYLOAD - 4 + keyBytes);
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

  static CorruptStoreException damagedRecord(long position) {
    return new CorruptStoreException(
        "record", position, "the checksum of a record does not match its bytes");
  }

  /** Checks a record that cannot move or change: in the guard, or under the lock. */
  private void checkWhole(long at, int keyBytes, int length) {
    if (verifies) {
      long bytes = SyncRecordLayout.bytes(keyBytes, length);
      segments.checkInside(at, bytes);
      CRC32C crc = new CRC32C();
      crc.update(memory.slice(at + SyncRecordLayout.KEY_LENGTH, (int) bytes - 4));
      if ((int) crc.getValue() != memory.getInt(at, SyncRecordLayout.CHECKSUM)) {
        throw damagedRecord(at);
      }
    }
  }

  private boolean isStored(long found, int stored) {
    MappedMemory.acquireFence();
    return memory.getInt(bucket(found), slot(found)) == stored;
  }

  /** Copy of a value; the reader of most lookups. */
  byte[] copy(long record, int offset, int length) {
    return memory.copyAt(memory.place(record, (long) offset + length), offset, length);
  }

  // --- changes
  // ------------------------------------------------------------------------------------

  /** Makes a change; its fields say what was met and done. */
  void change(RecordChange c) {
    checkWritable();
    try {
      changeOpen(c);
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
  }

  private void changeOpen(RecordChange c) {
    int shard = shardOf(c.hash);
    InPlace done = InPlace.NEEDS_LOCK;
    if (!c.isLarge()) {
      long guard = enterGuard(shard);
      if (guard != 0) {
        try {
          done = inPlace(c, shard, guard);
        } finally {
          shards.leaveGuard(guard);
        }
      }
    }
    if (done != InPlace.DONE) {
      changeLocked(c, shard);
    }
    promoteIfWanted(shard);
    memory.keepAlive();
  }

  private InPlace inPlace(RecordChange c, int shard, long guard) {
    try {
      long entry = shards.entry(shards.context().directoryWord(shard), c.hash);
      if (segments.isOutside(entry, 8)) {
        return InPlace.NEEDS_LOCK;
      }
      long word = memory.getLongAcquire(entry, 0);
      if (!c.change.removes()) {
        segments.touchTail(word);
      }
      long found = segments.find(word, c.record, c.keyBytes, c.hash);
      if (found == 0) {
        c.absent();
        return c.change.inserts ? InPlace.NO_SLOT : InPlace.DONE;
      }
      return found < 0 ? InPlace.NEEDS_LOCK : changeSlot(c, shard, guard, word, found, null);
    } catch (IndexOutOfBoundsException e) {
      return InPlace.NEEDS_LOCK;
    }
  }

  /**
   * Changes a slot; in the guard or under the lock.
   *
   * @param guard the hazard, 0 under the lock
   * @param stub what goes into the log, if that is not the record itself
   */
  private InPlace changeSlot(
      RecordChange c, int shard, long guard, long word, long found, byte[] stub) {
    long block = SegmentWord.position(word);
    byte[] record = stub == null ? c.record : stub;
    int mine = 0;
    while (true) {
      // Pairs with the CAS of whoever changed it last: the record is read after it.
      int current = memory.getIntAcquire(bucket(found), slot(found));
      c.present = current >= 0;
      c.previous = null;
      long at = RecordSegments.recordPosition(block, current);
      segments.checkRecord(at);
      int lengths = memory.getInt(at, SyncRecordLayout.KEY_LENGTH);
      if (SyncRecordLayout.isLarge(lengths) && guard != 0) {
        // To link and unlink blocks takes the lock; and a deleted large record has left its slot to
        // nobody, so it must not be revived here.
        return InPlace.NEEDS_LOCK;
      }
      boolean isLarge = c.present && SyncRecordLayout.isLarge(lengths);
      long valueAt = isLarge ? segments.largePosition(at) : at;
      int length = memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
      if (c.present && (c.change.compares || c.wantsPrevious)) {
        segments.checkInside(valueAt, SyncRecordLayout.bytes(c.keyBytes, Math.max(0, length)));
        checkWhole(valueAt, c.keyBytes, length);
      }
      boolean equal =
          c.change.compares && c.present && isValue(valueAt, c.keyBytes, length, c.expected);
      if (c.present && c.wantsPrevious) {
        c.previous = copy(valueAt, SyncRecordLayout.PAYLOAD + c.keyBytes, length);
      }
      if (!c.change.applies(c.present, equal)) {
        c.changed = false;
        return InPlace.DONE;
      }
      int next = current | SegmentLayout.NIL_BIT;
      if (!c.change.removes()) {
        mine = mine != 0 ? mine : segments.append(word, record, record.length);
        if (mine == 0) {
          return InPlace.NO_ROOM;
        }
        next = mine;
      }
      if (isLarge) {
        large.noteOld(shard, valueAt);
      }
      boolean won = memory.compareAndSetInt(bucket(found), slot(found), current, next);
      if (isLarge) {
        large.settleOld(shard, won);
      }
      if (won) {
        c.changed = true;
        if (c.present == c.change.removes()) {
          shards.context().addCount(shard, c.present ? -1 : 1);
        }
        countChange(guard, c.change.removes());
        return InPlace.DONE;
      }
    }
  }

  /**
   * Writes a large record anew, below a position if there is room there; for compaction. Whoever
   * changes the entry meanwhile wins.
   */
  void moveLarge(byte[] key, long hash, long below) {
    byte[] lookup = new byte[SyncRecordLayout.PAYLOAD + key.length];
    System.arraycopy(key, 0, lookup, SyncRecordLayout.PAYLOAD, key.length);
    byte[] value = get(lookup, key.length, hash, this::copy);
    if (value != null) {
      byte[] record = RecordForm.assemble(key, value);
      change(new RecordChange(Change.SET_IF_EQUAL, record, key.length, hash, value, false, below));
    }
  }

  /** Adds the keys of gathered large records that stand behind a position. */
  void copyLargeKeys(Gathered g, long limit, List<byte[]> keys) {
    for (int i = 0; i < g.count(); i++) {
      long block = segments.largeBlock(g, i);
      if (block >= limit) {
        int lengths = memory.getInt(block, SyncRecordLayout.KEY_LENGTH);
        keys.add(copy(block, SyncRecordLayout.PAYLOAD, SyncRecordLayout.keyLength(lengths)));
      }
    }
  }

  private boolean isValue(long at, int keyBytes, int length, byte[] expected) {
    int offset = SyncRecordLayout.PAYLOAD + keyBytes;
    if (length != expected.length) {
      return false;
    }
    return memory.slice(at + offset, length).equals(java.nio.ByteBuffer.wrap(expected));
  }

  private void changeLocked(RecordChange c, int shard) {
    lock(shard);
    try {
      byte[] stub = c.isLarge() ? large.write(shard, c.record, c.keyBytes, c.hash, c.below) : null;
      try {
        changeLocked(c, shard, stub);
      } finally {
        if (stub != null) {
          large.settleNew(shard, c.changed);
        }
      }
    } finally {
      shards.unlock(shard);
    }
  }

  private void changeLocked(RecordChange c, int shard, byte[] stub) {
    for (int tries = 0; ; tries++) {
      InPlace done;
      try {
        done = tryLocked(c, shard, stub);
      } catch (IndexOutOfBoundsException e) {
        retry(tries, tries, shard);
        continue;
      }
      if (done == InPlace.DONE) {
        return;
      }
      if (tries > MAX_REBUILDS) {
        throw noRoom(shard);
      }
      shards.rebuild(shard, c.hash, stub == null ? c.recordBytes() : stub.length, 0);
    }
  }

  private InPlace tryLocked(RecordChange c, int shard, byte[] stub) {
    long directoryWord = shards.context().directoryWord(shard);
    long entry = shards.entry(directoryWord, c.hash);
    if (segments.isOutside(entry, 8)) {
      throw new IndexOutOfBoundsException("position=" + entry);
    }
    long word = memory.getLongAcquire(entry, 0);
    long found = segments.find(word, c.record, c.keyBytes, c.hash);
    if (found < 0) {
      core.mapAll();
      found = segments.find(word, c.record, c.keyBytes, c.hash);
      if (found < 0) {
        // Under the lock nothing moves, so it is no race.
        throw new CorruptStoreException(
            "segment", SegmentWord.position(word), "the segment makes no sense");
      }
    }
    if (found > 0) {
      return changeSlot(c, shard, 0, word, found, stub);
    }
    c.absent();
    if (!c.change.inserts) {
      return InPlace.DONE;
    }
    return insert(c, shard, directoryWord, word, stub == null ? c.record : stub)
        ? InPlace.DONE
        : InPlace.NO_ROOM;
  }

  /** Puts a new key into the dirty table; false if the segment must be rebuilt first. */
  private boolean insert(RecordChange c, int shard, long directoryWord, long word, byte[] record) {
    long room = segments.findRoom(word, c.hash);
    if (room == 0) {
      return false;
    }
    int slot = segments.append(word, record, record.length);
    if (slot == 0) {
      return false;
    }
    segments.fillCell(room, c.hash, slot);
    if (segments.isInDirty(word, room) && !SegmentWord.isAmended(word)) {
      shards.amend(directoryWord, c.hash, word);
    }
    segments.publish(room, c.hash);
    shards.inserted(shard);
    c.changed = true;
    return true;
  }
}
