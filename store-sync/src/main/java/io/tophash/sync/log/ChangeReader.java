package io.tophash.sync.log;

import io.tophash.core.errors.MissedChangesException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/**
 * Reads what was changed in a store from its log, from a place on: of each shard all of it, in
 * order. Only batches that are committed count, so what is read is durable. What makes this right
 * beside those who write and use files again is argued in docs/durability.md, "The change stream".
 *
 * <p>For one thread at a time.
 */
public final class ChangeReader implements AutoCloseable {
  /**
   * Where a reader goes on.
   *
   * @param run of the log
   * @param batch number of the first batch that may have something new
   * @param lanes of each shard the lane position up to which all is known
   */
  public record Place(long run, long batch, long[] lanes) {}

  private final MappedMemory memory;
  private final Path store;
  private final LogWords words;
  private final LogFiles files;
  private final LogParts[] parts;
  private final long[] known; // of each lane: up to here all was handed out
  private final long[] read; // the same, with what is not handed out or not whole yet
  private final Queue<LogChange> next = new ArrayDeque<>();
  private long run;
  private RunChain.Link behind; // the run, once that is known
  private LogReader reader;
  private MissedChangesException over; // once it was thrown, nothing is delivered any more
  // What lies before was handed out, all of it.
  private long firstRun;
  private long firstBatch;

  ChangeReader(MappedMemory memory, Path store, LogWords words, LogFiles files, Place place) {
    this.memory = memory;
    this.store = store;
    this.words = words;
    this.files = files;
    this.parts = new LogParts[place.lanes().length];
    Arrays.setAll(parts, LogParts::new);
    this.known = place.lanes().clone();
    this.read = place.lanes().clone();
    this.run = place.run();
    this.reader = files.read(run, place.batch());
    this.firstRun = run;
    this.firstBatch = place.batch();
  }

  /**
   * The next change. Does not wait.
   *
   * @return null if there is none yet
   * @throws MissedChangesException if what comes next is not there, or may not be logged
   * @throws StoreException if the log cannot be read
   */
  public LogChange poll() {
    if (over != null) {
      throw over;
    }
    try {
      while (next.isEmpty()) {
        if (!readOn()) {
          return null;
        }
      }
    } catch (MissedChangesException e) {
      over = e;
      throw e;
    } catch (UncheckedIOException e) {
      throw new StoreException(
          "the log cannot be read; see that its files beside the store can, then go on from the last"
              + " position, store="
              + store,
          e);
    } finally {
      memory.keepAlive();
    }
    LogChange change = next.remove();
    known[change.shard()] = change.position();
    return change;
  }

  /** Reads a batch, or goes on to the next run; false if there is nothing yet. */
  private boolean readOn() {
    if (Arrays.equals(known, read)) {
      firstRun = run;
      firstBatch = reader.seq();
    }
    long present = words.get(EpochLayout.LOG_RUN);
    long end = words.get(EpochLayout.BATCH);
    if (words.get(EpochLayout.LOG_RUN) != present) {
      return true; // which of both the number belongs to is not known
    }
    if (run != present) {
      if (behind == null) {
        behind = RunChain.of(files.headers(), present).behind(run);
      }
      if (behind == null) {
        throw missed(
            "the log that is there does not go on from there: its files were used again, changes were"
                + " made without a log, or an older copy is in the store's place");
      }
      end = behind.end();
    }
    if (reader.seq() > end) {
      throw missed("the store has gone back to an older state, end=" + end);
    }
    if (reader.seq() < end) {
      readBatch();
      return true;
    }
    if (run != present) {
      goOn();
      return true;
    }
    if (!words.logs()) {
      if (words.get(EpochLayout.BATCH) != end) {
        return true; // committed before the level was lowered
      }
      throw missed("the store does not log its changes any more: set its level to EACH_CHANGE");
    }
    return false;
  }

  private void readBatch() {
    LogBatch batch = reader.next();
    if (batch == null) {
      throw missed(reader.problem());
    }
    try {
      take(batch);
    } catch (IllegalStateException e) {
      throw missed(e.getMessage()); // a whole batch that says what makes no sense
    }
  }

  private void take(LogBatch batch) {
    for (int i = 0; i < batch.lanes(); i++) {
      int shard = batch.shard(i);
      if (shard >= read.length || batch.from(i) > read[shard]) {
        throw missed("changes are in none of the batches, shard=" + shard);
      }
      LogEntries entries = batch.entries(i);
      while (entries.next()) {
        if (entries.position() > read[shard]) {
          LogChange change = parts[shard].accept(entries);
          read[shard] = entries.position();
          if (change != null) {
            next.add(change);
          }
        }
      }
    }
  }

  private void goOn() {
    if (!RunChain.continues(behind.next())) {
      throw missed("the store was changed meanwhile without a log");
    }
    long batch = reader.seq();
    reader.close();
    run = behind.next();
    behind = null;
    reader = files.read(run, batch);
  }

  private MissedChangesException missed(String reason) {
    return new MissedChangesException(
        "changes would be missed from here on: take a snapshot(), start again with what it shows, and"
            + " go on from its changePosition(); to be able to stay away longer, keepChanges(bytes),"
            + " batch="
            + reader.seq()
            + " nextBatch="
            + words.get(EpochLayout.BATCH)
            + " checkpoint="
            + words.get(EpochLayout.DURABLE)
            + " keptBytes="
            + words.keptBytes()
            + " store="
            + store
            + (reason == null ? "" : " reason=" + reason));
  }

  /** Where a later reader goes on, behind all that {@link #poll} has returned. */
  public Place place() {
    if (over == null && next.isEmpty() && Arrays.equals(known, read)) {
      return new Place(run, reader.seq(), known.clone());
    }
    return new Place(firstRun, firstBatch, known.clone());
  }

  @Override
  public void close() {
    reader.close();
  }
}
