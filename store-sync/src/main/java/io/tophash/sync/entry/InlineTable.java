package io.tophash.sync.entry;

import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.log.LogWait;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.shard.Shards;

/**
 * The entries of a store whose keys and values are longs, or fit one.
 *
 * <p>The slot of a key is its value; <i>nil</i> is a value that no live entry of the segment has. A
 * change that would store just that has the segment rebuilt with another nil first. Lookups are in
 * {@link InlineLookup}.
 */
public final class InlineTable extends SegmentTable<LongOp> {
  private final InlineSegments segments;
  private final KeyHash keyHash;
  private final InlineLookup lookups;
  private final InlineSwap swaps;

  InlineTable(
      Shards shards, InlineSegments segments, KeyHash keyHash, boolean readOnly, boolean verifies) {
    super(shards, readOnly, verifies);
    this.segments = segments;
    this.keyHash = keyHash;
    this.lookups = new InlineLookup(this, segments, keyHash, verifies);
    this.swaps = new InlineSwap(this, segments, lookups, keyHash);
  }

  // --- lookups
  // ------------------------------------------------------------------------------------

  /** The value, or {@code missing}. */
  public long get(long key, long missing) {
    return lookups.get(key, missing);
  }

  /** Looks a key up; what is returned says whether it is present, and its value. */
  LongOp lookup(long key) {
    checkOpen();
    LongOp op = new LongOp(Change.LOOKUP, key, keyHash.ofLong(key), 0, 0);
    try {
      look(op, 0);
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
    memory.keepAlive();
    return op;
  }

  /** True if the key is present. */
  public boolean containsKey(long key) {
    return lookup(key).present;
  }

  /** How many of the keys were present; {@code values} is at least as long as {@code keys}. */
  public int getAll(long[] keys, long[] values, long missing) {
    return new InlineBatch(this, lookups, keyHash).getAll(keys, values, missing);
  }

  // --- changes
  // ------------------------------------------------------------------------------------

  /** The previous value, or {@code missing}. */
  public long put(long key, long value, long missing) {
    return swaps.put(key, value, missing);
  }

  private static long previous(LongOp op, long missing) {
    return op.present ? op.previous : missing;
  }

  /** Stores a value. */
  public void set(long key, long value) {
    swaps.put(key, value, 0);
  }

  /** Sets each key; {@code values} is as long as {@code keys}. */
  public void putAll(long[] keys, long[] values) {
    together(later -> putAll(keys, values, later));
  }

  /** The same of changes that are waited for with others. */
  void putAll(long[] keys, long[] values, LogWait later) {
    if (keys.length < HashParts.WORTH_IT) {
      putInOrder(keys, values, keys.length, later);
      return;
    }
    HashOrder order = new HashOrder(keyHash, Math.min(HashParts.MOST, keys.length));
    for (int from = 0; from < keys.length; from += HashParts.MOST) {
      int count = Math.min(HashParts.MOST, keys.length - from);
      order.take(keys, values, from, count);
      putInOrder(order.keys(), order.values(), count, later);
    }
  }

  /** In the unsigned order of this number many entries are best stored. */
  long fillOrder(long key) {
    checkOpen();
    return keyHash.ofLong(key);
  }

  private void putInOrder(long[] keys, long[] values, int count, LogWait later) {
    InlineBatch batch = new InlineBatch(this, lookups, keyHash);
    for (int from = 0; from < count; from += InlineBatch.SIZE) {
      int to = Math.min(count, from + InlineBatch.SIZE);
      batch.touch(keys, from, to);
      for (int i = from; i < to; i++) {
        set(keys[i], values[i], later);
      }
    }
  }

  /** Stores a value; it is waited for with the others. */
  void set(long key, long value, LogWait later) {
    run(new LongOp(Change.SET, key, keyHash.ofLong(key), value, 0), later);
  }

  /** The present value, or {@code missing} if the key was absent and has the given value now. */
  public long putIfAbsent(long key, long value, long missing) {
    return previous(change(Change.SET_IF_ABSENT, key, value, 0), missing);
  }

  /** The value that was removed, or {@code missing}. */
  public long remove(long key, long missing) {
    return swaps.remove(key, missing);
  }

  /** True if the key was there. */
  public boolean delete(long key) {
    return change(Change.REMOVE, key, 0, 0).present;
  }

  /** Removes the key if its value is this one. */
  public boolean removeIf(long key, long expected) {
    return change(Change.REMOVE_IF_EQUAL, key, 0, expected).changed;
  }

  /** Stores a value if the key has the expected one. */
  public boolean replace(long key, long expected, long value) {
    return change(Change.SET_IF_EQUAL, key, value, expected).changed;
  }

  /** The new value; an absent key counts as 0. */
  public long addAndGet(long key, long delta) {
    return getAndAdd(key, delta) + delta;
  }

  /** The previous value; an absent key counts as 0. */
  public long getAndAdd(long key, long delta) {
    return change(Change.ADD, key, delta, 0).previous;
  }

  /** Makes a change; what is returned says what was met and done. */
  LongOp change(Change change, long key, long operand, long expected) {
    LongOp op = new LongOp(change, key, keyHash.ofLong(key), operand, expected);
    run(op);
    return op;
  }

  // --- the slot of a key: its value -------------------------------------------------------------

  /** A change that does not apply is done with the look, and a new key needs no guard. */
  @Override
  Step look(LongOp op, int shard) {
    long found = lookups.locate(op);
    if (found == 0) {
      return absent(op);
    }
    if (op.change.always) {
      return Step.HAS_SLOT;
    }
    boolean believed = found > 0 && !SegmentWord.hasRareNil(op.seenWord);
    if (believed) {
      meet(op, op.seenWord, found, slot(found), false);
      // A change that applies looks at the slot again, in the guard.
      believed = op.applies() || lookups.isCurrent(op);
    }
    if (!believed) {
      long current = lookups.lookup(op.key, op.hash, 0, op);
      op.previous = current;
      op.equal = current == op.expected;
    }
    return op.applies() ? Step.HAS_SLOT : Step.DONE;
  }

  @Override
  long find(LongOp op, long word) {
    return segments.find(word, op.key, op.hash);
  }

  @Override
  long slot(long found) {
    return memory.getLongAcquire(InlineSegments.bucket(found), InlineSegments.slot(found));
  }

  @Override
  long nil(long word, long slot) {
    return segments.nil(word);
  }

  @Override
  Step meet(LongOp op, long word, long found, long slot, boolean locked) {
    op.present = slot != segments.nil(word);
    op.previous = op.present ? slot : 0;
    op.equal = slot == op.expected;
    return Step.HAS_SLOT;
  }

  @Override
  long fresh(LongOp op, long word, long nil) {
    return op.stored();
  }

  @Override
  void beforeSwap(LongOp op, int shard, long found, long next, boolean removes) {
    if (isLogged(op, shard)) {
      long at = InlineSegments.bucket(found) + InlineSegments.slot(found);
      log(op, shard, removes ? LogEntryLayout.REMOVE : LogEntryLayout.PUT, at, next, Long.BYTES);
    }
  }

  @Override
  void logPut(LongOp op, int shard, long at, long value, int bytes) {
    log(op, shard, LogEntryLayout.PUT, at, value, bytes);
  }

  private void log(LongOp op, int shard, int kind, long at, long value, int bytes) {
    byte[] entry = new byte[2 * Long.BYTES];
    HeapBytes.putLong(entry, 0, op.key);
    HeapBytes.putLong(entry, Long.BYTES, op.stored());
    int valueBytes = kind == LogEntryLayout.PUT ? Long.BYTES : 0;
    context.log().append(shard, kind, entry, 0, Long.BYTES, valueBytes, at, value, bytes);
  }

  @Override
  boolean swap(LongOp op, int shard, long word, long found, long slot, long next) {
    return next == slot
        || memory.compareAndSetLong(
            InlineSegments.bucket(found), InlineSegments.slot(found), slot, next);
  }

  @Override
  boolean fill(LongOp op, long word, long room) {
    long value = op.stored();
    if (value == segments.nil(word)) {
      return false;
    }
    segments.fillCell(room, op.key, value);
    return true;
  }

  @Override
  void freshen(LongOp op, int shard) {
    changes.freshen(shard, op.hash, op.incomingBytes());
  }

  @Override
  void rebuild(LongOp op, int shard) {
    changes.rebuild(shard, op.hash, 0, op.stored());
  }

  // --- walks
  // --------------------------------------------------------------------------------------

  /** A walk over all entries. */
  public InlineWalk newWalk() {
    return new InlineWalk(this);
  }
}
