package io.tophash.sync.entry;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.ShardContext;

/**
 * The plain way of a put or a removal in an {@link InlineTable}: the key has its slot in its home
 * bucket. It is the way of {@link SegmentTable} written out once more, with the same stores in the
 * same order, for code that counts instructions: no operation object, each word looked at once. The
 * value is read with the look; in the guard, the segment's words are compared with those of the
 * look, and the compare-and-set of the slot is the change. What does not end there begins as an
 * operation, from the look on.
 */
final class InlineSwap {
  private static final long NIL = SegmentLayout.USUAL_NIL;

  private final SegmentTable<LongOp> table;
  private final InlineLookup lookups;
  private final InlineInsert inserts;
  private final MappedMemory memory;
  private final KeyHash keyHash;
  private final DirectoryViews views;
  private final ShardContext context;
  private final int shardShift;
  private final Deserted deserted; // null if the store was opened read-only

  InlineSwap(
      SegmentTable<LongOp> table, InlineSegments segments, InlineLookup lookups, KeyHash keyHash) {
    this.table = table;
    this.lookups = lookups;
    this.inserts = new InlineInsert(table, segments);
    this.memory = table.memory;
    this.keyHash = keyHash;
    this.views = table.views;
    this.context = table.context;
    this.shardShift = context.shardShift();
    this.deserted = table.shards.deserted();
  }

  /** Stores a value; returns the previous one, or {@code missing}. */
  long put(long key, long value, long missing) {
    return change(Change.SET, key, value, missing);
  }

  /** Removes a key; returns its value, or {@code missing}. */
  long remove(long key, long missing) {
    return change(Change.REMOVE, key, NIL, missing);
  }

  private long change(Change change, long key, long next, long missing) {
    table.checkWritable();
    boolean removes = change == Change.REMOVE;
    long hash = keyHash.ofLong(key);
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    Step seen = null;
    try {
      // As InlineLookup.get.
      long entry = view.entry(hash);
      long word = memory.getLongAcquireAt(entry, 0);
      if (view.isCurrent(memory)
          && (next != NIL || removes)
          && SegmentWord.isFresh(word)
          && !SegmentWord.hasRareNil(word)) {
        long home = Segments.homeBucket(word, hash, SegmentLayout.INLINE_BUCKET_BYTES);
        long bucket = memory.place(home, SegmentLayout.INLINE_BUCKET_BYTES);
        long tophashes = memory.getLongAcquireAt(bucket, 0);
        long hits = Tophash.match(tophashes, Tophash.broadcast(HashBits.tophash(hash)));
        for (; hits != 0; hits &= hits - 1) {
          int cell = Tophash.firstCell(hits);
          if (memory.getLongAt(bucket, BucketLayout.DATA_OFFSET + 8 * cell) == key) {
            int slot = InlineSegments.SLOTS + 8 * cell;
            long present = memory.getLongAt(bucket, slot);
            if (present == NIL && removes) {
              if (isCurrent(view, entry, word)) {
                return missing;
              }
            } else if (guarded(view, entry, word, hash, home, slot, present, next)) {
              return present == NIL ? missing : present;
            }
            break;
          }
        }
        if (hits == 0
            && (Tophash.endsChain(tophashes)
                || OverflowWord.excludes(
                    memory.getLongAt(bucket, SegmentLayout.INLINE_OVERFLOW), hash))
            && isCurrent(view, entry, word)
            // Whoever inserts looks again under the lock.
            && (!removes || lookups.isKnown(word))) {
          if (removes || inserts.insert(HashBits.shard(hash, shardShift), key, hash, next)) {
            return missing;
          }
          seen = Step.NO_SLOT;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the operation finds out why.
    }
    LongOp op = new LongOp(change, key, hash, next, 0);
    table.run(op, seen, null);
    return op.present ? op.previous : missing;
  }

  private boolean isCurrent(DirectoryView view, long entry, long word) {
    MappedMemory.acquireFence();
    boolean isCurrent = view.isCurrent(memory, entry, word);
    memory.keepAlive();
    return isCurrent;
  }

  /**
   * Changes a slot in the guard.
   *
   * @param present what it must have
   * @return false if nothing was changed
   */
  private boolean guarded(
      DirectoryView view,
      long entry,
      long word,
      long hash,
      long bucket,
      int slot,
      long present,
      long next) {
    int shard = HashBits.shard(hash, shardShift);
    int thread = Deserted.thread();
    boolean changed;
    try {
      long guard = table.enterGuard(shard);
      if (guard == 0) {
        return false;
      }
      changed = swap(view, entry, word, shard, guard, bucket, slot, present, next);
      table.shards.leaveGuard(guard);
    } catch (Throwable e) {
      // Without any call, as there may be no stack for one.
      deserted.threads[thread & Deserted.PLACES] = thread;
      deserted.state = Deserted.NOTED;
      throw e;
    }
    if (changed) {
      table.promote(shard);
      memory.keepAlive();
    }
    return changed;
  }

  private boolean swap(
      DirectoryView view,
      long entry,
      long word,
      int shard,
      long guard,
      long bucket,
      int slot,
      long present,
      long next) {
    try {
      // Behind the compare-and-set that took the hazard. While one is in the guard, nothing moves;
      // and the words do not come back, so the cell is the one of the look.
      if (!view.isCurrent(memory, entry, word)
          || !memory.compareAndSetLong(bucket, slot, present, next)) {
        return false;
      }
      if (present == NIL) {
        context.addCount(shard, 1);
      } else if (next == NIL) {
        context.addCount(shard, -1);
      }
      context.process().countChange(guard, next == NIL);
      return true;
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }
}
