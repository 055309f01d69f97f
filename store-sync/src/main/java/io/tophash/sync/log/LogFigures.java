package io.tophash.sync.log;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import java.nio.file.Path;

/**
 * What was logged since a store was made, or last opened after a power cut; for people. Read while
 * others work.
 *
 * @param changes how many changes
 * @param batches how many writes those took
 * @param bytes of these batches, with their padding
 * @param fileBytes size of all files that the log has now
 * @param keptBytes how much of it is kept for who follows the changes
 */
public record LogFigures(long changes, long batches, long bytes, long fileBytes, long keptBytes) {

  /** Reads them. */
  public static LogFigures of(MappedMemory memory, Path store) {
    LogWords words = new LogWords(memory);
    return new LogFigures(
        words.get(EpochLayout.LOG_CHANGES),
        words.get(EpochLayout.LOG_FLUSHES),
        words.get(EpochLayout.LOG_BYTES),
        LogFiles.bytes(store),
        words.keptBytes());
  }
}
