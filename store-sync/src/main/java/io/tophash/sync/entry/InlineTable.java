package io.tophash.sync.entry;

import static io.tophash.sync.segment.InlineSegments.bucket;
import static io.tophash.sync.segment.InlineSegments.slot;

import io.tophash.core.hash.KeyHash;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.SegmentKind;
import io.tophash.sync.shard.DirectoryViews;

/**
 * The entries of a store whose keys and values are longs, or fit one.
 *
 * <p>Lookups are in {@link InlineLookup}. A change of a key that has a slot is one CAS in the
 * guard; a new key goes through the shard's lock.
 */
public final class InlineTable extends SegmentTable implements LongTable {
  private enum InPlace {
    DONE,
    HAS_SLOT,
    NO_SLOT,
    NIL_CLASH,
    UNMAPPED
  }

  private final InlineSegments segments;
  private final KeyHash keyHash;
  private final DirectoryViews views;
  private final InlineLookup lookups;

  InlineTable(SyncCore core, boolean readOnly) {
    super(core, readOnly);
    this.segments = (InlineSegments) shards.context().kind();
    this.keyHash = core.keyHash();
    this.views = new DirectoryViews(shards.context());
    this.lookups = new InlineLookup(this, segments, views, keyHash);
  }

  // --- lookups
  // ------------------------------------------------------------------------------------

  @Override
  public long get(long key, long missing) {
    return lookups.get(key, missing);
  }

  /** The value, or {@code missing}; {@code outcome}, unless it is null, says which it was. */
  long lookup(long key, long missing, LongOutcome outcome) {
    return lookups.lookup(key, missing, outcome);
  }

  @Override
  public boolean containsKey(long key) {
    LongOutcome outcome = new LongOutcome();
    lookup(key, 0, outcome);
    return outcome.present;
  }

  @Override
  public int getAll(long[] keys, long[] values, long missing) {
    return new InlineBatch(this, views, keyHash).getAll(keys, values, missing);
  }

  // --- changes
  // ------------------------------------------------------------------------------------

  @Override
  public long put(long key, long value, long missing) {
    LongOutcome outcome = new LongOutcome();
    change(Change.SET, key, value, 0, outcome);
    return outcome.present ? outcome.previous : missing;
  }

  @Override
  public void set(long key, long value) {
    change(Change.SET, key, value, 0, new LongOutcome());
  }

  @Override
  public void putAll(long[] keys, long[] values) {
    checkWritable();
    InlineBatch batch = new InlineBatch(this, views, keyHash);
    for (int from = 0; from < keys.length; from += InlineBatch.SIZE) {
      int to = Math.min(keys.length, from + InlineBatch.SIZE);
      batch.touch(keys, from, to);
      for (int i = from; i < to; i++) {
        set(keys[i], values[i]);
      }
    }
  }

  @Override
  public long putIfAbsent(long key, long value, long missing) {
    LongOutcome outcome = new LongOutcome();
    change(Change.SET_IF_ABSENT, key, value, 0, outcome);
    return outcome.present ? outcome.previous : missing;
  }

  @Override
  public long remove(long key, long missing) {
    LongOutcome outcome = new LongOutcome();
    change(Change.REMOVE, key, 0, 0, outcome);
    return outcome.present ? outcome.previous : missing;
  }

  @Override
  public boolean delete(long key) {
    LongOutcome outcome = new LongOutcome();
    change(Change.REMOVE, key, 0, 0, outcome);
    return outcome.present;
  }

  @Override
  public boolean removeIf(long key, long expected) {
    LongOutcome outcome = new LongOutcome();
    change(Change.REMOVE_IF_EQUAL, key, 0, expected, outcome);
    return outcome.changed;
  }

  @Override
  public boolean replace(long key, long expected, long value) {
    LongOutcome outcome = new LongOutcome();
    change(Change.SET_IF_EQUAL, key, value, expected, outcome);
    return outcome.changed;
  }

  @Override
  public long addAndGet(long key, long delta) {
    return getAndAdd(key, delta) + delta;
  }

  @Override
  public long getAndAdd(long key, long delta) {
    LongOutcome outcome = new LongOutcome();
    change(Change.ADD, key, delta, 0, outcome);
    return outcome.previous;
  }

  /** Makes a change; {@code outcome} says what was met and done. */
  void change(Change change, long key, long operand, long expected, LongOutcome outcome) {
    checkWritable();
    try {
      changeOpen(change, key, operand, expected, outcome);
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
  }

  private void changeOpen(
      Change change, long key, long operand, long expected, LongOutcome outcome) {
    long hash = keyHash.ofLong(key);
    int shard = shardOf(hash);
    InPlace done = look(change, key, hash, expected, outcome);
    if (done == InPlace.DONE) {
      memory.keepAlive();
      return;
    }
    long guard = done == InPlace.NO_SLOT ? 0 : enterGuard(shard);
    if (guard != 0) {
      try {
        done = inPlace(change, shard, guard, key, hash, operand, expected, outcome);
      } finally {
        shards.leaveGuard(guard);
      }
    }
    if (done != InPlace.DONE) {
      if (done == InPlace.UNMAPPED) {
        core.mapAll();
      }
      changeLocked(change, shard, key, hash, operand, expected, outcome);
    }
    promoteIfWanted(shard);
    memory.keepAlive();
  }

  /**
   * Looks the key up as a lookup does, before anything is stored. A change that does not apply is
   * then done, and a new key needs no guard; for the others what was found is kept.
   */
  private InPlace look(Change change, long key, long hash, long expected, LongOutcome outcome) {
    outcome.seenCell = 0;
    long found = lookups.locate(key, hash, outcome);
    if (found == 0) {
      return absent(change, outcome);
    }
    if (change.always) {
      return InPlace.HAS_SLOT;
    }
    long current = 0;
    boolean believed = found > 0 && !SegmentWord.hasRareNil(outcome.seenWord);
    if (believed) {
      current = memory.getLong(bucket(found), slot(found));
      outcome.present = current != SegmentLayout.USUAL_NIL;
      // A change that applies looks at the slot again, in the guard.
      believed =
          change.applies(outcome.present, current == expected) || lookups.isCurrent(hash, outcome);
    }
    if (!believed) {
      current = lookups.lookup(key, 0, outcome);
    }
    if (change.applies(outcome.present, current == expected)) {
      return InPlace.HAS_SLOT;
    }
    outcome.previous = outcome.present ? current : 0;
    outcome.changed = false;
    return InPlace.DONE;
  }

  /** Changes the slot of the key if it has one; in the guard or under the lock. */
  private InPlace inPlace(
      Change change,
      int shard,
      long guard,
      long key,
      long hash,
      long operand,
      long expected,
      LongOutcome outcome) {
    try {
      long directoryWord = shards.context().directoryWord(shard);
      long entry = shards.entry(directoryWord, hash);
      if (segments.isOutside(entry, 8)) {
        return InPlace.UNMAPPED;
      }
      long word = memory.getLongAcquire(entry, 0);
      long found = outcome.seenCell;
      // A word does not come back, and under one word a key keeps its cell.
      if (found <= 0 || outcome.seenWord != word) {
        views.note(shard, hash, directoryWord);
        found = segments.find(word, key, hash);
      }
      if (found == SegmentKind.TORN) {
        return InPlace.UNMAPPED;
      }
      if (found == 0) {
        return absent(change, outcome);
      }
      return changeSlot(
          change, shard, guard, found, segments.nil(word), operand, expected, outcome);
    } catch (IndexOutOfBoundsException e) {
      return InPlace.UNMAPPED;
    }
  }

  private static InPlace absent(Change change, LongOutcome outcome) {
    outcome.present = false;
    outcome.changed = false;
    return change.inserts ? InPlace.NO_SLOT : InPlace.DONE;
  }

  private InPlace changeSlot(
      Change change,
      int shard,
      long guard,
      long found,
      long nil,
      long operand,
      long expected,
      LongOutcome outcome) {
    while (true) {
      // Pairs with the CAS of whoever changed it last.
      long current = memory.getLongAcquire(bucket(found), slot(found));
      boolean present = current != nil;
      outcome.present = present;
      outcome.previous = present ? current : 0;
      if (!change.applies(present, current == expected)) {
        outcome.changed = false;
        return InPlace.DONE;
      }
      long next = change.removes() ? nil : stored(change, operand, outcome);
      if (next == nil && !change.removes()) {
        return InPlace.NIL_CLASH;
      }
      if (next == current || memory.compareAndSetLong(bucket(found), slot(found), current, next)) {
        outcome.changed = true;
        if (present == change.removes()) {
          shards.context().addCount(shard, present ? -1 : 1);
        }
        countChange(guard, change.removes());
        return InPlace.DONE;
      }
    }
  }

  private static long stored(Change change, long operand, LongOutcome outcome) {
    long value = change == Change.ADD ? outcome.previous + operand : operand;
    outcome.stored = value;
    return value;
  }

  private void changeLocked(
      Change change,
      int shard,
      long key,
      long hash,
      long operand,
      long expected,
      LongOutcome outcome) {
    lock(shard);
    try {
      for (int rebuilds = 0; ; rebuilds++) {
        InPlace done = inPlace(change, shard, 0, key, hash, operand, expected, outcome);
        if (done == InPlace.DONE
            || done == InPlace.NO_SLOT && insert(change, shard, key, hash, operand, outcome)) {
          return;
        }
        if (done == InPlace.UNMAPPED) {
          retry(rebuilds, rebuilds, shard);
          continue;
        }
        if (rebuilds > MAX_REBUILDS) {
          throw noRoom(shard);
        }
        shards.rebuild(shard, hash, 0, outcome.stored);
      }
    } finally {
      shards.unlock(shard);
    }
  }

  /** Puts a new key into the dirty table; false if the segment must be rebuilt first. */
  private boolean insert(
      Change change, int shard, long key, long hash, long operand, LongOutcome outcome) {
    outcome.previous = 0;
    long value = stored(change, operand, outcome);
    long directoryWord = shards.context().directoryWord(shard);
    long word = memory.getLong(shards.entry(directoryWord, hash), 0);
    if (value == segments.nil(word)) {
      return false;
    }
    long room = segments.findRoom(word, hash);
    if (room == 0) {
      return false;
    }
    segments.fillCell(room, key, value);
    if (segments.isInDirty(word, room) && !SegmentWord.isAmended(word)) {
      shards.amend(directoryWord, hash, word);
    }
    segments.publish(room, hash);
    shards.inserted(shard);
    outcome.changed = true;
    return true;
  }

  // --- walks
  // --------------------------------------------------------------------------------------

  @Override
  public LongTable.Walk newWalk() {
    return new InlineWalk(this);
  }
}
