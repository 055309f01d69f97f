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
  private static final long AGAIN = -1;

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

  /**
   * The place behind all that is committed, but before a large change of which only some parts are;
   * null if it is not {@link #isLogging}. Lock-free.
   */
  public ChangeReader.Place end() {
    while (true) {
      long run = words.get(EpochLayout.LOG_RUN);
      // Who raises the level begins a run first, so this belongs to the run if that stays the same.
      boolean logs = words.logs() && run != 0 && run == words.get(EpochLayout.LOG_START_RUN);
      long batch = words.get(EpochLayout.BATCH);
      long[] lanes = new long[shardCount];
      long first = batch;
      for (int shard = 0; shard < shardCount && first != AGAIN; shard++) {
        lanes[shard] = words.committed(shard);
        first = beforeParts(shard, lanes, first);
      }
      if (first != AGAIN
          && words.get(EpochLayout.BATCH) == batch
          && words.get(EpochLayout.LOG_RUN) == run) {
        memory.keepAlive();
        return logs ? new ChangeReader.Place(run, first, lanes) : null;
      }
    }
  }

  /**
   * Takes a lane that ends amid the parts of a large change back to before it.
   *
   * @param batch the first one that is to be read so far
   * @return the first one then; {@link #AGAIN} if what was read does not belong together
   */
  private long beforeParts(int shard, long[] lanes, long batch) {
    long from = words.partsFrom(shard);
    long end = words.partsEnd(shard);
    long first = words.partsBatch(shard);
    if (words.partsFrom(shard) != from) {
      return AGAIN; // another one has begun
    }
    if (lanes[shard] <= from || lanes[shard] >= end || from < 0 || first < 0) {
      return batch; // negative are damaged ones
    }
    lanes[shard] = from;
    return Math.min(batch, first);
  }

  /** Reads what was changed from a place on. */
  public ChangeReader read(ChangeReader.Place from) {
    return new ChangeReader(memory, store, words, files, from);
  }
}
