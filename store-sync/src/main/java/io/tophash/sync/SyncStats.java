package io.tophash.sync;

import io.tophash.core.StoreStats;
import io.tophash.core.memory.MemoryMode;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.checkpoint.CheckpointFigures;
import io.tophash.sync.format.EpochLayout;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.log.LogFigures;
import io.tophash.sync.upkeep.Statistics;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Figures about an attached concurrent store. They are read while others work, so they need not fit
 * each other to the last entry. The counters count from the making of the store, over all
 * processes.
 *
 * @param store the file
 * @param memoryMode how memory is accessed: {@code DEFAULT} or {@code FAST}
 * @param keyCodec identity of the key codec
 * @param valueCodec identity of the value codec
 * @param entries number of entries
 * @param fileBytes length of the file; what is neither used nor free of it is a sparse tail
 * @param usedBytes bytes of the file that are in use
 * @param freeBytes bytes in the file that are free for reuse
 * @param shards number of shards
 * @param segments number of segments
 * @param rebuilds segments that were written anew, for any reason
 * @param splits rebuilds that made two segments of one
 * @param merges rebuilds that made one segment of two
 * @param promotions rebuilds because of lookups that missed the read table
 * @param inserts new keys
 * @param stores values stored under a key that had a slot
 * @param removes entries removed
 * @param misses lookups that went to a dirty table, as far as processes have reported them
 * @param takeovers locks that were taken over from a dead process
 * @param clears how often a shard was emptied
 * @param lockWaits how often a thread waited for the lock of a shard and got it
 * @param lockWaitNanos how long they waited, in nanoseconds
 * @param attached processes that have the store attached for writing
 * @param checkpoint what a power cut would leave
 * @param log what was logged at level {@link Durability#EACH_CHANGE}
 * @param trouble why the store takes no changes, null if it does: its file was replaced, removed or
 *     moved away while it was open, another process has taken its locks, or it is at level {@link
 *     Durability#POWER_LOSS} and the device has refused to take something
 */
public record SyncStats(
    Path store,
    String memoryMode,
    String keyCodec,
    String valueCodec,
    long entries,
    long fileBytes,
    long usedBytes,
    long freeBytes,
    long shards,
    long segments,
    long rebuilds,
    long splits,
    long merges,
    long promotions,
    long inserts,
    long stores,
    long removes,
    long misses,
    long takeovers,
    long clears,
    long lockWaits,
    long lockWaitNanos,
    List<AttachedProcess> attached,
    Checkpoint checkpoint,
    Log log,
    String trouble)
    implements StoreStats {
  static SyncStats of(Statistics figures, long entries) {
    SyncCore core = figures.core();
    return new SyncStats(
        core.path(),
        MemoryMode.current().name(),
        core.header().keyCodec,
        core.header().valueCodec,
        entries,
        core.file().length(),
        core.report().usedBytes(),
        core.report().freeBytes(),
        core.shards().context().shardCount(),
        figures.segments(),
        figures.sum(ShardLayout.REBUILDS),
        figures.sum(ShardLayout.SPLITS),
        figures.sum(ShardLayout.MERGES),
        figures.sum(ShardLayout.PROMOTIONS),
        figures.sum(ShardLayout.INSERTS),
        figures.sumOfHazards(ProcessLayout.HAZARD_STORES),
        figures.sumOfHazards(ProcessLayout.HAZARD_REMOVES),
        figures.sum(ShardLayout.MISSES),
        figures.sum(ShardLayout.TAKEOVERS),
        figures.sum(ShardLayout.CLEARS),
        figures.sum(ShardLayout.LOCK_WAITS),
        figures.sum(ShardLayout.LOCK_WAIT_NANOS),
        figures.attached().stream().map(SyncStats::process).toList(),
        checkpoint(figures),
        log(figures.log()),
        core.file().trouble());
  }

  private static AttachedProcess process(io.tophash.sync.process.AttachedProcess row) {
    return new AttachedProcess(
        row.pid(), row.started(), row.attached(), row.host(), row.stores(), row.removes());
  }

  private static Log log(LogFigures read) {
    return new Log(
        read.changes(), read.batches(), read.bytes(), read.fileBytes(), read.keptBytes());
  }

  private static Checkpoint checkpoint(Statistics figures) {
    CheckpointFigures read = figures.checkpoints();
    int stalling = figures.stalling(read);
    return new Checkpoint(
        Durability.of(read.level()),
        read.durable(),
        Instant.ofEpochMilli(read.durableMs()),
        read.checkpoints(),
        figures.core().report().quarantinedBytes(),
        read.isBroken(),
        figures.attached().stream()
            .filter(row -> row.slot() == stalling)
            .map(SyncStats::process)
            .findFirst()
            .orElse(null),
        read.recovered() == 0 ? null : Instant.ofEpochMilli(read.recoveredMs()),
        read.recovered() == 0 ? null : Instant.ofEpochMilli(read.recoveredCutMs()),
        read.recoveredLog() == 0 ? -1 : read.recoveredChanges(),
        read.recoveredLog() == EpochLayout.LOG_INCOMPLETE);
  }

  /**
   * What a power cut would leave.
   *
   * @param durability how durable changes are
   * @param number of the newest checkpoint that is durable
   * @param cutAt the moment that it is of, by the clock of the process that took it
   * @param count checkpoints taken since the store was made, or last opened after a power cut
   * @param quarantinedBytes bytes of blocks that only a checkpoint needs: neither in use nor free
   * @param broken true if the device has refused to take something: there will be no checkpoint any
   *     more
   * @param stalledBy the process for which the last attempt at a checkpoint waited in vain, or that
   *     takes one for more than a second (stopped?); null if there is none
   * @param recoveredAt when the store was last opened after a power cut; null if it never was
   * @param recoveredTo the moment of the checkpoint that it was opened at then; null likewise
   * @param recoveredChanges how many later changes were taken from the log then; -1 if there was no
   *     log, so that they were lost
   * @param logIncomplete true if the log did not go on where that checkpoint ended, so that changes
   *     were lost that had returned
   */
  public record Checkpoint(
      Durability durability,
      long number,
      Instant cutAt,
      long count,
      long quarantinedBytes,
      boolean broken,
      AttachedProcess stalledBy,
      Instant recoveredAt,
      Instant recoveredTo,
      long recoveredChanges,
      boolean logIncomplete) {}

  /**
   * What was logged since the store was made, or last opened after a power cut; zeros if nothing
   * was.
   *
   * @param changes number of changes
   * @param batches number of batches, each of which was written and waited for once; so {@code
   *     changes / batches} share one wait
   * @param bytes size of these batches, with their padding
   * @param fileBytes size of the log's files, which are used again
   * @param keptBytes how much of the log is kept for who follows the changes: {@link
   *     SyncStore#keepChanges}
   */
  public record Log(long changes, long batches, long bytes, long fileBytes, long keptBytes) {}

  /**
   * A process that has the store attached for writing. Readers leave no trace.
   *
   * @param pid process id, in that process's own namespace
   * @param started when it was started; null if unknown
   * @param attachedAt when it attached
   * @param host name of its host
   * @param stores values that it stored under keys that had a slot
   * @param removes entries that it removed
   */
  public record AttachedProcess(
      long pid, Instant started, Instant attachedAt, String host, long stores, long removes) {}
}
