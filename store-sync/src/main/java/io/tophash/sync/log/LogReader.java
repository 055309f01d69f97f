package io.tophash.sync.log;

import io.tophash.core.memory.SideFile;
import io.tophash.sync.format.LogLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the batches of a run, in the order of their numbers, from file to file; beside who appends,
 * and who uses files again. What it finds is believed only if its checksum is right.
 *
 * <p>For one thread at a time. Every failure of the system is an {@link
 * java.io.UncheckedIOException}.
 */
public final class LogReader implements AutoCloseable {
  private final Path store;
  private final long storeId;
  private final long run;
  private long seq;
  private SideFile file; // in which the next batch is, if it is at this offset
  private long fileFrom; // number of its first batch when it was opened
  private long offset;
  private String problem;

  LogReader(Path store, long storeId, long run, long fromSeq) {
    this.store = store;
    this.storeId = storeId;
    this.run = run;
    this.seq = fromSeq;
  }

  /** Number of the batch that {@link #next} looks for. */
  public long seq() {
    return seq;
  }

  /**
   * The next batch.
   *
   * @return null if there is no whole batch with that number; {@link #problem} says whether one has
   *     been there, as far as that can be known. There may be one later
   */
  public LogBatch next() {
    LogBatch batch = file == null ? null : at(offset, seq);
    if (batch == null && find()) {
      batch = at(offset, seq);
    }
    if (batch == null) {
      return null;
    }
    problem = null;
    offset += batch.size();
    seq++;
    return batch;
  }

  /**
   * Why there is no batch of that number, if it should be there; null if nothing is wrong: all that
   * was written of this run was delivered.
   */
  public String problem() {
    return problem;
  }

  /**
   * The batch with this number, if it begins at an offset of the present file. What was read last
   * is what counts, as the file may be used again meanwhile.
   */
  private LogBatch at(long at, long number) {
    int size = LogBatch.sizeOf(file.read(at, LogLayout.BATCH_HEADER_END));
    LogBatch batch = size == 0 ? null : LogBatch.parse(file.read(at, size));
    return batch != null && batch.run() == run && batch.seq() == number ? batch : null;
  }

  /** Goes to the batch that comes next, in whichever file it is. */
  private boolean find() {
    List<String> foreign = new ArrayList<>();
    Path best = null;
    long bestSeq = -1;
    long laterSeq = Long.MAX_VALUE;
    long anySeq = -1;
    for (Map.Entry<Integer, Path> each : LogNames.list(store).entrySet()) {
      LogFileHeader header = header(each.getValue());
      if (header.kind() == LogFileHeader.Kind.FOREIGN) {
        foreign.add(each.getValue().getFileName().toString());
      }
      if (!header.isWhole() || header.run() != run) {
        continue;
      }
      anySeq = Math.max(anySeq, header.firstSeq());
      if (header.firstSeq() <= seq && header.firstSeq() > bestSeq) {
        best = each.getValue();
        bestSeq = header.firstSeq();
      } else if (header.firstSeq() > seq) {
        laterSeq = Math.min(laterSeq, header.firstSeq());
      }
    }
    problem = null;
    long end = best == null ? -1 : isOpen(best, bestSeq) ? seq : seek(best, bestSeq);
    if (end == seq) {
      if (laterSeq != Long.MAX_VALUE && at(offset, seq) == null) {
        problem = missing("a file of it is cut short or missing", laterSeq, foreign);
      }
      return true;
    }
    if (end == bestSeq && end >= 0) {
      problem = missing("the file that should have it has no batch", laterSeq, foreign);
    } else if (end >= 0) {
      problem = missing("it ends at batch " + (end - 1), laterSeq, foreign);
    } else if (anySeq >= 0) {
      problem = missing("its files begin later", laterSeq, foreign);
    } else {
      problem = missing("no file of it is there", laterSeq, foreign);
    }
    close();
    return false;
  }

  private boolean isOpen(Path path, long firstSeq) {
    return file != null && file.path().equals(path) && fileFrom == firstSeq;
  }

  private LogFileHeader header(Path path) {
    try (SideFile other = SideFile.toRead(path)) {
      return other == null ? LogFileHeader.ofMissing() : LogFileHeader.of(other, storeId);
    }
  }

  /**
   * Opens a file and goes over the batches before the one that comes next.
   *
   * @return number of the batch that is, or would be, at the offset
   */
  private long seek(Path path, long firstSeq) {
    close();
    file = SideFile.toRead(path);
    fileFrom = firstSeq;
    offset = LogLayout.ALIGNMENT;
    long number = firstSeq;
    if (file == null) {
      return -1;
    }
    while (number < seq) {
      LogBatch batch = at(offset, number);
      if (batch == null) {
        return number;
      }
      offset += batch.size();
      number++;
    }
    return number;
  }

  private String missing(String what, long laterSeq, List<String> foreign) {
    return "the log has no batch "
        + seq
        + ": "
        + what
        + (laterSeq == Long.MAX_VALUE ? "" : ", though there is batch " + laterSeq)
        + (foreign.isEmpty()
            ? ""
            : "; of another store, or no log at all: " + String.join(", ", foreign))
        + "; what it had is lost unless the right files are put back beside the store before it is"
        + " opened, store="
        + store;
  }

  @Override
  public void close() {
    if (file != null) {
      SideFile old = file;
      file = null;
      old.close();
    }
  }
}
