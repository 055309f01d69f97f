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
   * Writes a batch and waits until it is on the device.
   *
   * @param place where; 0 to begin a file. Another one is begun, too, if that file is not there any
   *     more, or has no room
   * @param run of the batch
   * @param seq number of the batch
   * @param batch with its padding, all of the array
   * @param keepRun run of which batches are needed for an opening after a power cut
   * @param keepFrom from this number on: files without any such, and not of the run of the batch,
   *     may be used again
   * @return place of the next batch
   * @throws UncheckedIOException if the system refuses
   * @throws StoreException if no file can be begun
   */
  public long append(
      long place, long run, long seq, ByteBuffer batch, long keepRun, long keepFrom) {
    return append(place, run, seq, batch.array(), batch.limit(), keepRun, keepFrom);
  }

  /** The same of the first bytes of an array. */
  public long append(
      long place, long run, long seq, byte[] batch, int length, long keepRun, long keepFrom) {
    int file = LogLayout.placeFile(place);
    long offset = LogLayout.placeOffset(place);
    if (file < 0 || offset + length > fileBytes || !open(file, run)) {
      file = newFile(run, seq, keepRun, keepFrom);
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
      if (header.kind() != LogFileHeader.Kind.WHOLE || header.run() != run) {
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
   * @return place of its first batch, whose number is given
   */
  public long begin(long run, long seq, long keepRun, long keepFrom) {
    return LogLayout.place(newFile(run, seq, keepRun, keepFrom), LogLayout.ALIGNMENT);
  }

  /** Begins a file: one that is not needed any more, or a new one. */
  private int newFile(long run, long seq, long keepRun, long keepFrom) {
    close();
    TreeMap<Integer, LogFileHeader> headers = headers();
    int file = reusable(headers, run, keepRun, keepFrom);
    if (file < 0) {
      file = unusedNumber(headers);
      SideFile.makeZeros(LogNames.path(store, file), fileBytes);
    }
    current = SideFile.toWrite(LogNames.path(store, file));
    currentFile = file;
    current.write(0, LogFileHeader.toBytes(storeId, run, seq), 0, LogLayout.ALIGNMENT);
    CrashPoint.reached("log.begun");
    return file;
  }

  private TreeMap<Integer, LogFileHeader> headers() {
    TreeMap<Integer, LogFileHeader> headers = new TreeMap<>();
    LogNames.list(store)
        .forEach(
            (number, path) -> {
              try (SideFile file = SideFile.toRead(path)) {
                headers.put(
                    number,
                    file == null
                        ? new LogFileHeader(LogFileHeader.Kind.FOREIGN, 0, 0)
                        : LogFileHeader.of(file, storeId));
              }
            });
    return headers;
  }

  /** A whole file that has nothing that is needed; -1 if there is none. */
  private int reusable(
      TreeMap<Integer, LogFileHeader> headers, long run, long keepRun, long keepFrom) {
    for (int number : headers.keySet()) {
      LogFileHeader header = headers.get(number);
      boolean isFree =
          switch (header.kind()) {
            case FOREIGN -> false;
            case UNUSED, TORN -> true;
            case WHOLE ->
                header.run() == keepRun ? endSeq(headers, header) <= keepFrom : header.run() != run;
          };
      if (isFree && LogNames.path(store, number).toFile().length() == fileBytes) {
        return number;
      }
    }
    return -1;
  }

  /** Number of the first batch behind a file; {@link Long#MAX_VALUE} of the last one. */
  private static long endSeq(TreeMap<Integer, LogFileHeader> headers, LogFileHeader file) {
    long end = Long.MAX_VALUE;
    for (LogFileHeader other : headers.values()) {
      if (other.kind() == LogFileHeader.Kind.WHOLE
          && other.run() == file.run()
          && other.firstSeq() > file.firstSeq()) {
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
