package io.tophash.sync.log;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.process.Deserted;
import io.tophash.sync.process.ProcessTable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The log of an attached store: changes are written to the lane of their shard, then made; and
 * whoever waits for his change to be durable writes all that is in the lanes to the log's file, for
 * all others, too. State machine and proof: docs/durability.md, "The log".
 *
 * <p>Thread-safe. What says so is for the holder of the shard's lock. Lock order: a shard, then
 * FLUSH; who has FLUSH takes nothing else.
 */
public final class SyncLog {
  /** How long a wait lasts at most before it looks again. */
  private static final long PARK_NANOS = 1_000_000;

  /** The same where the flusher may be of another process, which wakes nobody here. */
  private static final long POLL_NANOS = 50_000;

  private final MappedMemory memory;
  private final ProcessTable process;
  private final Deserted deserted;
  private final Path store;
  private final int shardCount;
  private final long timeoutNanos;
  private final LogWords words;
  private final Lanes lanes;
  private final LogFiles files;
  private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;
  private volatile boolean replays;

  /**
   * @param memory the mapped store
   * @param process this process's row, which is valid
   * @param store its file
   * @param storeId its id
   * @param shardCount number of shards
   * @param timeoutNanos how long to wait for a flusher that does not go on
   * @param mapAll maps all that the file has by now
   */
  public SyncLog(
      MappedMemory memory,
      ProcessTable process,
      Path store,
      long storeId,
      int shardCount,
      long timeoutNanos,
      Runnable mapAll) {
    this.memory = memory;
    this.process = process;
    this.deserted = process.deserted();
    this.store = store;
    this.shardCount = shardCount;
    this.timeoutNanos = timeoutNanos;
    this.words = new LogWords(memory);
    this.lanes = new Lanes(memory, words, shardCount, mapAll);
    this.files = new LogFiles(store, storeId);
  }

  // --- entries: for the holder of the shard's lock
  // ---------------------------------------------------

  /**
   * Writes an entry to the lane of a shard. The change that it says must follow, by a single store,
   * and then {@link #applied}: whatever happens in between, a take-over makes that store.
   *
   * @param op {@link LaneLayout#PUT}, {@link LaneLayout#REMOVE} or {@link LaneLayout#CLEAR}
   * @param bytes key and value, one behind the other
   * @param at where they begin
   * @param redoAt position of the store
   * @param redoValue what is stored
   * @param redoBytes 4 or 8
   * @return the position to {@linkplain #await wait} for
   * @throws StoreException if the log has failed; nothing was written
   * @throws StoreTimeoutException if there is no room in the lane, and who could make some does not
   *     go on; nothing was written
   */
  public long append(
      int shard,
      int op,
      byte[] bytes,
      int at,
      int keyBytes,
      int valueBytes,
      long redoAt,
      long redoValue,
      int redoBytes) {
    checkUsable();
    int payload = keyBytes + valueBytes;
    boolean isLarge = LogEntryLayout.size(payload) > lanes.ringBytes() / 2;
    if (isLarge) {
      appendParts(shard, bytes, at, payload);
    }
    makeRoom(shard, isLarge ? LogEntryLayout.PAYLOAD : LogEntryLayout.size(payload));
    lanes.putRedo(shard, redoAt, redoValue, redoBytes);
    return isLarge
        ? lanes.append(
            shard,
            op == LogEntryLayout.PUT ? LogEntryLayout.LARGE : LogEntryLayout.LARGE_REMOVE,
            bytes,
            0,
            0,
            keyBytes,
            valueBytes)
        : lanes.append(shard, op, bytes, at, payload, keyBytes, valueBytes);
  }

  /** Writes what is too large for the ring, which goes through it in parts. */
  private void appendParts(int shard, byte[] bytes, int at, int length) {
    int most = lanes.ringBytes() / 4 & -8;
    int number = 0;
    for (int done = 0; done < length; number++) {
      int part = Math.min(most - LogEntryLayout.PAYLOAD, length - done);
      makeRoom(shard, LogEntryLayout.size(part));
      lanes.putRedo(shard, 0, 0, 0);
      lanes.append(shard, LogEntryLayout.PART, bytes, at + done, part, part, number);
      applied(shard);
      done += part;
    }
  }

  private void makeRoom(int shard, int bytes) {
    long needed = words.tail(shard) + bytes - lanes.ringBytes();
    if (needed > 0 && words.committed(shard) < needed) {
      await(shard, needed);
    }
  }

  /** What the last entry of the lane says is done. */
  public void applied(int shard) {
    words.putApplied(shard, words.tail(shard));
  }

  /** True if what the last entry says may not be done yet. */
  public boolean isOwing(int shard) {
    return words.applied(shard) != words.tail(shard);
  }

  /** Does what the last entry says, if that is owed; for a shard that is frozen. */
  public void redo(int shard) {
    lanes.redo(shard);
  }

  /** Number of the next batch. Wait-free. */
  public long batch() {
    return words.get(EpochLayout.BATCH);
  }

  /** The position of the lane. */
  public long position(int shard) {
    return words.tail(shard);
  }

  // --- waiting
  // -----------------------------------------------------------------------------------------

  /**
   * Waits until all up to a position of a lane is on the device, and sees to it.
   *
   * @throws StoreException if the device refuses, now or before
   * @throws StoreTimeoutException if a process that is alive has begun to write it and does not go
   *     on
   */
  public void await(int shard, long position) {
    if (words.committed(shard) >= position) {
      return;
    }
    boolean isInterrupted = Thread.interrupted(); // which would end each sleep at once
    try {
      awaitAsleep(shard, position);
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
    memory.keepAlive();
  }

  private void awaitAsleep(int shard, long position) {
    long start = System.nanoTime();
    while (words.committed(shard) < position) {
      checkUsable();
      long owner = words.get(EpochLayout.FLUSH);
      if (isFree(owner) && tryFlush(owner)) {
        continue;
      }
      if (System.nanoTime() - start > timeoutNanos) {
        throw flushedTooLong(owner);
      }
      park(shard, position);
    }
  }

  /** True if nobody who lives writes a batch. */
  private boolean isFree(long owner) {
    return owner == 0 || !process.isAlive(LockWord.slot(owner), LockWord.incarnation(owner));
  }

  private void park(int shard, long position) {
    Thread self = Thread.currentThread();
    waiting.add(self);
    long owner = words.get(EpochLayout.FLUSH);
    if (owner != 0 && words.committed(shard) < position) {
      deserted.settle(); // the flusher may be a thread that was thrown out
      boolean isOwn = LockWord.process(owner) == process.self();
      LockSupport.parkNanos(this, isOwn ? PARK_NANOS : POLL_NANOS);
    }
    waiting.remove(self);
  }

  private void wakeAll() {
    Thread thread = waiting.poll();
    while (thread != null) {
      LockSupport.unpark(thread);
      thread = waiting.poll();
    }
  }

  private StoreTimeoutException flushedTooLong(long owner) {
    int slot = LockWord.slot(owner);
    return new StoreTimeoutException(
        "another process writes to the log for too long; it is alive but does not go on (stopped?):"
            + " resume or end it; the change is made, and is durable when the log goes on,"
            + " timeoutMs="
            + timeoutNanos / 1_000_000
            + " owner={"
            + (slot < 0 ? "unknown" : process.describe(slot))
            + "} store="
            + store);
  }

  // --- batches
  // -----------------------------------------------------------------------------------------

  /** Writes a batch, unless somebody else does; false if so. */
  private boolean tryFlush(long owner) {
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
        wakeAll();
        throw e;
      }
      words.put(EpochLayout.FLUSH, 0);
      wakeAll();
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
          files.append(
              words.get(EpochLayout.logPlace(batch)),
              run,
              batch,
              sealed,
              words.get(EpochLayout.LOG_START_RUN),
              words.get(EpochLayout.LOG_START));
    } catch (UncheckedIOException e) {
      // What the system could not write it may have forgotten: no later success means anything.
      words.put(EpochLayout.BROKEN, 1);
      throw broken(e);
    }
    commit(batch, place, count, shards, to);
    words.put(EpochLayout.LOG_BYTES, words.get(EpochLayout.LOG_BYTES) + written);
    words.put(EpochLayout.LOG_FLUSHES, words.get(EpochLayout.LOG_FLUSHES) + 1);
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

  private void checkUsable() {
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

  // --- runs
  // --------------------------------------------------------------------------------------------

  /** True if there is a log that goes on from the checkpoint at which the store was opened. */
  public boolean hasRun() {
    return words.get(EpochLayout.LOG_RUN) != 0;
  }

  /** True if changes can be logged: there are lanes, and what is changed is not from the log. */
  public boolean isReady() {
    return words.get(EpochLayout.LANES) != 0 && !replays;
  }

  /** Says whether what is changed is from the log; for who is alone with the store. */
  public void putReplays(boolean isReplaying) {
    replays = isReplaying;
  }

  /**
   * Begins a run: what is in the lanes goes to the one before, what follows to a file of its own.
   *
   * @param continues true if the lanes have all changes since the run before
   * @throws StoreException if the device refuses
   */
  public void beginRun(boolean continues) {
    long start = System.nanoTime();
    while (true) {
      long owner = words.get(EpochLayout.FLUSH);
      if (isFree(owner) && words.replace(EpochLayout.FLUSH, owner, process.lockWord())) {
        break;
      }
      if (System.nanoTime() - start > timeoutNanos) {
        throw flushedTooLong(owner);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    try {
      if (words.get(EpochLayout.LOG_RUN) != 0) {
        flush();
      }
      long batch = words.get(EpochLayout.BATCH);
      long random = new SecureRandom().nextLong() | 2;
      long run = continues ? random | 1 : random & ~1L;
      // In between a batch of either run would begin a file.
      words.put(EpochLayout.logPlace(batch), 0);
      long place =
          files.begin(
              run, batch, words.get(EpochLayout.LOG_START_RUN), words.get(EpochLayout.LOG_START));
      words.put(EpochLayout.LOG_RUN, run);
      CrashPoint.reached("log.run");
      words.put(EpochLayout.logPlace(batch), place);
    } catch (UncheckedIOException e) {
      throw new StoreException(
          "the log cannot be begun: " + e.getMessage() + ", store=" + store, e);
    } finally {
      words.put(EpochLayout.FLUSH, 0);
      wakeAll();
    }
  }

  /**
   * Forgets what the lanes have: all of it is in a durable checkpoint. For who is alone with the
   * store.
   *
   * @param batch number that the next batch has at least
   */
  public void startFrom(long batch) {
    words.put(EpochLayout.BATCH, Math.max(batch, words.get(EpochLayout.BATCH)));
    for (int shard = 0; shard < shardCount; shard++) {
      words.putHead(words.get(EpochLayout.BATCH), shard, words.tail(shard));
    }
  }

  /** Moves a lane on to where the log has led it: for the replay, alone with the store. */
  public void replayed(int shard, long position) {
    words.putTail(shard, position);
    words.putApplied(shard, position);
  }

  /** The batches that came after the checkpoint at which the store was opened. */
  public LogReader readAll() {
    return files.read(words.get(EpochLayout.LOG_RUN), words.get(EpochLayout.LOG_START));
  }

  /** From now on this process writes no batch: {@link #holdsFlush} until none is under way. */
  public void end() {
    ended = true;
  }

  /** True if a thread of this process writes a batch. */
  public boolean holdsFlush() {
    return LockWord.process(words.get(EpochLayout.FLUSH)) == process.self();
  }

  /** Gives the files back. */
  public void close() {
    files.close();
    memory.keepAlive();
  }
}
