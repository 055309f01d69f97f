package io.tophash.sync.entry;

import static io.tophash.core.format.BucketLayout.DATA_OFFSET;

import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.MemoryMode;
import io.tophash.core.memory.Touch;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import java.util.Objects;

/**
 * Lookups of many keys in stages, so that the cache misses of one stage overlap: first all segment
 * words, then all tophash words, then all cells. What does not go the plain way (an entry outside
 * its home bucket, a segment that is moved) is looked up alone afterwards.
 */
public final class InlineBatch {
  static final int SIZE = 32;

  /** Offsets in a bucket at which one of its cache lines is sure to be met. */
  private static final int SECOND_LINE = 64;

  private final SegmentTable<LongOp> table;
  private final InlineLookup lookups;
  private final DirectoryViews directories;
  private final MappedMemory memory;
  private final KeyHash keyHash;
  private final long[] hashes = new long[SIZE];
  private final DirectoryView[] views = new DirectoryView[SIZE];
  private final long[] entries = new long[SIZE];
  private final long[] words = new long[SIZE];
  private final long[] buckets = new long[SIZE];
  private final long[] tophashes = new long[SIZE];

  /** Bits of the keys of the present batch that are surely absent. */
  private int absent;

  InlineBatch(SegmentTable<LongOp> table, InlineLookup lookups, KeyHash keyHash) {
    this.table = table;
    this.lookups = lookups;
    this.directories = table.views;
    this.memory = table.memory;
    this.keyHash = keyHash;
  }

  int getAll(long[] wanted, long[] values, long missing) {
    table.checkOpen();
    Objects.requireNonNull(wanted, "keys");
    // A key is read again after something was written to the place of its value.
    long[] keys = wanted == values ? wanted.clone() : wanted;
    if (values.length < keys.length) {
      throw new IllegalArgumentException(
          "there is less room for values than there are keys, keys="
              + keys.length
              + " values="
              + values.length);
    }
    int present = 0;
    for (int from = 0; from < keys.length; from += SIZE) {
      int count = Math.min(SIZE, keys.length - from);
      int alone = stagedLookup(keys, values, from, count, missing);
      present += count - Integer.bitCount(alone | absent);
      for (int rest = alone; rest != 0; rest &= rest - 1) {
        int i = from + Integer.numberOfTrailingZeros(rest);
        LongOp op = new LongOp(Change.LOOKUP, keys[i], keyHash.ofLong(keys[i]), 0, 0);
        values[i] = lookups.lookup(op.key, op.hash, missing, op);
        if (op.present) {
          present++;
        }
      }
    }
    return present;
  }

  /**
   * Fetches the cache lines that changes of these keys will need, all at once: one after the other
   * they would be waited for one by one, as each change is a compare and set, which no later load
   * overtakes. What is read does not matter, nor if it has moved meanwhile.
   */
  void touch(long[] keys, int from, int to) {
    try {
      readTophashes(keys, from, to - from, true);
    } catch (IndexOutOfBoundsException e) {
      // A segment was moved: the change itself finds where it is.
    }
  }

  /** Looks up a batch; the bits of the answer are the keys that must be looked up alone. */
  private int stagedLookup(long[] keys, long[] values, int from, int count, long missing) {
    int all = count == SIZE ? -1 : (1 << count) - 1;
    int decided = 0;
    absent = 0;
    try {
      // In the default mode the checks of two more loads cost more than is won.
      readTophashes(keys, from, count, MemoryMode.IS_FAST);
      for (int i = 0; i < count; i++) {
        if (readValue(keys, values, from, i)) {
          decided |= 1 << i;
        } else if (isAbsent(i)) {
          values[from + i] = missing;
          decided |= 1 << i;
          absent |= 1 << i;
        }
      }
      MappedMemory.acquireFence();
      for (int i = 0; i < count; i++) {
        if (!views[i].isCurrent(memory, entries[i], words[i])
            || (absent >>> i & 1) != 0 && !lookups.isKnown(words[i])) {
          decided &= ~(1 << i);
        }
      }
      int alone = all & ~decided;
      for (int rest = MemoryMode.IS_FAST ? alone : 0; rest != 0; rest &= rest - 1) {
        touchNext(Integer.numberOfTrailingZeros(rest));
      }
      memory.keepAlive();
      return alone;
    } catch (IndexOutOfBoundsException e) {
      return all;
    }
  }

  /** Finds the home buckets and reads their tophash words. */
  private void readTophashes(long[] keys, int from, int count, boolean wholeBuckets) {
    for (int i = 0; i < count; i++) {
      long hash = keyHash.ofLong(keys[from + i]);
      DirectoryView view = directories.get(hash);
      long entry = view.entry(hash);
      hashes[i] = hash;
      views[i] = view;
      entries[i] = entry;
      words[i] = memory.getLongAt(entry, 0);
    }
    // Pairs with the release that published a segment word.
    MappedMemory.acquireFence();
    for (int i = 0; i < count; i++) {
      long home = Segments.homeBucket(words[i], hashes[i], SegmentLayout.INLINE_BUCKET_BYTES);
      buckets[i] = memory.place(home, SegmentLayout.INLINE_BUCKET_BYTES);
      tophashes[i] = memory.getLongAt(buckets[i], 0);
      if (wholeBuckets) {
        // Which of the other lines will be needed is known only when this one has come.
        Touch.use(
            memory.getLongAt(buckets[i], SECOND_LINE)
                ^ memory.getLongAt(buckets[i], SegmentLayout.INLINE_OVERFLOW));
      }
    }
    // Pairs with publish(): the cells are read after the word that shows them.
    MappedMemory.acquireFence();
  }

  /** Fetches the bucket in which a key may stand that is not in its home bucket. */
  private void touchNext(int i) {
    long next =
        InlineSegments.next(
            words[i], hashes[i], memory.getLongAt(buckets[i], SegmentLayout.INLINE_OVERFLOW));
    if (next != 0) {
      long bucket = memory.place(next, SegmentLayout.INLINE_BUCKET_BYTES);
      Touch.use(
          memory.getLongAt(bucket, 0)
              ^ memory.getLongAt(bucket, SECOND_LINE)
              ^ memory.getLongAt(bucket, SegmentLayout.INLINE_OVERFLOW));
    }
  }

  /** True if nothing in the home bucket looks like the key, and the key is not behind it either. */
  private boolean isAbsent(int i) {
    long pattern = Tophash.broadcast(HashBits.tophash(hashes[i]));
    return Tophash.match(tophashes[i], pattern) == 0
        && (Tophash.endsChain(tophashes[i])
            || OverflowWord.excludes(
                memory.getLongAt(buckets[i], SegmentLayout.INLINE_OVERFLOW), hashes[i]));
  }

  private boolean readValue(long[] keys, long[] values, int from, int i) {
    long pattern = Tophash.broadcast(HashBits.tophash(hashes[i]));
    long hits = Tophash.match(tophashes[i], pattern);
    if (hits == 0) {
      return false;
    }
    int cell = Tophash.firstCell(hits);
    long value = memory.getLongAt(buckets[i], InlineSegments.SLOTS + 8 * cell);
    values[from + i] = value;
    return memory.getLongAt(buckets[i], DATA_OFFSET + 8 * cell) == keys[from + i]
        && value != SegmentLayout.USUAL_NIL
        && !SegmentWord.hasRareNil(words[i]);
  }
}
