package io.tophash.sync.entry;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.shard.ShardContext;

/**
 * The plain way of a new key in an {@link InlineTable}: there is room for it in a segment that may
 * be stored to, and changes are not logged. It is the way of {@link SegmentTable} written out once
 * more, with the same stores in the same order, and without an operation object, which would be
 * garbage afterwards.
 */
final class InlineInsert {
  private final SegmentTable<?> table;
  private final InlineSegments segments;
  private final MappedMemory memory;
  private final ShardContext context;
  private final Deserted deserted; // null if the store was opened read-only

  InlineInsert(SegmentTable<?> table, InlineSegments segments) {
    this.table = table;
    this.segments = segments;
    this.memory = table.memory;
    this.context = table.context;
    this.deserted = table.shards.deserted();
  }

  /**
   * Inserts a key that a look has not found.
   *
   * @return false if nothing was changed
   */
  boolean insert(int shard, long key, long hash, long value) {
    int thread = Deserted.thread();
    boolean inserted;
    try {
      table.lock(shard);
      inserted = insertLocked(shard, key, hash, value);
      table.shards.unlock(shard);
    } catch (Throwable e) {
      boolean released = false;
      try {
        released = table.shards.release(shard, e);
      } finally {
        if (!released) { // without any call, as there may be no stack for one
          deserted.threads[thread & Deserted.PLACES] = thread;
          deserted.state = Deserted.NOTED;
        }
      }
      throw e;
    }
    if (inserted) {
      table.promote(shard);
    }
    memory.keepAlive();
    return inserted;
  }

  private boolean insertLocked(int shard, long key, long hash, long value) {
    try {
      long directoryWord = context.directoryWord(shard);
      long entry = context.entry(directoryWord, hash);
      if (segments.isOutside(entry, 8)) {
        return false;
      }
      long word = memory.getLongAcquire(entry, 0);
      if (!SegmentWord.isFresh(word)
          || !context.isDirectoryFresh(shard)
          || context.isLogged(shard)
          || segments.find(word, key, hash) != 0
          || value == segments.nil(word)) {
        return false;
      }
      long room = segments.findRoom(word, hash);
      if (room == 0) {
        return false;
      }
      segments.fillCell(room, key, value);
      if (segments.isInDirty(word, room) && !SegmentWord.isAmended(word)) {
        table.changes.amend(directoryWord, hash, word);
      }
      segments.publish(room, hash);
      table.changes.inserted(shard);
      return true;
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }
}
