package io.tophash.sync.log;

import io.tophash.core.errors.StoreException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.SideFile;
import io.tophash.sync.format.LogLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;

/**
 * The files of a store's log. A file is written from its begin to its end, and then again from its
 * begin when nothing in it is needed any more: its space is allocated once, so a force has no more
 * to write than the batch.
 *
 * <p>Appending is for one thread at a time in all processes, which the caller sees to; reading for
 * any number beside it.
 */
public final class LogFiles implements AutoCloseable {
  private final Path store;
  private final long storeId;
  private final int fileBytes;
  private SideFile current;
  private int currentFile = -1;

  /**
   * @param store the store, as the system names it
   * @param storeId its id
   * @param fileBytes size of a file: {@link LogLayout#FILE_BYTES}, unless a test wants another
   */
  public LogFiles(Path store, long storeId, int fileBytes) {
    this.store = store;
    this.storeId = storeId;
    this.fileBytes = fileBytes;
  }

  /**
   * What may not be used again, besides the files of the run that is written.
   *
   * @param run of which batches are needed for an opening after a power cut
   * @param from those from this number on
   * @param newest so many of the files that were begun last, for who follows the changes
   */
  public record Needed(long run, long from, long newest) {}

  /**
   * Writes a batch and waits until it is on the device.
   *
   * @param place where; 0 to begin a file. Another one is begun, too, if that file is not there any
   *     more, or has no room
   * @param run of the batch
   * @param seq number of the batch
   * @param batch with its padding, all of the array
   * @param needed which files may not be used again
   * @return place of the next batch
   * @throws UncheckedIOException if the system refuses
   * @throws StoreException if no file can be begun
   */
  public long append(long place, long run, long seq, ByteBuffer batch, Needed needed) {
    return append(place, run, seq, batch.array(), batch.limit(), needed);
  }

  /** The same of the first bytes of an array. */
  public long append(long place, long run, long seq, byte[] batch, int length, Needed needed) {
    int file = LogLayout.placeFile(place);
    long offset = LogLayout.placeOffset(place);
    if (file < 0 || offset + length > fileBytes || !open(file, run)) {
      file = newFile(run, seq, 0, needed);
      offset = LogLayout.ALIGNMENT;
    }
    CrashPoint.reached("log.writing");
    current.write(offset, batch, 0, length);
    CrashPoint.reached("log.forced");
    return LogLayout.place(file, offset + length);
  }

  /** False if the file is not there, or not one of this run any more. */
  private boolean open(int file, long run) {
    Path path = LogNames.path(store, file);
    if (!Files.exists(path)) {
      close();
      return false;
    }
    if (file != currentFile) {
      close();
      SideFile other = SideFile.toWrite(path);
      LogFileHeader header = LogFileHeader.of(other, storeId);
      if (!header.isWhole() || header.run() != run) {
        other.close();
        return false;
      }
      current = other;
      currentFile = file;
    }
    return true;
  }

  /**
   * Begins a file, so that who reads this run finds it, though it has no batch yet; it is on the
   * device when this returns.
   *
   * @param previous the run that it goes on with, 0 if there is none
   * @return place of its first batch, whose number is given
   */
  public long begin(long run, long seq, long previous, Needed needed) {
    return LogLayout.place(newFile(run, seq, previous, needed), LogLayout.ALIGNMENT);
  }

  /** Begins a file: the oldest one that is not needed any more, or a new one. */
  private int newFile(long run, long seq, long previous, Needed needed) {
    close();
    TreeMap<Integer, LogFileHeader> headers = headers();
    long last = 0;
    for (LogFileHeader header : headers.values()) {
      last = Math.max(last, header.ordinal());
    }
    int file = reusable(headers, run, needed);
    if (file < 0) {
      file = unusedNumber(headers);
      SideFile.makeZeros(LogNames.path(store, file), fileBytes);
    }
    current = SideFile.toWrite(LogNames.path(store, file));
    currentFile = file;
    LogFileHeader header =
        new LogFileHeader(LogFileHeader.Kind.WHOLE, run, seq, previous, last + 1);
    current.write(0, header.toBytes(storeId), 0, LogLayout.ALIGNMENT);
    CrashPoint.reached("log.begun");
    return file;
  }

  /** The files that are there, by number, with what their headers say. */
  TreeMap<Integer, LogFileHeader> headers() {
    TreeMap<Integer, LogFileHeader> headers = new TreeMap<>();
    LogNames.list(store)
        .forEach(
            (number, path) -> {
              try (SideFile file = SideFile.toRead(path)) {
                headers.put(
                    number,
                    file == null ? LogFileHeader.ofForeign() : LogFileHeader.of(file, storeId));
              }
            });
    return headers;
  }

  /** The oldest whole file that has nothing that is needed; -1 if there is none. */
  private int reusable(TreeMap<Integer, LogFileHeader> headers, long run, Needed needed) {
    int oldest = -1;
    for (int number : headers.keySet()) {
      LogFileHeader header = headers.get(number);
      boolean isFree =
          switch (header.kind()) {
            case FOREIGN -> false;
            case UNUSED, TORN -> true;
            case WHOLE ->
                newerThan(headers, header) >= needed.newest()
                    && (header.run() == needed.run()
                        ? endSeq(headers, header) <= needed.from()
                        : header.run() != run);
          };
      if (isFree
          && (oldest < 0 || header.ordinal() < headers.get(oldest).ordinal())
          && LogNames.path(store, number).toFile().length() == fileBytes) {
        oldest = number;
      }
    }
    return oldest;
  }

  /** How many files were begun later. */
  private static long newerThan(TreeMap<Integer, LogFileHeader> headers, LogFileHeader file) {
    return headers.values().stream()
        .filter(other -> other.isWhole() && other.ordinal() > file.ordinal())
        .count();
  }

  /** Number of the first batch behind a file; {@link Long#MAX_VALUE} of the last one. */
  private static long endSeq(TreeMap<Integer, LogFileHeader> headers, LogFileHeader file) {
    long end = Long.MAX_VALUE;
    for (LogFileHeader other : headers.values()) {
      if (other.isWhole() && other.run() == file.run() && other.firstSeq() > file.firstSeq()) {
        end = Math.min(end, other.firstSeq());
      }
    }
    return end;
  }

  private int unusedNumber(TreeMap<Integer, LogFileHeader> headers) {
    for (int number = 0; number < LogLayout.MAX_FILES; number++) {
      LogFileHeader header = headers.get(number);
      // One that nobody finished making may be made again.
      if (header == null || header.kind() == LogFileHeader.Kind.UNUSED) {
        return number;
      }
    }
    throw new StoreException(
        "the log has as many files as it can have; take a checkpoint, so that they can be used"
            + " again, or remove files that are not of this store, store="
            + store
            + " files="
            + headers.size());
  }

  /** Reads the batches of a run from a number on, beside who appends. */
  public LogReader read(long run, long fromSeq) {
    return new LogReader(store, storeId, run, fromSeq);
  }

  /** Size of all files of a log together. */
  static long bytes(Path store) {
    return LogNames.list(store).values().stream().mapToLong(path -> path.toFile().length()).sum();
  }

  /** Deletes all files of a log, of a store that is closed. */
  public static void delete(Path store) {
    for (Path path : LogNames.list(store).values()) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        throw new StoreException("cannot delete a file of the log, file=" + path, e);
      }
    }
  }

  @Override
  public void close() {
    currentFile = -1;
    if (current != null) {
      SideFile file = current;
      current = null;
      file.close();
    }
  }
}
