package io.tophash.sync.entry;

import io.tophash.core.errors.StoreFullException;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.shard.Caching;
import io.tophash.sync.shard.Eviction;
import io.tophash.sync.shard.LargeRecords;

/**
 * Writes the large records of operations to blocks of their own. A cache makes room for one, and
 * rejects it if it can make none. For the holder of the shard's lock.
 */
final class LargeWriter {
  /** How often one is tried that finds room in its share, but none in the file. */
  private static final int MAX_TRIES = 3;

  /** Blocks that are freed one by one for it, where what is free lies in pieces. */
  private static final int MAX_FREED = 8;

  private final LargeRecords large;
  private final Eviction eviction; // null, as the next one, of all but a cache
  private final Caching caching;

  LargeWriter(LargeRecords large, Eviction eviction, Caching caching) {
    this.large = large;
    this.eviction = eviction;
    this.caching = caching;
  }

  /** Writes the record of an operation: what is logged then is its stub. */
  void write(RecordOp op, int shard) {
    op.loggedAt = 0;
    if (eviction == null) {
      op.logged = large.write(shard, op.record, op.hash, op.below);
      return;
    }
    long bytes = CacheLayout.blockBytes(op.record.length + (long) CacheLayout.PREFIX_BYTES);
    boolean written = false;
    for (int round = 0;
        !written && round <= MAX_TRIES && eviction.makeRoomForLarge(shard, bytes << round);
        round++) {
      written = tryWrite(op, shard);
    }
    for (int freed = 0; !written && freed < MAX_FREED && eviction.freeOne(shard, bytes); freed++) {
      written = tryWrite(op, shard);
    }
    if (!written) {
      reject(op, shard);
    }
  }

  /**
   * Writes it anew if a rebuild that found no room has freed its block, as that was not linked.
   *
   * @return true: the operation can go on, if only to reject it
   */
  boolean rewrite(RecordOp op, int shard) {
    if (op.isLarge() && !large.hasNew(shard)) {
      write(op, shard);
    }
    return true;
  }

  /** False if the file has no room in one piece, though the share has: so more has to go. */
  private boolean tryWrite(RecordOp op, int shard) {
    try {
      op.logged = large.write(shard, op.record, op.hash, op.below, op.expires);
      return true;
    } catch (StoreFullException e) {
      return false;
    }
  }

  /** The value finds no room in a cache: so the key has none, rather than an old one. */
  void reject(RecordOp op, int shard) {
    op.isRejected = true;
    caching.count(shard, CacheLayout.REJECTED, 1);
  }
}
