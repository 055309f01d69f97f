package io.tophash.sync.upkeep;

import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.checkpoint.CheckpointFigures;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.log.LogFigures;
import io.tophash.sync.process.AttachedProcess;
import io.tophash.sync.process.Rows;
import io.tophash.sync.shard.SegmentRead;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.Shards;
import java.util.List;

/** Reads the figures of a store: the sums over its shards and over the rows of processes. */
public final class Statistics {
  /** A checkpoint that takes longer is told of. */
  private static final long LONG_CHECKPOINT_MS = 1_000;

  private final SyncCore core;
  private final Shards shards;

  /**
   * @param core the attached store
   */
  public Statistics(SyncCore core) {
    this.core = core;
    this.shards = core.shards();
  }

  /** The attached store. */
  public SyncCore core() {
    return core;
  }

  /** The processes that have the store attached for writing. */
  public List<AttachedProcess> attached() {
    return core.process() != null
        ? core.process().attached()
        : Rows.attachedOrKilled(core.memory());
  }

  /** What is known of the log. */
  public LogFigures log() {
    return LogFigures.of(core.memory(), core.path());
  }

  /** What is known of the checkpoints. */
  public CheckpointFigures checkpoints() {
    return CheckpointFigures.of(core.memory());
  }

  /** Slot of the process that holds up the checkpoints; -1 if none is known to. */
  public int stalling(CheckpointFigures figures) {
    boolean takesLong =
        figures.takenBy() >= 0
            && System.currentTimeMillis() - figures.takenSinceMs() > LONG_CHECKPOINT_MS;
    return figures.stalledBy() >= 0 || !takesLong ? figures.stalledBy() : figures.takenBy();
  }

  /** Sum of a counter of {@link ShardLayout} over all shards. */
  public long sum(int counter) {
    long sum = 0;
    for (int shard = 0; shard < shards.context().shardCount(); shard++) {
      sum += core.memory().getLong(0, Shards.position(shard, counter));
    }
    return sum;
  }

  /**
   * Sum of a counter of {@link ProcessLayout} over all rows: whoever gets a row next goes on
   * counting there.
   */
  public long sumOfHazards(int counter) {
    long sum = 0;
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
        sum += core.memory().getLong(RegionLayout.process(slot), ProcessLayout.hazard(i) + counter);
      }
    }
    return sum;
  }

  /** Number of segments; what a directory says is believed only if it did not change meanwhile. */
  public long segments() {
    ShardContext context = shards.context();
    long segments = 0;
    for (int shard = 0; shard < context.shardCount(); shard++) {
      segments += segments(new SegmentRead(context, context.firstHash(shard)));
    }
    return segments;
  }

  private long segments(SegmentRead read) {
    while (true) {
      boolean sane;
      try {
        long count = read.begin() ? segments(read.directoryWord()) : -1;
        sane = count >= 0;
        if (sane && read.isDirectoryCurrent()) {
          return count;
        }
      } catch (IndexOutOfBoundsException e) {
        sane = false;
      }
      read.again(sane);
    }
  }

  private long segments(long directoryWord) {
    long position = DirectoryWord.position(directoryWord);
    int depth = DirectoryWord.depth(directoryWord);
    if (depth > DirectoryWord.MAX_DEPTH
        || shards.context().kind().leavesMapping(position, DirectoryWord.bytes(depth))) {
      return -1;
    }
    long count = 0;
    long last = 0;
    for (int i = 0; i < 1 << depth; i++) {
      long block = SegmentWord.position(core.memory().getLong(position, 8 * i));
      if (block != last) {
        count++;
        last = block;
      }
    }
    return count;
  }
}
