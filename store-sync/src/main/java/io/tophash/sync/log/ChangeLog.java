package io.tophash.sync.log;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.LogLayout;
import java.nio.file.Path;

/**
 * The log as who follows the changes of a store sees it. He stores nothing, so he may have opened
 * the store read-only, and nobody waits for him. What he may rely on: docs/durability.md, "The
 * change stream".
 *
 * <p>Thread-safe.
 */
public final class ChangeLog {
  private final MappedMemory memory;
  private final Path store;
  private final int shardCount;
  private final LogWords words;
  private final LogFiles files;

  /**
   * @param memory the mapped store
   * @param store its file
   * @param storeId its id
   * @param shardCount number of shards
   */
  public ChangeLog(MappedMemory memory, Path store, long storeId, int shardCount) {
    this.memory = memory;
    this.store = store;
    this.shardCount = shardCount;
    this.words = new LogWords(memory);
    this.files = new LogFiles(store, storeId, LogLayout.FILE_BYTES);
  }

  /**
   * True if all that is changed from now on is logged. While the level is being raised it is not:
   * only a durable root says that the shards know.
   */
  public boolean isLogging() {
    return end() != null;
  }

  /** The place behind all that is committed; null if it is not {@link #isLogging}. Lock-free. */
  public ChangeReader.Place end() {
    while (true) {
      long run = words.get(EpochLayout.LOG_RUN);
      // Who raises the level begins a run first, so this belongs to the run if that stays the same.
      boolean logs = words.logs() && run != 0 && run == words.get(EpochLayout.LOG_START_RUN);
      long batch = words.get(EpochLayout.BATCH);
      long[] lanes = new long[shardCount];
      for (int shard = 0; shard < shardCount; shard++) {
        lanes[shard] = words.committed(shard);
      }
      if (words.get(EpochLayout.BATCH) == batch && words.get(EpochLayout.LOG_RUN) == run) {
        memory.keepAlive();
        return logs ? new ChangeReader.Place(run, batch, lanes) : null;
      }
    }
  }

  /** Reads what was changed from a place on. */
  public ChangeReader read(ChangeReader.Place from) {
    return new ChangeReader(memory, store, words, files, from);
  }
}
