package io.tophash.sync.log;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.process.ProcessTable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes what is in the lanes to the log's file, for all processes: whoever has FLUSH, which a dead
 * owner loses. Who has it waits for nothing but the device. State machine and proof:
 * docs/durability.md, "The log".
 *
 * <p>Thread-safe.
 */
final class BatchWriter {
  /** How long a run waits before it looks again whether FLUSH is free. */
  private static final long POLL_NANOS = 50_000;

  private final ProcessTable process;
  private final Deserted deserted;
  private final Path store;
  private final int shardCount;
  private final long timeoutNanos;
  private final LogWords words;
  private final Lanes lanes;
  private final LogFiles files;
  private volatile boolean ended;

  BatchWriter(
      ProcessTable process,
      Path store,
      int shardCount,
      long timeoutNanos,
      LogWords words,
      Lanes lanes,
      LogFiles files) {
    this.process = process;
    this.deserted = process.deserted();
    this.store = store;
    this.shardCount = shardCount;
    this.timeoutNanos = timeoutNanos;
    this.words = words;
    this.lanes = lanes;
    this.files = files;
  }

  // --- FLUSH
  // ---------------------------------------------------------------------------------------

  /** The word FLUSH, 0 if nobody writes. */
  long owner() {
    return words.get(EpochLayout.FLUSH);
  }

  /** True if it is of a thread of this process. */
  boolean isOwn(long owner) {
    return LockWord.process(owner) == process.self();
  }

  /** True if nobody who lives writes a batch. */
  boolean isFree(long owner) {
    return owner == 0 || !process.isAlive(LockWord.slot(owner), LockWord.incarnation(owner));
  }

  /** From now on this process writes no batch. */
  void end() {
    ended = true;
  }

  private void take() {
    long start = System.nanoTime();
    while (true) {
      long owner = owner();
      if (isFree(owner) && words.replace(EpochLayout.FLUSH, owner, process.lockWord())) {
        return;
      }
      checkInTime(start, owner);
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Checks that a wait for the owner of FLUSH has not lasted too long.
   *
   * @throws StoreTimeoutException if it has
   */
  void checkInTime(long startNanos, long owner) {
    if (System.nanoTime() - startNanos <= timeoutNanos) {
      return;
    }
    int slot = LockWord.slot(owner);
    throw new StoreTimeoutException(
        "another process writes to the log for too long; it is alive but does not go on (stopped?):"
            + " resume or end it; a change that is in the log is made, and is durable when the log"
            + " goes on; one that waited for room in it is not made,"
            + " timeoutMs="
            + timeoutNanos / 1_000_000
            + " owner={"
            + (slot < 0 ? "unknown" : process.describe(slot))
            + "} store="
            + store);
  }

  // --- batches
  // -----------------------------------------------------------------------------------------

  /**
   * Writes a batch, unless somebody else does; false if so.
   *
   * @throws StoreException if the device refuses, now or before
   */
  boolean tryFlush(long owner) {
    int thread = Deserted.thread();
    try {
      if (!words.replace(EpochLayout.FLUSH, owner, process.lockWord())) {
        return false;
      }
      try {
        checkNotEnded();
        flush();
      } catch (RuntimeException e) {
        words.put(EpochLayout.FLUSH, 0);
        throw e;
      }
      words.put(EpochLayout.FLUSH, 0);
      return true;
    } catch (Throwable e) {
      if (e instanceof Error) { // without any call, as there may be no stack for one
        deserted.threads[thread & Deserted.PLACES] = thread;
        deserted.state = Deserted.NOTED;
      }
      throw e;
    }
  }

  private void checkNotEnded() {
    if (ended) {
      throw new IllegalStateException("the store is closed, store=" + store);
    }
  }

  /** Writes all that is in the lanes as one batch; for the holder of FLUSH. */
  private void flush() {
    long batch = words.get(EpochLayout.BATCH);
    int count = 0;
    long changes = 0;
    int[] shards = new int[shardCount];
    long[] from = new long[shardCount];
    long[] to = new long[shardCount];
    byte[][] bytes = new byte[shardCount][];
    for (int shard = 0; shard < shardCount; shard++) {
      long head = words.head(batch, shard);
      long tail = words.tail(shard);
      words.putHead(batch + 1, shard, head);
      if (head != tail) {
        shards[count] = shard;
        from[count] = head;
        to[count] = tail;
        bytes[count] = lanes.copy(shard, head, tail);
        changes += LogEntries.changes(bytes[count]);
        count++;
      }
    }
    if (count == 0) {
      return;
    }
    CrashPoint.reached("log.gathered");
    long run = words.get(EpochLayout.LOG_RUN);
    ByteBuffer sealed =
        LogBatch.seal(
            run,
            batch,
            Arrays.copyOf(shards, count),
            Arrays.copyOf(from, count),
            Arrays.copyOf(to, count),
            Arrays.copyOf(bytes, count));
    long written = sealed.remaining();
    long place;
    try {
      place =
          files.append(words.get(EpochLayout.logPlace(batch)), run, batch, sealed, words.needed());
    } catch (UncheckedIOException e) {
      // What the system could not write it may have forgotten: no later success means anything.
      words.put(EpochLayout.BROKEN, 1);
      throw broken(e);
    }
    commit(batch, place, count, shards, to);
    words.add(EpochLayout.LOG_CHANGES, changes);
    words.add(EpochLayout.LOG_BYTES, written);
    words.add(EpochLayout.LOG_FLUSHES, 1);
  }

  private void commit(long batch, long place, int count, int[] shards, long[] to) {
    for (int i = 0; i < count; i++) {
      words.putHead(batch + 1, shards[i], to[i]);
    }
    words.put(EpochLayout.logPlace(batch + 1), place);
    CrashPoint.reached("log.heads");
    words.put(EpochLayout.BATCH, batch + 1);
    CrashPoint.reached("log.committed");
  }

  /**
   * Checks that the device has refused nothing.
   *
   * @throws StoreException if it has
   */
  void checkUsable() {
    if (words.get(EpochLayout.BROKEN) != 0) {
      throw broken(null);
    }
  }

  private StoreException broken(RuntimeException cause) {
    return new StoreException(
        "the log, or the store, could not be written to the device, so no change can be made durable"
            + " any more; the store can still be read and copied: make a backup on another device,"
            + " then look after this one, store="
            + store
            + (cause == null ? "" : " reason=" + cause.getMessage()),
        cause);
  }

  /**
   * Writes what is still in the lanes, for who is alone with the store and has ended all
   * operations.
   *
   * @throws StoreException if the device refuses, now or before
   */
  void drain() {
    checkUsable();
    take();
    try {
      if (words.get(EpochLayout.LOG_RUN) != 0) {
        flush();
      }
    } finally {
      words.put(EpochLayout.FLUSH, 0);
    }
  }

  // --- runs
  // --------------------------------------------------------------------------------------------

  /**
   * Begins a run: what is in the lanes goes to the one before, what follows to a file of its own.
   *
   * @param continues true if the lanes have all changes since the run before
   * @throws StoreException if the device refuses
   */
  void beginRun(boolean continues) {
    take();
    try {
      long previous = words.get(EpochLayout.LOG_RUN);
      if (previous != 0) {
        flush();
      }
      long batch = words.get(EpochLayout.BATCH);
      long random = new SecureRandom().nextLong() | 2;
      long run = continues ? random | 1 : random & ~1L;
      // In between a batch of either run would begin a file.
      words.put(EpochLayout.logPlace(batch), 0);
      long place = files.begin(run, batch, previous, words.needed());
      words.put(EpochLayout.LOG_RUN, run);
      CrashPoint.reached("log.run");
      words.put(EpochLayout.logPlace(batch), place);
    } catch (UncheckedIOException e) {
      throw new StoreException(
          "the log cannot be begun: " + e.getMessage() + ", store=" + store, e);
    } finally {
      words.put(EpochLayout.FLUSH, 0);
    }
  }
}
