package io.tophash.sync.entry;

import static io.tophash.core.memory.MemoryMode.IS_FAST;
import static io.tophash.sync.format.SegmentLayout.RECORD_OVERFLOW;
import static io.tophash.sync.format.SyncRecordLayout.MAX_SMALL_BYTES;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.format.Tophash;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Spot;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.segment.RecordLog;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.ShardContext;
import java.nio.ByteBuffer;

/**
 * The plain way of a set in a {@link RecordTable} that is no cache's: a small record takes the
 * place of a small one whose key stands in its home bucket. It is the way of {@link SegmentTable}
 * written out once more, with the same stores in the same order, for code that counts instructions.
 * The former record is looked at before the guard; that its slot is the same in the compare-and-set
 * which is the change proves that all of it was its own. What does not end there goes on as an
 * operation, from the look on.
 */
final class RecordSwap {
  private final SegmentTable<RecordOp> table;
  private final RecordValues values;
  private final MappedMemory memory;
  private final DirectoryViews views;
  private final ShardContext context;
  private final RecordLog log;
  private final int shardShift;
  private final Deserted deserted; // null if the store was opened read-only

  RecordSwap(SegmentTable<RecordOp> table, RecordSegments segments, RecordValues values) {
    this.table = table;
    this.values = values;
    this.memory = table.memory;
    this.views = table.views;
    this.context = table.context;
    this.log = segments.log();
    this.shardShift = context.shardShift();
    this.deserted = table.shards.deserted();
  }

  /**
   * Stores a record.
   *
   * @return {@link Step#DONE}; {@link Step#NO_SLOT} if the key seems to have none; null if nothing
   *     was changed but what the operation knows
   */
  Step set(RecordOp op) {
    MappedMemory memory = this.memory;
    long hash = op.hash;
    int keyBytes = op.keyBytes;
    DirectoryView view = views.get(hash);
    if (!view.isCurrent(memory)) {
      return null;
    }
    try {
      // As ShortGet.
      long entry = view.entry(hash);
      ByteBuffer home = Spot.window(memory, entry);
      long word = Spot.getLongAcquire(home, Spot.at(memory, entry), 0);
      if (!SegmentWord.isFresh(word)) {
        return null;
      }
      log.touch(word, op.record.length);
      long block = SegmentWord.position(word);
      ByteBuffer window = Spot.windowNear(memory, home, entry, block);
      long start = Spot.of(memory, block);
      long mapped = Spot.mappedBytes(memory, block);
      int slotAt = ShortGet.slotAt(window, start, mapped, word, hash);
      if (slotAt < 0) {
        return isAbsent(word, hash) ? Step.NO_SLOT : null;
      }
      int slot = Spot.getIntAcquire(window, start + slotAt, 0);
      int offset = SlotWord.offset(slot);
      long record = start + offset;
      if (SlotWord.isNil(slot) || IS_FAST && offset + PAYLOAD + keyBytes > mapped) {
        return null;
      }
      long lengths = RecordGet.lengths(window, record);
      int length = (int) (lengths >>> Integer.SIZE);
      if ((int) lengths != keyBytes
          || Integer.compareUnsigned(length, MAX_SMALL_BYTES) > 0
          || !RecordGet.isLongKey(window, record, op.record, PAYLOAD, keyBytes)) {
        return null;
      }
      op.metValueBytes = length;
      op.metBytes = SyncRecordLayout.bytes(keyBytes, length);
      return guarded(op, view, entry, word, slotAt, slot) ? Step.DONE : null;
    } catch (IndexOutOfBoundsException e) {
      return null; // what has been read made no sense; the operation finds out why
    }
  }

  // As far as the look of an operation says it: the holder of the lock looks again.
  private boolean isAbsent(long word, long hash) {
    long home = Segments.homeBucket(word, hash, SegmentLayout.RECORD_BUCKET_BYTES);
    long bucket = memory.place(home, SegmentLayout.RECORD_BUCKET_BYTES);
    long tophashes = memory.getLongAcquireAt(bucket, 0);
    return Tophash.match(tophashes, Tophash.broadcast(HashBits.tophash(hash))) == 0
        && (Tophash.endsChain(tophashes)
            || OverflowWord.excludes(memory.getLongAt(bucket, RECORD_OVERFLOW), hash));
  }

  private boolean guarded(
      RecordOp op, DirectoryView view, long entry, long word, int slotAt, int slot) {
    int shard = HashBits.shard(op.hash, shardShift);
    int thread = Deserted.thread();
    boolean changed;
    try {
      long guard = table.enterGuard(shard);
      if (guard == 0) {
        return false;
      }
      changed = swap(op, view, entry, word, guard, slotAt, slot);
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
      RecordOp op, DirectoryView view, long entry, long word, long guard, int slotAt, int slot) {
    try {
      // Behind the compare-and-set that took the hazard. While one is in the guard, nothing moves.
      if (!view.isCurrent(memory, entry, word)) {
        return false;
      }
      long nil = SlotWord.nil(slot);
      long next = table.fresh(op, word, nil);
      // The slot does not come back to a former value: if it is the same, the key is this one's.
      if (next == nil
          || !memory.compareAndSetInt(SegmentWord.position(word), slotAt, slot, (int) next)) {
        return false;
      }
      op.present = true;
      op.changed = true;
      values.offer(op, word, SlotWord.offset(slot));
      context.process().countChange(guard, false);
      return true;
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }
}
