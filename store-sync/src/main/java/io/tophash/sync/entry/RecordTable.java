package io.tophash.sync.entry;

import static io.tophash.sync.segment.RecordSegments.bucket;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.hash.KeyHash;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.Aging;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordLog;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.shard.Eviction;
import io.tophash.sync.shard.LargeRecords;
import io.tophash.sync.shard.Shards;

/**
 * The entries of a store whose keys or values do not fit a long: records, as bytes.
 *
 * <p>The slot of a key is a reference to its record in the log of the segment; <i>nil</i> is the
 * same with a mark, so that the key can still be read. A record is appended before it is linked;
 * who loses the compare-and-set leaves it behind, for the next rebuild, and who wins offers the
 * place of the former one to the next. A large record, which has a block of its own, is linked and
 * unlinked under the shard's lock, because only its holder may allocate and free. Lookups are in
 * {@link RecordLookup}.
 */
final class RecordTable extends SegmentTable<RecordOp> {
  private final RecordSegments segments;
  private final KeyHash keyHash;
  private final LargeRecords large;
  private final RecordLookup lookup;
  private final Eviction eviction;
  private final LargeWriter largeWriter;
  private final RecordValues values;
  private final int prefix;
  private final RecordSwap swaps; // null of a cache

  RecordTable(
      Shards shards, RecordSegments segments, KeyHash keyHash, boolean readOnly, boolean verifies) {
    super(shards, readOnly, verifies);
    this.segments = segments;
    this.keyHash = keyHash;
    this.large = new LargeRecords(context);
    this.eviction = segments.isCache() ? new Eviction(shards, large) : null;
    this.largeWriter = new LargeWriter(large, eviction, context.caching());
    this.values = new RecordValues(memory, segments, verifies);
    this.prefix = segments.prefix();
    this.lookup = new RecordLookup(this, segments, verifies);
    this.swaps = segments.isCache() ? null : new RecordSwap(this, segments, values);
  }

  RecordSegments segments() {
    return segments;
  }

  KeyHash keyHash() {
    return keyHash;
  }

  RecordLookup lookup() {
    return lookup;
  }

  /** Cache: see {@link RecordExpiry#change}. */
  boolean expire(byte[] record, int keyBytes, long hash, byte[] expected, long expires) {
    return new RecordExpiry(this, segments).change(record, keyBytes, hash, expected, expires);
  }

  /** Stores the record of an operation of which nobody wants to know what was there. */
  void set(RecordOp op) {
    checkWritable();
    Step seen = swaps == null || op.isLarge() ? null : swaps.set(op);
    if (seen != Step.DONE) {
      run(op, seen, null);
    }
  }

  // --- the slot of a key: a reference to its record ---------------------------------------------

  /**
   * A change is done with the look that wants the key present and it is not, or the other way
   * round, and a new key needs no guard; for the others what was found is kept. If the segment
   * moves just now, the guard decides.
   */
  @Override
  Step look(RecordOp op, int shard) {
    try {
      // As SegmentRead does, once.
      long directoryWord = context.directoryWord(shard);
      long entry = context.entry(directoryWord, op.hash);
      if (segments.leavesMapping(entry, 8)) {
        return Step.UNSURE;
      }
      views.note(shard, op.hash, directoryWord); // which the short ways go by
      long word = memory.getLongAcquire(entry, 0);
      if (!op.change.removes() && !op.isLarge()) {
        segments.log().touch(word, op.logged.length);
      }
      long found = find(op, word);
      if (found == 0 && op.change.inserts) {
        return absent(op);
      }
      op.seenWord = word;
      op.seenCell = found;
      boolean present = found > 0 && !SlotWord.isNil((int) slot(found));
      if (present && op.change == Change.SET_IF_ABSENT) {
        op.previous = lookup.previous(op);
        op.present = op.previous != null;
        return op.present ? Step.DONE : Step.HAS_SLOT;
      }
      boolean isAbsent = found >= 0 && !present && !op.change.inserts;
      return isAbsent && mayBelieve(word) && context.stand(shard, directoryWord, entry, word)
          ? absent(op)
          : Step.HAS_SLOT;
    } catch (IndexOutOfBoundsException e) {
      return Step.UNSURE;
    }
  }

  @Override
  long find(RecordOp op, long word) {
    return segments.find(word, op.record, op.keyBytes, op.hash);
  }

  @Override
  long slot(long found) {
    return memory.getIntAcquire(bucket(found), RecordSegments.slot(found));
  }

  @Override
  long nil(long word, long slot) {
    return SlotWord.nil((int) slot);
  }

  @Override
  Step meet(RecordOp op, long word, long found, long slot, boolean locked) {
    op.present = !SlotWord.isNil((int) slot);
    op.equal = false;
    op.previous = null;
    op.metLarge = 0;
    long at = RecordSegments.recordPosition(SegmentWord.position(word), (int) slot);
    segments.checkRecord(at);
    int lengths = memory.getInt(at, SyncRecordLayout.KEY_LENGTH);
    int length = memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
    if (!segments.isStored(found, (int) slot)) {
      return Step.MOVED;
    }
    boolean isLarge = SyncRecordLayout.isLarge(lengths);
    op.metValueBytes = length;
    op.metBytes = isLarge || length < 0 ? 0 : SyncRecordLayout.bytes(op.keyBytes, length);
    if (eviction != null && !locked && !op.present && !op.removes()) {
      // To revive makes one entry more, and the bound is kept under the lock.
      return Step.UNSURE;
    }
    if (isLarge && !locked) {
      // To link and unlink blocks takes the lock; and a deleted large record has left its slot to
      // nobody, so it must not be revived here.
      return Step.UNSURE;
    }
    if (op.present) {
      if (isLarge) {
        op.metLarge = segments.largePosition(at) - prefix;
      }
      if (op.change.compares || op.wantsPrevious) {
        long whole = isLarge ? op.metLarge + prefix : at;
        boolean isWhole = values.meet(op, whole, length);
        if (!segments.isStored(found, (int) slot)) {
          return Step.MOVED;
        }
        if (!isWhole) {
          throw RecordSearch.damagedRecord(whole);
        }
      }
    }
    return Step.HAS_SLOT;
  }

  @Override
  long fresh(RecordOp op, long word, long nil) {
    if (eviction != null && !op.present && isFull(op)) {
      return nil;
    }
    int version = SlotWord.version((int) nil);
    if (!log(op, word, version < RecordLog.MAX_REUSES)) {
      return nil;
    }
    int slot = SlotWord.withMarksOf(SlotWord.of(op.loggedAt), (int) nil);
    // It counts the places that others had before; the others are new, so no slot comes back.
    return SlotWord.withVersion(slot, op.isReused ? version + 1 : version);
  }

  /**
   * Sees to it that the record is in the log of the segment; false if that is full.
   *
   * @param mayReuse true if it may be in a place that another one had before
   */
  private boolean log(RecordOp op, long word, boolean mayReuse) {
    boolean isLogged = op.loggedAt != 0 && op.loggedWord == word;
    if (isLogged && (mayReuse || !op.isReused)) {
      return true;
    }
    RecordLog log = segments.log();
    if (isLogged) {
      log.offer(word, op.loggedAt, op.logged.length);
    }
    // The place of a stub is no one else's before and after it: so who reads one need not doubt.
    op.loggedAt = mayReuse && !op.logsStub() ? log.reuse(word, op.logged) : 0;
    op.isReused = op.loggedAt != 0;
    if (op.loggedAt == 0) {
      op.loggedAt = log.append(word, op.logged, op.expires);
    }
    op.loggedWord = word;
    return op.loggedAt != 0;
  }

  @Override
  void beforeSwap(RecordOp op, int shard, long found, long next, boolean removes) {
    if (op.metLarge != 0) {
      large.noteOld(shard, op.metLarge);
    }
    if (isLogged(op, shard)) {
      long at = bucket(found) + RecordSegments.slot(found);
      log(op, shard, removes ? LogEntryLayout.REMOVE : LogEntryLayout.PUT, at, next, Integer.BYTES);
    }
  }

  @Override
  void logPut(RecordOp op, int shard, long at, long value, int bytes) {
    log(op, shard, LogEntryLayout.PUT, at, value, bytes);
  }

  private void log(RecordOp op, int shard, int kind, long at, long value, int bytes) {
    int valueBytes = kind == LogEntryLayout.PUT ? RecordImage.valueBytes(op.record, 0) : 0;
    int from = SyncRecordLayout.PAYLOAD;
    context.log().append(shard, kind, op.record, from, op.keyBytes, valueBytes, at, value, bytes);
  }

  @Override
  boolean swap(RecordOp op, int shard, long word, long found, long slot, long next) {
    boolean won =
        memory.compareAndSetInt(bucket(found), RecordSegments.slot(found), (int) slot, (int) next);
    if (op.metLarge != 0) {
      large.settleOld(shard, won);
    }
    // A deleted entry keeps its record, for the key.
    if (won && op.metBytes != 0 && !SlotWord.isNil((int) next)) {
      values.offer(op, word, SlotWord.offset((int) slot));
    }
    return won;
  }

  @Override
  boolean fill(RecordOp op, long word, long room) {
    if (eviction != null && isFull(op) || !log(op, word, true)) {
      return false;
    }
    boolean cameBack = eviction != null && Aging.isGhost(memory, word, op.hash);
    int slot = SlotWord.of(op.loggedAt);
    segments.fillCell(room, op.hash, cameBack ? SlotWord.marked(slot) : slot);
    return true;
  }

  @Override
  void rebuild(RecordOp op, int shard) {
    if (eviction == null) {
      changes.rebuild(shard, op.hash, op.logged.length, 0);
    } else if (!makeRoom(op, shard, !op.present)) {
      largeWriter.reject(op, shard);
    }
  }

  private boolean makeRoom(RecordOp op, int shard, boolean inserts) {
    boolean made = eviction.makeRoom(shard, op.hash, op.incomingBytes(), inserts);
    return made && largeWriter.rewrite(op, shard);
  }

  @Override
  void freshen(RecordOp op, int shard) {
    try {
      changes.freshen(shard, op.hash, op.incomingBytes());
    } catch (StoreFullException e) {
      // Where a cache has no room for a copy of a sealed segment, it has for a part of it; or, with
      // all given back that only an old checkpoint names, at least for an empty one.
      boolean made =
          eviction != null
              && !op.staysBelow()
              && (makeRoom(op, shard, false)
                  || context.isRelieving()
                      && eviction.clear(shard)
                      && largeWriter.rewrite(op, shard));
      if (!made) {
        throw e;
      }
    }
  }

  private boolean isFull(RecordOp op) {
    return eviction.isFull(context.shardOf(op.hash));
  }

  @Override
  long changeLocked(RecordOp op, int shard) {
    if (!op.isLarge()) {
      return super.changeLocked(op, shard);
    }
    largeWriter.write(op, shard);
    long logged;
    try {
      logged = super.changeLocked(op, shard);
    } catch (StoreFullException | StoreTimeoutException | IllegalStateException e) {
      large.settleNew(shard, false); // thrown before anything was linked
      throw e;
    }
    // Of anything else the note is what the repair goes by.
    large.settleNew(shard, op.changed && !op.isRejected);
    return logged;
  }

  @Override
  public void moveLargeRecords(int shard, long hash, long limit) {
    new LargeMoves(this, segments, keyHash, lookup).run(shard, hash, limit);
  }
}
