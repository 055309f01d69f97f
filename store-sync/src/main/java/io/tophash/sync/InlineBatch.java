package io.tophash.sync;

import static io.tophash.core.format.BucketLayout.DATA_OFFSET;

import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.segment.InlineSegments;
import java.util.Objects;

/**
 * Lookups of many keys in stages, so that the cache misses of one stage overlap: first all segment
 * words, then all tophash words, then all cells. What does not go the plain way (an entry outside
 * its home bucket, a segment that is moved) is looked up alone afterwards.
 */
final class InlineBatch {
  static final int SIZE = 32;

  /** Offsets in a bucket at which one of its cache lines is sure to be met. */
  private static final int SECOND_LINE = 64;

  private final InlineTable table;
  private final InlineSegments segments;
  private final MappedMemory memory;
  private final KeyHash keyHash;
  private final long[] hashes = new long[SIZE];
  private final long[] directoryWords = new long[SIZE];
  private final long[] entries = new long[SIZE];
  private final long[] words = new long[SIZE];
  private final long[] buckets = new long[SIZE];
  private final long[] tophashes = new long[SIZE];
  // Written so that the reads of touch() are not left out.
  private long touched;

  InlineBatch(InlineTable table, InlineSegments segments, KeyHash keyHash) {
    this.table = table;
    this.segments = segments;
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
    LongOutcome outcome = new LongOutcome();
    for (int from = 0; from < keys.length; from += SIZE) {
      int count = Math.min(SIZE, keys.length - from);
      int alone = stagedLookup(keys, values, from, count);
      present += count - Integer.bitCount(alone);
      for (int rest = alone; rest != 0; rest &= rest - 1) {
        int i = from + Integer.numberOfTrailingZeros(rest);
        values[i] = table.lookup(keys[i], missing, outcome);
        if (outcome.present) {
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
      if (readTophashes(keys, from, to - from)) {
        long read = 0;
        for (int i = 0; i < to - from; i++) {
          read |=
              tophashes[i]
                  | memory.getLong(buckets[i], SECOND_LINE)
                  | memory.getLong(buckets[i], SegmentLayout.INLINE_OVERFLOW);
        }
        touched = read;
      }
    } catch (IndexOutOfBoundsException e) {
      // A segment was moved: the change itself finds where it is.
    }
  }

  /** Looks up a batch; the bits of the answer are the keys that must be looked up alone. */
  private int stagedLookup(long[] keys, long[] values, int from, int count) {
    int all = count == SIZE ? -1 : (1 << count) - 1;
    int found = 0;
    try {
      if (!readTophashes(keys, from, count)) {
        return all;
      }
      for (int i = 0; i < count; i++) {
        if (readValue(keys, values, from, i)) {
          found |= 1 << i;
        }
      }
      MappedMemory.acquireFence();
      for (int i = 0; i < count; i++) {
        int shard = table.shardOf(hashes[i]);
        if (!table.isUnchanged(shard, directoryWords[i], entries[i], words[i])) {
          found &= ~(1 << i);
        }
      }
      memory.keepAlive();
      return all & ~found;
    } catch (IndexOutOfBoundsException e) {
      return all;
    }
  }

  private boolean readTophashes(long[] keys, int from, int count) {
    long mapped = memory.mappedBytes();
    for (int i = 0; i < count; i++) {
      long hash = keyHash.ofLong(keys[from + i]);
      long directoryWord = memory.getLongAcquire(0, SegmentTable.directoryAt(table.shardOf(hash)));
      long entry = table.shards.entry(directoryWord, hash);
      if (segments.isOutside(entry, 8, mapped)) {
        return false;
      }
      long word = memory.getLongAcquire(entry, 0);
      hashes[i] = hash;
      directoryWords[i] = directoryWord;
      entries[i] = entry;
      words[i] = word;
      buckets[i] = segments.homeBucket(word, hash);
    }
    for (int i = 0; i < count; i++) {
      if (segments.isOutside(buckets[i], SegmentLayout.INLINE_BUCKET_BYTES, mapped)) {
        return false;
      }
      tophashes[i] = memory.getLong(buckets[i], 0);
    }
    return true;
  }

  private boolean readValue(long[] keys, long[] values, int from, int i) {
    long pattern = Tophash.broadcast(HashBits.tophash(hashes[i]));
    long hits = Tophash.match(tophashes[i], pattern);
    if (hits == 0) {
      return false;
    }
    int cell = Tophash.firstCell(hits);
    long value = memory.getLong(buckets[i], InlineSegments.SLOTS + 8 * cell);
    values[from + i] = value;
    return memory.getLong(buckets[i], DATA_OFFSET + 8 * cell) == keys[from + i]
        && value != segments.nil(words[i]);
  }
}
