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
import io.tophash.sync.segment.SegmentKind;
import io.tophash.sync.shard.DirectoryView;
import io.tophash.sync.shard.DirectoryViews;
import io.tophash.sync.shard.Shards;

/**
 * The lookups of an {@link InlineTable}. A lookup stores nothing and takes no lock: it reads
 * directory word, segment word, buckets and slot, and then makes sure that the two words have not
 * changed.
 */
public final class InlineLookup {
  private final SegmentTable table;
  private final MappedMemory memory;
  private final Shards shards;
  private final InlineSegments segments;
  private final KeyHash keyHash;
  private final DirectoryViews views;

  InlineLookup(SegmentTable table, InlineSegments segments, DirectoryViews views, KeyHash keyHash) {
    this.table = table;
    this.memory = table.memory;
    this.shards = table.shards;
    this.segments = segments;
    this.keyHash = keyHash;
    this.views = views;
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
      if (hits == 0
          && (Tophash.endsChain(tophashes)
              || OverflowWord.excludes(
                  memory.getLongAt(bucket, SegmentLayout.INLINE_OVERFLOW), hash))) {
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

  /**
   * The plain way of {@link #get}, for a change: where the key stands. Written out once more, as
   * what {@code get} does besides must stay in one method that the compiler takes whole. A cell is
   * not validated: it is right if the segment word is found unchanged later on.
   *
   * @param outcome its fields {@code seenWord} and {@code seenCell} are set if a cell is found
   * @return the cell; 0 if the key is surely absent; {@link SegmentKind#TORN} if that does not
   *     decide it, or if anything is odd
   */
  long locate(long key, long hash, LongOutcome outcome) {
    MappedMemory memory = this.memory;
    DirectoryView view = views.get(hash);
    long pattern = Tophash.broadcast(HashBits.tophash(hash));
    try {
      long entry = view.entry(hash);
      long word = memory.getLongAcquireAt(entry, 0);
      long home = SegmentKind.homeBucket(word, hash, SegmentLayout.INLINE_BUCKET_BYTES);
      long bucket = memory.place(home, SegmentLayout.INLINE_BUCKET_BYTES);
      // Pairs with publish(): the cells are read after the word that shows them.
      long tophashes = memory.getLongAcquireAt(bucket, 0);
      for (long hits = Tophash.match(tophashes, pattern); hits != 0; hits &= hits - 1) {
        int cell = Tophash.firstCell(hits);
        if (memory.getLongAt(bucket, BucketLayout.DATA_OFFSET + 8 * cell) == key) {
          outcome.seenWord = word;
          outcome.seenCell = home | cell;
          return home | cell;
        }
      }
      if (Tophash.endsChain(tophashes)
          || OverflowWord.excludes(memory.getLongAt(bucket, SegmentLayout.INLINE_OVERFLOW), hash)) {
        MappedMemory.acquireFence();
        if (view.isCurrent(memory, entry, word)) {
          return 0;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // What has been read made no sense; the other way finds out why.
    }
    return SegmentKind.TORN;
  }

  /** True if what was read since {@link #locate} found a cell stands in a live segment. */
  boolean isCurrent(long hash, LongOutcome seen) {
    MappedMemory.acquireFence();
    DirectoryView view = views.get(hash);
    return view.isCurrent(memory, view.entry(hash), seen.seenWord);
  }

  /** The value, or {@code missing}; {@code outcome}, unless it is null, says which it was. */
  long lookup(long key, long missing, LongOutcome outcome) {
    table.checkOpen();
    long hash = keyHash.ofLong(key);
    int shard = table.shardOf(hash);
    int torn = 0;
    for (int attempt = 0; ; attempt++) {
      long directoryWord = 0;
      long entry = 0;
      long word = 0;
      boolean sane = true;
      try {
        directoryWord = memory.getLongAcquire(0, SegmentTable.directoryAt(shard));
        entry = shards.entry(directoryWord, hash);
        if (segments.isOutside(entry, 8)) {
          table.retry(attempt, ++torn, shard);
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
        if (table.isUnchanged(shard, directoryWord, entry, word)) {
          if (found != SegmentKind.TORN) {
            if (SegmentWord.isAmended(word) && segments.isMiss(word, hash, found)) {
              table.core.misses().count(shard, word, hash);
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
      torn = !sane && table.stillStand(shard, directoryWord, entry, word) ? torn + 1 : 0;
      table.retry(attempt, torn, shard);
    }
  }
}
