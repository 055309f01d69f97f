package io.tophash.sync.log;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.process.ProcessTable;
import java.nio.file.Path;

/**
 * The log of an attached store: changes are written to the lane of their shard, then made; and
 * whoever waits for his change to be durable writes all that is in the lanes to the log's file, for
 * all others, too. State machine and proof: docs/durability.md, "The log".
 *
 * <p>Thread-safe. What says so is for the holder of the shard's lock. Lock order: a shard, then
 * FLUSH; who has FLUSH takes nothing else.
 */
public final class SyncLog {
  private final MappedMemory memory;
  private final int shardCount;
  private final LogWords words;
  private final Lanes lanes;
  private final LogFiles files;
  private final BatchWriter batches;
  private final LogWaiters waiters;
  private volatile boolean replays;

  /**
   * @param memory the mapped store
   * @param process this process's row, which is valid
   * @param store its file
   * @param files of the log
   * @param shardCount number of shards
   * @param timeoutNanos how long to wait for a flusher that does not go on
   * @param mapAll maps all that the file has by now
   */
  public SyncLog(
      MappedMemory memory,
      ProcessTable process,
      Path store,
      LogFiles files,
      int shardCount,
      long timeoutNanos,
      Runnable mapAll) {
    this.memory = memory;
    this.shardCount = shardCount;
    this.words = new LogWords(memory);
    this.lanes = new Lanes(memory, words, shardCount, mapAll);
    this.files = files;
    this.batches = new BatchWriter(process, store, shardCount, timeoutNanos, words, lanes, files);
    this.waiters = new LogWaiters(words, batches, process.deserted());
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
    batches.checkUsable();
    int payload = keyBytes + valueBytes;
    if (LogEntryLayout.size(payload) <= lanes.ringBytes() / 2) {
      makeRoom(shard, LogEntryLayout.size(payload));
      lanes.putRedo(shard, redoAt, redoValue, redoBytes);
      return lanes.append(shard, op, bytes, at, payload, keyBytes, valueBytes);
    }
    await(shard, words.tail(shard)); // so that no follower begins before a part of another change
    words.beginParts(shard);
    try {
      appendParts(shard, bytes, at, payload);
      makeRoom(shard, LogEntryLayout.PAYLOAD);
      lanes.putRedo(shard, redoAt, redoValue, redoBytes);
      int large = op == LogEntryLayout.PUT ? LogEntryLayout.LARGE : LogEntryLayout.LARGE_REMOVE;
      return lanes.append(shard, large, bytes, 0, 0, keyBytes, valueBytes);
    } finally {
      words.endParts(shard);
    }
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

  /** True if what the last entry says may not be done yet, or parts were begun and not ended. */
  public boolean isOwing(int shard) {
    return words.applied(shard) != words.tail(shard) || words.hasOpenParts(shard);
  }

  /** Does what the last entry says, if that is owed; for a shard that is frozen. */
  public void redo(int shard) {
    lanes.redo(shard);
    if (words.hasOpenParts(shard)) {
      words.endParts(shard); // they are void: what comes next is no part of that change
    }
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
    waiters.await(shard, position);
    memory.keepAlive();
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
    try {
      batches.beginRun(continues);
    } finally {
      waiters.wake();
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

  /** Notes for people what was made again of the log. */
  public void putReplayed(long changes, boolean isWhole) {
    words.put(EpochLayout.RECOVERED_CHANGES, changes);
    words.put(
        EpochLayout.RECOVERED_LOG, isWhole ? EpochLayout.LOG_WHOLE : EpochLayout.LOG_INCOMPLETE);
  }

  /** The batches that came after the checkpoint at which the store was opened. */
  public LogReader readAll() {
    return files.read(words.get(EpochLayout.LOG_RUN), words.get(EpochLayout.LOG_START));
  }

  /**
   * Writes what is still in the lanes of processes that were killed, so that the log has all that
   * the store has; for who is alone with the store and has ended all operations.
   *
   * @throws StoreException if the device refuses
   */
  public void drain() {
    batches.drain();
  }

  /** From now on this process writes no batch: {@link #holdsFlush} until none is under way. */
  public void end() {
    batches.end();
  }

  /** True if a thread of this process writes a batch. */
  public boolean holdsFlush() {
    return batches.isOwn(batches.owner());
  }

  /** Gives the files back. */
  public void close() {
    files.close();
    memory.keepAlive();
  }
}
