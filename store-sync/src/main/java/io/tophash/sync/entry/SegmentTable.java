package io.tophash.sync.entry;

import io.tophash.core.errors.StoreFullException;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.log.LogWait;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.SegmentRead;
import io.tophash.sync.shard.Shards;

/**
 * The entries of an attached store, and the one way in which an entry is changed.
 *
 * <h2>Terms</h2>
 *
 * A key's hash leads to a <i>shard</i>, whose <i>directory</i> has a <i>segment word</i> for it;
 * that leads to the block of the segment: the <i>read table</i>, in which each key has a
 * <i>cell</i> for good, and the <i>dirty table</i>, to which keys come that the read table has no
 * room for (<i>amended</i>). It is the scheme of Go's {@code sync.Map}. A cell has a <i>slot</i>:
 * the value itself, or a reference to a record in the segment's log. A slot is live, or <i>nil</i>:
 * the key is deleted, and its cell is kept, since under one segment word no key ever moves.
 *
 * <h2>An operation</h2>
 *
 * <ol>
 *   <li><b>Look</b>: find the key as a lookup does. What does not apply is over with that, if the
 *       look stands the validation; nothing was stored and nobody waited for.
 *   <li><b>Guard</b>, if the key has a slot: this thread's hazard word names the shard, so nothing
 *       in it moves. If the segment word is still the one that was seen, so is the cell.
 *   <li><b>Swap</b>: one compare-and-set of the slot is the change. Who loses it looks at the slot
 *       again. Revival of a nil slot is the same compare-and-set.
 *   <li><b>Lock</b>, if the key has no slot, or if anything was odd: one holder for each shard, and
 *       the same swap again, for the key may have come meanwhile.
 *   <li><b>Insert</b>: fill a free cell, then publish it by its tophash byte, which is the commit.
 *       If it is in the dirty table, the segment word says amended first.
 *   <li><b>Rebuild</b>, if there is no room, or the value to be stored is the segment's nil: the
 *       shard is <i>frozen</i> (nobody comes into its guard), the live entries go to a fresh block,
 *       the segment word is replaced; then from the swap on.
 * </ol>
 *
 * <h2>Why it holds</h2>
 *
 * <ul>
 *   <li>Lookup against change: a slot is one word. A lookup takes effect where it read the slot, a
 *       change where its compare-and-set succeeded.
 *   <li>Lookup against rebuild: a lookup believes what it read only if directory word and segment
 *       word have not changed ({@link SegmentRead}); a block is freed only after its word changed.
 *   <li>Change against rebuild: who is in the guard is awaited by who freezes the shard, and who
 *       comes into a frozen one leaves it and waits for the lock. So no slot of a block changes
 *       while its entries are gathered.
 *   <li>Change against insert of the same key: a key gets a slot only under the lock, where it is
 *       looked for again.
 * </ul>
 *
 * The modes of all accesses and what pairs with what: docs/concurrency.md. What a kill between two
 * stores leaves: docs/recovery.md.
 *
 * <h2>Trade-off</h2>
 *
 * Lookups and overwrites go side by side without a lock; that is paid for by new keys, which take
 * their shard's lock, and by rebuilds, which copy a segment of at most 63 KiB when its room is used
 * up. Deleted keys and replaced records cost space until then.
 *
 * <p>The subclasses say what a slot is: {@link InlineTable}, {@link RecordTable}. Both have a plain
 * get and a plain set of their own besides, written out for speed.
 *
 * @param <O> the kind of its operations
 */
abstract class SegmentTable<O extends Op> extends OpenTable {
  /** Rebuilds in vain after which something is wrong: others fill the room hardly so often. */
  private static final int MAX_REBUILDS = 100;

  /** Under the lock nothing moves: what makes no sense with all of the file mapped is damaged. */
  private static final int MAX_UNSURE = 2;

  final DirectoryViews views;
  private final Segments kind;
  private final Deserted deserted; // null if the store was opened read-only

  SegmentTable(Shards shards, boolean readOnly, boolean verifies) {
    super(shards, readOnly, verifies);
    this.kind = context.kind();
    this.views = new DirectoryViews(context);
    this.deserted = shards.deserted();
  }

  // --- what the kinds of slots differ in --------------------------------------------------------

  /** Looks the key up before anything is stored; what was seen is kept in the operation. */
  abstract Step look(O op, int shard);

  /** The cell of the key, 0 if it has none, less if that cannot be said. */
  abstract long find(O op, long word);

  /** The slot of a cell: pairs with the compare-and-set of whoever changed it last. */
  abstract long slot(long found);

  /** What stands for "deleted" in this slot. */
  abstract long nil(long word, long slot);

  /**
   * Notes in the operation what a slot holds.
   *
   * @param locked true for the holder of the lock, false in the guard
   * @return {@link Step#HAS_SLOT}; {@link Step#UNSURE} if only the holder of the lock may go on;
   *     {@link Step#MOVED}
   */
  abstract Step meet(O op, long word, long found, long slot, boolean locked);

  /** The slot that the operation wants; nil if there is no room for it, or if that is its value. */
  abstract long fresh(O op, long word, long nil);

  /**
   * What comes before the swap for the holder of the lock: notes; and the log, if changes are
   * logged, after which the swap does not fail.
   */
  abstract void beforeSwap(O op, int shard, long found, long next, boolean removes);

  /** Replaces a slot if it is still this one: the commit of a change. */
  abstract boolean swap(O op, int shard, long word, long found, long slot, long next);

  /** Fills a free cell; false if there is no room for what it shall refer to. */
  abstract boolean fill(O op, long word, long room);

  /** Rebuilds the segment of the operation so that there is room for it. */
  abstract void rebuild(O op, int shard);

  /** Sees to it that the segment of the operation may be stored to. */
  abstract void freshen(O op, int shard);

  /** Runs an operation; its fields say what was met and done. */
  final void run(O op) {
    run(op, null);
  }

  /** The same of a change that is waited for with others; null: alone, before this returns. */
  final void run(O op, LogWait later) {
    checkWritable();
    run(op, null, later);
  }

  /** The same, from the look on, or behind it: then it has found this. */
  final void run(O op, Step seen, LogWait later) {
    int shard = HashBits.shard(op.hash, context.shardShift());
    try {
      try {
        runOpen(op, shard, seen, later);
      } catch (StoreFullException e) {
        if (op.staysBelow()) {
          throw e;
        }
        shards.relieved(() -> runOpen(op, shard, null, later));
      }
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
  }

  private void runOpen(O op, int shard, Step seen, LogWait later) {
    Step step = seen == null ? look(op, shard) : seen;
    if (step != Step.DONE) {
      if (step != Step.NO_SLOT && !op.needsLock()) {
        step = guarded(op, shard);
      }
      if (step != Step.DONE) {
        locked(op, shard, later);
      }
      promote(shard);
    }
    memory.keepAlive();
  }

  private Step guarded(O op, int shard) {
    int thread = Deserted.thread();
    try {
      long guard = enterGuard(shard);
      if (guard == 0) {
        return Step.UNSURE;
      }
      Step step = inPlace(op, shard, guard);
      shards.leaveGuard(guard);
      return step;
    } catch (Throwable e) {
      // Without any call, as there may be no stack for one.
      deserted.threads[thread & Deserted.PLACES] = thread;
      deserted.state = Deserted.NOTED;
      throw e;
    }
  }

  private void locked(O op, int shard, LogWait later) {
    int thread = Deserted.thread();
    long logged;
    try {
      lock(shard);
      logged = changeLocked(op, shard);
      shards.unlock(shard);
    } catch (Throwable e) {
      boolean released = false;
      try {
        released = shards.release(shard, e);
      } finally {
        if (!released) {
          deserted.threads[thread & Deserted.PLACES] = thread;
          deserted.state = Deserted.NOTED;
        }
      }
      throw e;
    }
    awaitLog(shard, logged, later);
  }

  /** Says up to where the log must be durable before the operation returns; 0: it is not logged. */
  long changeLocked(O op, int shard) {
    int rebuilds = 0;
    int unsure = 0;
    while (true) {
      Step step = inPlace(op, shard, 0);
      if (step == Step.NO_SLOT) {
        step = insertLocked(op, shard) ? Step.DONE : Step.NO_ROOM;
      }
      if (step == Step.DONE) {
        if (!op.changed || !isLogged(op, shard)) {
          return 0;
        }
        context.log().applied(shard);
        return context.log().position(shard);
      }
      if (step == Step.NO_ROOM) {
        if (rebuilds++ > MAX_REBUILDS) {
          throw noRoom(shard);
        }
        rebuild(op, shard);
      } else {
        checkOpen();
        if (unsure++ >= MAX_UNSURE) {
          throw makesNoSense(shard);
        }
        if (step == Step.SEALED) {
          freshen(op, shard);
        } else {
          context.mapAll().run();
        }
      }
    }
  }

  /**
   * Changes the slot of the key if it has one.
   *
   * @param guard the hazard, 0 under the lock
   */
  private Step inPlace(O op, int shard, long guard) {
    try {
      long directoryWord = context.directoryWord(shard);
      long entry = context.entry(directoryWord, op.hash);
      if (kind.isOutside(entry, 8)) {
        return Step.UNSURE;
      }
      long word = memory.getLongAcquire(entry, 0);
      if (!SegmentWord.isFresh(word) || guard == 0 && !context.isDirectoryFresh(shard)) {
        return guard == 0 ? Step.SEALED : Step.UNSURE;
      }
      long found = op.seenCell;
      // A word does not come back, and under one word a key keeps its cell, but for one whose large
      // record was deleted: that cell is nobody's, which shows in the guard. Under the lock it
      // would not.
      if (found <= 0 || op.seenWord != word || guard == 0) {
        views.note(shard, op.hash, directoryWord);
        found = find(op, word);
        op.seenWord = word;
        op.seenCell = found;
      }
      if (found == 0) {
        return absent(op);
      }
      return found < 0 ? Step.UNSURE : changeSlot(op, shard, guard, word, found);
    } catch (IndexOutOfBoundsException e) {
      return Step.UNSURE;
    }
  }

  /** The key has no slot. */
  final Step absent(O op) {
    op.absent();
    return op.change.inserts && !op.removes() ? Step.NO_SLOT : Step.DONE;
  }

  private Step changeSlot(O op, int shard, long guard, long word, long found) {
    while (true) {
      long slot = slot(found);
      Step met = meet(op, word, found, slot, guard == 0);
      if (met == Step.MOVED) {
        continue;
      }
      if (met != Step.HAS_SLOT) {
        return met;
      }
      if (!op.applies()) {
        op.changed = false;
        return Step.DONE;
      }
      boolean removes = op.removes();
      long nil = nil(word, slot);
      long next = removes ? nil : fresh(op, word, nil);
      if (next == nil && !removes) {
        return Step.NO_ROOM;
      }
      if (guard == 0) {
        beforeSwap(op, shard, found, next, removes);
      }
      if (swap(op, shard, word, found, slot, next)) {
        op.changed = true;
        if (op.present == removes) {
          context.addCount(shard, removes ? -1 : 1);
        }
        if (guard != 0) {
          context.process().countChange(guard, removes);
        }
        return Step.DONE;
      }
    }
  }

  /** Logs that the key gets a value by a store that follows. */
  abstract void logPut(O op, int shard, long at, long value, int bytes);

  /** Gives the key a cell; false if the segment must be rebuilt first. */
  private boolean insertLocked(O op, int shard) {
    long word = op.seenWord; // just now, and under the lock it stays
    long room = kind.findRoom(word, op.hash);
    if (room == 0 || !fill(op, word, room)) {
      return false;
    }
    if (kind.isInDirty(word, room) && !SegmentWord.isAmended(word)) {
      changes.amend(context.directoryWord(shard), op.hash, word);
    }
    if (isLogged(op, shard)) {
      logPut(op, shard, Segments.bucketOf(room), Segments.published(memory, room, op.hash), 8);
    }
    kind.publish(room, op.hash);
    changes.inserted(shard);
    op.changed = true;
    return true;
  }
}
