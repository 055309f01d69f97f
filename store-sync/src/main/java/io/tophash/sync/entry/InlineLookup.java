package io.tophash.sync.entry;

import static io.tophash.sync.segment.InlineSegments.bucket;
import static io.tophash.sync.segment.InlineSegments.slot;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.SealedTables;
import io.tophash.sync.segment.Segments;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.Retry;
import io.tophash.sync.shard.SegmentRead;

/**
 * The lookups of an {@link InlineTable}. A lookup stores nothing and takes no lock: it reads
 * directory word, segment word, buckets and slot, and then makes sure that the two words have not
 * changed.
 */
public final class InlineLookup {
  private final SegmentTable<?> table;
  private final MappedMemory memory;
  private final InlineSegments segments;
  private final KeyHash keyHash;
  private final DirectoryViews views;
  private final SealedTables sealed; // null if reads are not verified

  InlineLookup(SegmentTable<?> table, InlineSegments segments, KeyHash keyHash, boolean verifies) {
    this.table = table;
    this.memory = table.memory;
    this.segments = segments;
    this.keyHash = keyHash;
    this.views = table.views;
    this.sealed = verifies ? segments.sealed() : null;
  }

  /** True if a key that is not found in a segment may be called absent at once. */
  boolean isKnown(long word) {
    return sealed == null || sealed.isKnown(word);
  }

  /**
   * The plain way: the key stands in its home bucket of the read table, or that has a free cell, or
   * its filter excludes the key, which then is nowhere. Nine lookups in ten end here, so this is
   * kept small; {@link #lookup} is for the others, and for all that is odd. The directory is that
   * of an earlier lookup; if it is no longer the present one, the check at the end says so.
   */
  long get(long key, long missing) {
    table.checkOpen();
    long hash = keyHash.ofLong(key);
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    try {
      long entry = view.entry(hash);
      long word = memory.getLongAcquireAt(entry, 0);
      long bucket =
          memory.place(
              Segments.homeBucket(word, hash, SegmentLayout.INLINE_BUCKET_BYTES),
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
      if (hits == 0
          && (Tophash.endsChain(tophashes)
              || OverflowWord.excludes(
                  memory.getLongAt(bucket, SegmentLayout.INLINE_OVERFLOW), hash))) {
        MappedMemory.acquireFence();
        if (view.isCurrent(memory, entry, word) && isKnown(word)) {
          memory.keepAlive();
          return missing;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return lookup(key, hash, missing, null);
  }

  /**
   * The plain way of {@link #get}, for a change: where the key stands. Written out once more, as
   * what {@code get} does besides must stay in one method that the compiler takes whole. A cell is
   * not validated: it is right if the segment word is found unchanged later on.
   *
   * @param op its fields {@code seenWord} and {@code seenCell} are set if a cell is found
   * @return the cell; 0 if the key is surely absent; {@link Segments#TORN} if that does not decide
   *     it, or if anything is odd
   */
  long locate(LongOp op) {
    long key = op.key;
    long hash = op.hash;
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    try {
      long entry = view.entry(hash);
      long word = memory.getLongAcquireAt(entry, 0);
      long home = Segments.homeBucket(word, hash, SegmentLayout.INLINE_BUCKET_BYTES);
      long bucket = memory.place(home, SegmentLayout.INLINE_BUCKET_BYTES);
      // Pairs with publish(): the cells are read after the word that shows them.
      long tophashes = memory.getLongAcquireAt(bucket, 0);
      for (long hits = Tophash.match(tophashes, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (memory.getLongAt(bucket, BucketLayout.DATA_OFFSET + 8 * cell) == key) {
          op.seenWord = word;
          op.seenCell = home | cell;
          return home | cell;
        }
      }
      if (Tophash.endsChain(tophashes)
          || OverflowWord.excludes(memory.getLongAt(bucket, SegmentLayout.INLINE_OVERFLOW), hash)) {
        MappedMemory.acquireFence();
        if (view.isCurrent(memory, entry, word) && isKnown(word)) {
          return 0;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return Segments.TORN;
  }

  /** True if what was read since {@link #locate} found a cell stands in a live segment. */
  boolean isCurrent(LongOp op) {
    MappedMemory.acquireFence();
    DirectoryView view = views.get(op.hash);
    return view.isCurrent(memory, view.entry(op.hash), op.seenWord);
  }

  /** The value, or {@code missing}; the operation, unless it is null, says which it was. */
  long lookup(long key, long hash, long missing, LongOp op) {
    table.checkOpen();
    SegmentRead read = new SegmentRead(table.context, hash);
    Retry retry = null;
    while (true) {
      boolean sane;
      try {
        sane = read.begin();
        if (sane) {
          long word = read.word();
          views.note(read.shard(), hash, read.directoryWord());
          long found = segments.find(word, key, hash);
          long value = found > 0 ? memory.getLong(bucket(found), slot(found)) : 0;
          boolean present = found > 0 && value != segments.nil(word);
          sane = found != Segments.TORN && (present || table.mayBelieve(word));
          if (sane && read.isCurrent()) {
            table.countIfMiss(read.shard(), word, hash, found);
            memory.keepAlive();
            if (op != null) {
              op.present = present;
            }
            return present ? value : missing;
          }
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      retry =
          table.again(retry, read.shard(), read.directoryWord(), read.entry(), read.word(), sane);
    }
  }
}
