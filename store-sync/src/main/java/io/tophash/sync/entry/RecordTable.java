package io.tophash.sync.entry;

import static io.tophash.sync.segment.RecordSegments.bucket;
import static io.tophash.sync.segment.RecordSegments.slot;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.LargeRecords;
import java.util.zip.CRC32C;

/**
 * The entries of a store whose keys or values do not fit a long: records, as bytes.
 *
 * <p>Lookups are in {@link RecordLookup}. A small record is appended to the log in the guard and
 * linked by one CAS; a large one, which has a block of its own, is linked and unlinked under the
 * shard's lock, because only its holder may allocate and free.
 */
public final class RecordTable extends SegmentTable {
  private enum InPlace {
    DONE,
    HAS_SLOT,
    NO_SLOT,
    NO_ROOM,
    NEEDS_LOCK
  }

  private final RecordSegments segments;
  private final LargeRecords large;
  private final RecordLookup lookup;
  private final boolean verifies;

  RecordTable(SyncCore core, boolean readOnly, boolean verifies) {
    super(core, readOnly);
    this.verifies = verifies;
    this.segments = (RecordSegments) shards.context().kind();
    this.large = new LargeRecords(shards.context());
    this.lookup = new RecordLookup(this, segments, verifies);
  }

  boolean verifies() {
    return verifies;
  }

  /** What the reader made of the value, null if the key is absent. */
  <R> R get(byte[] record, int keyBytes, long hash, RecordLookup.Reader<R> reader) {
    return lookup.get(record, keyBytes, hash, reader);
  }

  /**
   * Writes a large record anew, below a position if there is room there; for compaction. Whoever
   * changes the entry meanwhile wins.
   */
  public void moveLarge(byte[] key, long below) {
    long hash = core.keyHash().ofBytes(key, 0, key.length);
    byte[] lookup = new byte[SyncRecordLayout.PAYLOAD + key.length];
    System.arraycopy(key, 0, lookup, SyncRecordLayout.PAYLOAD, key.length);
    byte[] value = get(lookup, key.length, hash, this::copy);
    if (value != null) {
      byte[] record = RecordForm.assemble(key, value);
      change(new RecordChange(Change.SET_IF_EQUAL, record, key.length, hash, value, false, below));
    }
  }

  /** Copy of a value; the reader of most lookups. */
  public byte[] copy(long record, int offset, int length) {
    return lookup.copy(record, offset, length);
  }

  static CorruptStoreException damagedRecord(long position) {
    return new CorruptStoreException(
        "record", position, "the checksum of a record does not match its bytes");
  }

  /**
   * Checks a record that cannot move or change: in the guard, or under the lock.
   *
   * @param length of the value, from the record, or from the stub of a large one
   */
  private void checkWhole(long at, int keyBytes, int length) {
    if (verifies) {
      long bytes = SyncRecordLayout.bytes(keyBytes, length);
      segments.checkInside(at, bytes);
      CRC32C crc = new CRC32C();
      crc.update(memory.slice(at + SyncRecordLayout.KEY_LENGTH, (int) bytes - 4));
      if ((int) crc.getValue() != memory.getInt(at, SyncRecordLayout.CHECKSUM)
          || length != memory.getInt(at, SyncRecordLayout.VALUE_LENGTH)) {
        throw damagedRecord(at);
      }
    }
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
    InPlace done = look(c, shard);
    if (done == InPlace.DONE) {
      memory.keepAlive();
      return;
    }
    if (done != InPlace.NO_SLOT && !c.isLarge()) {
      done = InPlace.NEEDS_LOCK;
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

  /**
   * Looks the key up as a lookup does, before anything is stored. A change is then done that wants
   * the key present and it is not, or the other way round, and a new key needs no guard; for the
   * others what was found is kept. If the segment moves just now, the guard decides.
   */
  private InPlace look(RecordChange c, int shard) {
    c.seenCell = 0;
    try {
      long directoryWord = shards.context().directoryWord(shard);
      long entry = shards.entry(directoryWord, c.hash);
      if (segments.isOutside(entry, 8)) {
        return InPlace.NEEDS_LOCK;
      }
      long word = memory.getLongAcquire(entry, 0);
      if (!c.change.removes() && !c.isLarge()) {
        segments.touchTail(word);
      }
      long found = segments.find(word, c.record, c.keyBytes, c.hash);
      if (found == 0 && c.change.inserts) {
        return InPlace.NO_SLOT;
      }
      c.seenWord = word;
      c.seenCell = found;
      boolean present =
          found > 0 && !SlotWord.isNil(memory.getIntAcquire(bucket(found), slot(found)));
      if (present && c.change == Change.SET_IF_ABSENT) {
        c.previous = lookup.previous(c.record, c.keyBytes, c.hash);
        c.present = c.previous != null;
        return c.present ? InPlace.DONE : InPlace.HAS_SLOT;
      }
      if (found < 0 || present || c.change.inserts) {
        return InPlace.HAS_SLOT;
      }
      MappedMemory.acquireFence();
      if (!isUnchanged(shard, directoryWord, entry, word)) {
        return InPlace.HAS_SLOT;
      }
      c.absent();
      return InPlace.DONE;
    } catch (IndexOutOfBoundsException e) {
      return InPlace.NEEDS_LOCK;
    }
  }

  /** The cell of the key: that which {@link #look} found, if the segment is still the same. */
  private long find(RecordChange c, long word) {
    // A word does not come back, and under one word a key keeps its cell; but that of a deleted
    // large record is nobody's, which whoever changes it sees.
    return c.seenCell > 0 && c.seenWord == word
        ? c.seenCell
        : segments.find(word, c.record, c.keyBytes, c.hash);
  }

  private InPlace inPlace(RecordChange c, int shard, long guard) {
    try {
      long entry = shards.entry(shards.context().directoryWord(shard), c.hash);
      if (segments.isOutside(entry, 8)) {
        return InPlace.NEEDS_LOCK;
      }
      long word = memory.getLongAcquire(entry, 0);
      long found = find(c, word);
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
      c.present = !SlotWord.isNil(current);
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
      int next = SlotWord.nil(current);
      if (!c.change.removes()) {
        mine = mine != 0 ? mine : segments.append(word, record, record.length);
        if (mine == 0) {
          return InPlace.NO_ROOM;
        }
        next = SlotWord.withMarksOf(mine, current);
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
