package io.tophash.sync;

import static io.tophash.sync.segment.InlineSegments.bucket;
import static io.tophash.sync.segment.InlineSegments.slot;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.SegmentKind;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;

/**
 * The entries of a store whose keys and values are longs, or fit one.
 *
 * <p>A lookup stores nothing and takes no lock: it reads directory word, segment word, buckets and
 * slot, and then makes sure that the two words have not changed. A change of a key that has a slot
 * is one CAS in the guard; a new key goes through the shard's lock.
 */
final class InlineTable extends SegmentTable implements LongTable {
  private enum InPlace {
    DONE,
    NO_SLOT,
    NIL_CLASH,
    UNMAPPED
  }

  private final InlineSegments segments;
  private final KeyHash keyHash;
  private final DirectoryViews views;

  InlineTable(SyncCore core, boolean readOnly) {
    super(core, readOnly);
    this.segments = (InlineSegments) shards.context().kind();
    this.keyHash = core.keyHash();
    this.views = new DirectoryViews(shards.context());
  }

  // --- lookups
  // ------------------------------------------------------------------------------------

  /**
   * The plain way: the key stands in its home bucket of the read table, or that has a free cell and
   * the key is nowhere. Nine lookups in ten end here, so this is kept small; {@link #lookup} is for
   * the others, and for all that is odd. The directory is that of an earlier lookup; if it is no
   * longer the present one, the check at the end says so.
   */
  @Override
  public long get(long key, long missing) {
    checkOpen();
    long hash = keyHash.ofLong(key);
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    try {
      long entry = view.entry(hash);
      long word = memory.getLongAcquireAt(entry, 0);
      long bucket =
          memory.place(
              SegmentKind.homeBucket(word, hash, SegmentLayout.INLINE_BUCKET_BYTES),
              SegmentLayout.INLINE_BUCKET_BYTES);
      // Pairs with publish(): the cells are read after the word that shows them.
      long tophashes = memory.getLongAcquireAt(bucket, 0);
      long hits = Tophash.match(tophashes, pattern);
      while (hits != 0) {
        int cell = Tophash.firstCell(hits);
        if (memory.getLongAt(bucket, BucketLayout.DATA_OFFSET + 8 * cell) == key) {
          long value = memory.getLongAt(bucket, InlineSegments.SLOTS + 8 * cell);
          MappedMemory.acquireFence();
          if (value != SegmentLayout.USUAL_NIL
              && !SegmentWord.hasRareNil(word)
              && view.isCurrent(memory, entry, word)) {
            memory.keepAlive();
            return value;
          }
          break;
        }
        hits &= hits - 1;
      }
      if (hits == 0 && Tophash.endsChain(tophashes)) {
        MappedMemory.acquireFence();
        if (view.isCurrent(memory, entry, word)) {
          memory.keepAlive();
          return missing;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return lookup(key, missing, null);
  }

  /** The value, or {@code missing}; {@code outcome}, unless it is null, says which it was. */
  long lookup(long key, long missing, LongOutcome outcome) {
    checkOpen();
    long hash = keyHash.ofLong(key);
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
        word = memory.getLongAcquire(entry, 0);
        // After both words, which stillStand() compares if this finds the directory damaged.
        views.note(shard, hash, directoryWord);
        long found = segments.find(word, key, hash);
        boolean present = false;
        long value = missing;
        if (found > 0) {
          long stored = memory.getLong(bucket(found), slot(found));
          if (stored != segments.nil(word)) {
            value = stored;
            present = true;
          }
        }
        MappedMemory.acquireFence();
        if (isUnchanged(shard, directoryWord, entry, word)) {
          if (found != SegmentKind.TORN) {
            if (SegmentWord.isAmended(word) && segments.isMiss(word, hash, found)) {
              core.misses().count(shard, word, hash);
            }
            memory.keepAlive();
            if (outcome != null) {
              outcome.present = present;
            }
            return value;
          }
          sane = false;
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      torn = !sane && stillStand(shard, directoryWord, entry, word) ? torn + 1 : 0;
      retry(attempt, torn, shard);
    }
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
    long guard = enterGuard(shard);
    InPlace done = InPlace.NO_SLOT;
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
      long entry = shards.entry(shards.context().directoryWord(shard), hash);
      if (segments.isOutside(entry, 8)) {
        return InPlace.UNMAPPED;
      }
      long word = memory.getLongAcquire(entry, 0);
      long found = segments.find(word, key, hash);
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
