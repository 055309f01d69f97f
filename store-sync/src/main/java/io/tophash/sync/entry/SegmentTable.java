package io.tophash.sync.entry;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.shard.Shards;

/**
 * What the tables of both kinds share: the way to a segment, and what to do when a lookup cannot be
 * believed. One of these belongs to one attachment and ends with it.
 */
public abstract class SegmentTable {
  /** Tries in a row after which what makes no sense, with nobody moving it, is damaged. */
  private static final int MAX_TORN = 64;

  /** Tries after which a retrying thread lets others run. */
  private static final int SPINS = 32;

  /**
   * Failures of a rebuild to make room after which something is wrong. Others may fill the log
   * between the rebuild and the use of its room, but hardly so often.
   */
  static final int MAX_REBUILDS = 100;

  final SyncCore core;
  final MappedMemory memory;
  final Shards shards;
  final int shardShift;
  final boolean readOnly;
  private volatile boolean closed;

  SegmentTable(SyncCore core, boolean readOnly) {
    this.core = core;
    this.memory = core.memory();
    this.shards = core.shards();
    this.shardShift = shards.context().shardShift();
    this.readOnly = readOnly;
  }

  /** True if the store was opened read-only. */
  public final boolean isReadOnly() {
    return readOnly;
  }

  /** Refuses every later operation. Those under way are awaited by the core's detach. */
  public final void close() {
    closed = true;
  }

  public final boolean isClosed() {
    return closed;
  }

  /** Refuses what comes after {@link #close}. */
  public final void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed, store=" + core.path());
    }
  }

  /** Refuses changes of a store that is closed or was opened read-only. */
  public final void checkWritable() {
    checkOpen();
    if (readOnly) {
      throw new UnsupportedOperationException(
          "the store was opened read-only, store=" + core.path());
    }
  }

  /** Explains an exception of an access: the store was closed under it, or the file misleads. */
  public final RuntimeException explain(IndexOutOfBoundsException e) {
    RuntimeException explained =
        closed
            ? new IllegalStateException("the store was closed meanwhile, store=" + core.path())
            : new CorruptStoreException("store", 0, "a reference leads nowhere (" + e + ")");
    explained.initCause(e);
    return explained;
  }

  final int shardOf(long hash) {
    return HashBits.shard(hash, shardShift);
  }

  static int directoryAt(int shard) {
    return RegionLayout.shard(shard) + ShardLayout.DIRECTORY;
  }

  /**
   * True if neither word changed since it was read: so the blocks that they lead to were live all
   * the while, as a block is freed only after its word changed. The caller has put an acquire fence
   * between its last read and this.
   */
  final boolean isUnchanged(int shard, long directoryWord, long entry, long segmentWord) {
    return memory.getLong(entry, 0) == segmentWord
        && memory.getLong(0, directoryAt(shard)) == directoryWord;
  }

  /**
   * True if the words still stand under which something made no sense: so it was no race, but for
   * the last moment. The position of the entry may be impossible itself.
   */
  final boolean stillStand(int shard, long directoryWord, long entry, long segmentWord) {
    MappedMemory.acquireFence();
    try {
      return shards.context().kind().leavesMapping(entry, 8)
          ? memory.getLong(0, directoryAt(shard)) == directoryWord
          : isUnchanged(shard, directoryWord, entry, segmentWord);
    } catch (IndexOutOfBoundsException e) {
      return true; // closed meanwhile
    }
  }

  /**
   * A lookup cannot be believed. Either the segment was moved meanwhile, which a further try
   * settles; or it lies behind what is mapped here, as another process made the file longer; or the
   * file is damaged.
   *
   * @param attempt number of tries before
   * @param torn how many tries in a row have read what made no sense though {@link #stillStand}
   */
  final void retry(int attempt, int torn, int shard) {
    checkOpen();
    if (torn > 0) {
      if (torn >= MAX_TORN) {
        throw new CorruptStoreException(
            "shard", RegionLayout.shard(shard), "a segment of the shard makes no sense");
      }
      core.mapAll();
    }
    // Of the tries that find damage none waits for another thread.
    if (attempt < SPINS || torn > 0) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  /** Enters the guard, unless the store was closed meanwhile: a closed one has no hazards. */
  final long enterGuard(int shard) {
    long guard = shards.enterGuard(shard);
    if (guard != 0 && closed) {
      shards.leaveGuard(guard);
      checkOpen();
    }
    return guard;
  }

  /** Takes the lock, unless the store was closed meanwhile. */
  final void lock(int shard) {
    shards.lock(shard);
    if (closed) {
      shards.unlock(shard);
      checkOpen();
    }
    shards.addMisses(shard, core.misses().takeUnreported(shard));
  }

  /** Counts a change in this process's row; the hazard's line is this thread's while it has it. */
  final void countChange(long hazard, boolean removes) {
    if (hazard != 0) {
      int at =
          (int) hazard + (removes ? ProcessLayout.HAZARD_REMOVES : ProcessLayout.HAZARD_STORES);
      memory.putLong(0, at, memory.getLong(0, at) + 1);
    }
  }

  /** Makes the promotion that lookups have asked for in this shard, if there is one. */
  final void promoteIfWanted(int shard) {
    long hash = core.misses().takeWanted(shard);
    if (hash != 0 && !closed) {
      try {
        shards.promote(shard, hash);
      } catch (StoreFullException | StoreTimeoutException e) {
        // It was for speed only, and the change that came before it is made.
      }
    }
  }

  static IllegalStateException noRoom(int shard) {
    return new IllegalStateException(
        "a rebuilt segment has no room; this is a bug, shard=" + shard);
  }

  /** Number of entries. */
  public final long sizeLong() {
    checkOpen();
    long size = 0;
    try {
      for (int shard = 0; shard < 1 << shardShift; shard++) {
        size += shards.count(shard);
      }
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
    return Math.max(0, size);
  }

  /** Empties one shard after the other. */
  public final void clear() {
    checkWritable();
    try {
      for (int shard = 0; shard < 1 << shardShift; shard++) {
        checkOpen();
        shards.clear(shard);
      }
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
  }
}
