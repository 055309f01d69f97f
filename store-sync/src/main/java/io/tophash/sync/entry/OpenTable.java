package io.tophash.sync.entry;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.log.LogWait;
import io.tophash.sync.segment.SealedTables;
import io.tophash.sync.shard.Promotions;
import io.tophash.sync.shard.Retry;
import io.tophash.sync.shard.SegmentChanges;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.Shards;
import io.tophash.sync.shard.WholeShards;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/**
 * The life of the entries of one attachment: open, then closed. Nothing begins after {@link
 * #close}; what is under way is awaited by who detaches the file, or finds out by itself.
 *
 * <p>Thread-safe.
 */
public abstract class OpenTable {
  final Shards shards;
  final ShardContext context;
  final MappedMemory memory;
  final SegmentChanges changes;
  // By shard: a hash in the segment whose promotion lookups of this table want; 0 if none.
  final AtomicLongArray wanted;
  final Promotions promotions;
  private final StoreFile file;
  private final boolean readOnly;
  private final boolean verifies;
  private final SealedTables sealed;
  // Once true it stays true; an attachment is never opened again.
  private volatile boolean closed;

  OpenTable(Shards shards, boolean readOnly, boolean verifies) {
    this.shards = shards;
    this.context = shards.context();
    this.memory = context.memory();
    this.changes = new SegmentChanges(shards);
    this.wanted = new AtomicLongArray(context.shardCount());
    this.promotions = new Promotions(shards, wanted);
    this.file = context.file();
    this.readOnly = readOnly;
    this.verifies = verifies;
    this.sealed = context.kind().sealed();
  }

  /** True if the store was opened read-only. */
  public final boolean isReadOnly() {
    return readOnly;
  }

  /** Refuses every later operation. Those under way are awaited by the core's detach. */
  public final void close() {
    closed = true;
  }

  final boolean isClosed() {
    return closed;
  }

  /** Refuses what comes after {@link #close}. */
  public final void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed, store=" + context.store());
    }
  }

  /**
   * Refuses changes of a store that is closed or was opened read-only, or whose file is no longer
   * the one that others would open.
   */
  public final void checkWritable() {
    checkOpen();
    if (readOnly) {
      throw new UnsupportedOperationException(
          "the store was opened read-only, store=" + context.store());
    }
    file.checkChangeable();
    try {
      shards.recoverDeserted();
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
  }

  /** Explains an exception of an access: the store was closed under it, or the file misleads. */
  public final RuntimeException explain(IndexOutOfBoundsException e) {
    RuntimeException explained =
        closed
            ? new IllegalStateException("the store was closed meanwhile, store=" + context.store())
            : new CorruptStoreException("store", 0, "a reference leads nowhere (" + e + ")");
    explained.initCause(e);
    return explained;
  }

  static CorruptStoreException makesNoSense(int shard) {
    return new CorruptStoreException(
        "shard", Shards.position(shard, 0), "a segment of the shard makes no sense");
  }

  static IllegalStateException noRoom(int shard) {
    return new IllegalStateException(
        "a rebuilt segment has no room; this is a bug, shard=" + shard);
  }

  /** True if the change is to be logged; for the holder of the lock. */
  final boolean isLogged(Op op, int shard) {
    return context.isLogged(shard) && !op.staysBelow(); // to move an entry is no change
  }

  /**
   * Waits until a change is durable, or notes for later that it is to be.
   *
   * @param logged up to where the log has it; 0 if it is not logged
   * @param later null to wait
   */
  final void awaitLog(int shard, long logged, LogWait later) {
    if (logged != 0 && later == null) {
      context.log().await(shard, logged);
    } else if (logged != 0) {
      later.add(shard, logged);
    }
  }

  // --- the whole store --------------------------------------------------------------------------

  /** Number of entries. */
  public final long sizeLong() {
    checkOpen();
    long size = 0;
    try {
      shards.recoverDeserted();
      for (int shard = 0; shard < context.shardCount(); shard++) {
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
      for (int shard = 0; shard < context.shardCount(); shard++) {
        checkOpen();
        clear(shard);
      }
    } catch (IndexOutOfBoundsException e) {
      throw explain(e);
    }
  }

  /** Makes changes that are {@linkplain LogWait#together waited for} together. */
  final void together(Consumer<LogWait> changes) {
    checkWritable();
    LogWait.together(context.log(), context.shardCount(), changes);
  }

  private void clear(int shard) {
    try {
      new WholeShards(shards).clear(shard);
    } catch (StoreFullException e) {
      shards.relieved(() -> new WholeShards(shards).clear(shard));
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

  /** Takes the lock; if the store was closed meanwhile, the caller gives it up. */
  final void lock(int shard) {
    shards.lock(shard);
    checkOpen();
    promotions.reportMisses(shard);
  }

  /** After each change: makes the promotion that lookups want. */
  final void promote(int shard) {
    if (wanted.getPlain(shard) != 0 && !closed) {
      try {
        promotions.make(shard);
      } catch (IndexOutOfBoundsException e) {
        throw explain(e);
      }
    }
  }

  // --- lookups ----------------------------------------------------------------------------------

  /**
   * Ends a try of a validated read that is not to be believed.
   *
   * @param retry what an earlier try has left, or null
   * @return what to hand over if there is another
   */
  final Retry again(
      Retry retry, int shard, long directoryWord, long entry, long word, boolean sane) {
    checkOpen();
    Retry next = retry == null ? new Retry(context) : retry;
    next.again(shard, directoryWord, entry, word, sane);
    return next;
  }

  /** True if checksums are compared. */
  final boolean verifies() {
    return verifies;
  }

  /** True if what a segment does not have is absent: see {@link SealedTables}. */
  final boolean mayBelieve(long word) {
    return !verifies || sealed.mayBelieve(word);
  }

  /** Counts a believed lookup that went to the dirty table. */
  final void countIfMiss(int shard, long word, long hash, long found) {
    if (SegmentWord.isAmended(word) && context.kind().isMiss(word, hash, found)) {
      promotions.countMiss(shard, word, hash);
    }
  }

  /**
   * Stores the large records of a segment again that stand behind a position, below it if there is
   * room; for compaction. Whoever changes such an entry meanwhile wins.
   */
  public void moveLargeRecords(int shard, long hash, long limit) {}
}
