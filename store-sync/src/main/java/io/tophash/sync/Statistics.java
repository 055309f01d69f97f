package io.tophash.sync;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.MemoryMode;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.process.AttachedProcess;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.shard.Shards;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the figures of a store: the sums over its shards and over the rows of processes. */
final class Statistics {
  /** Tries after which a directory that leads nowhere, with nobody changing it, is damaged. */
  private static final int MAX_TRIES = 64;

  private Statistics() {}

  static SyncStats of(SyncCore core, SegmentTable table) {
    List<AttachedProcess> rows =
        core.process() != null
            ? core.process().attached()
            : ProcessTable.attached(core.memory(), null);
    return new SyncStats(
        core.path(),
        MemoryMode.current().name(),
        core.header().keyCodec,
        core.header().valueCodec,
        table.sizeLong(),
        core.file().length(),
        core.report().usedBytes(),
        core.report().freeBytes(),
        core.shards().context().shardCount(),
        segments(core),
        sum(core, ShardLayout.REBUILDS),
        sum(core, ShardLayout.SPLITS),
        sum(core, ShardLayout.MERGES),
        sum(core, ShardLayout.PROMOTIONS),
        sum(core, ShardLayout.INSERTS),
        sumOfHazards(core, ProcessLayout.HAZARD_STORES),
        sumOfHazards(core, ProcessLayout.HAZARD_REMOVES),
        sum(core, ShardLayout.MISSES),
        sum(core, ShardLayout.TAKEOVERS),
        sum(core, ShardLayout.CLEARS),
        rows.stream().map(Statistics::attached).collect(Collectors.toUnmodifiableList()));
  }

  private static SyncStats.AttachedProcess attached(AttachedProcess row) {
    return new SyncStats.AttachedProcess(
        row.pid(), row.started(), row.attached(), row.host(), row.stores(), row.removes());
  }

  private static long sum(SyncCore core, int counter) {
    long sum = 0;
    for (int shard = 0; shard < core.shards().context().shardCount(); shard++) {
      sum += core.memory().getLong(0, Shards.position(shard, counter));
    }
    return sum;
  }

  /** Over all rows: whoever gets a row next goes on counting there. */
  private static long sumOfHazards(SyncCore core, int counter) {
    long sum = 0;
    for (int slot = 0; slot < RegionLayout.PROCESS_COUNT; slot++) {
      for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
        sum += core.memory().getLong(RegionLayout.process(slot), ProcessLayout.hazard(i) + counter);
      }
    }
    return sum;
  }

  /** Number of segments; what a directory says is believed only if it did not change meanwhile. */
  private static long segments(SyncCore core) {
    int disturbed = 0;
    long segments = 0;
    for (int shard = 0; shard < core.shards().context().shardCount(); shard++) {
      for (int attempt = 0; ; attempt++) {
        long directoryWord = core.shards().context().directoryWord(shard);
        long count = segments(core, directoryWord);
        MappedMemory.acquireFence();
        if (count >= 0 && core.shards().context().directoryWord(shard) == directoryWord) {
          segments += count;
          break;
        }
        boolean stands = core.shards().context().directoryWord(shard) == directoryWord;
        disturbed = count < 0 && stands ? disturbed + 1 : 0;
        if (disturbed > MAX_TRIES) {
          throw new CorruptStoreException(
              "shard", Shards.position(shard, ShardLayout.DIRECTORY), "impossible directory");
        }
        core.mapAll();
        Thread.onSpinWait();
      }
    }
    return segments;
  }

  private static long segments(SyncCore core, long directoryWord) {
    long position = DirectoryWord.position(directoryWord);
    int depth = DirectoryWord.depth(directoryWord);
    if (depth > DirectoryWord.MAX_DEPTH
        || core.shards().context().kind().leavesMapping(position, DirectoryWord.bytes(depth))) {
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
