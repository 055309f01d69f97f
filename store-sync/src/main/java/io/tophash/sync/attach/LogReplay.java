package io.tophash.sync.attach;

import io.tophash.core.memory.CrashPoint;
import io.tophash.sync.format.LogEntryLayout;
import io.tophash.sync.log.LogBatch;
import io.tophash.sync.log.LogChange;
import io.tophash.sync.log.LogEntries;
import io.tophash.sync.log.LogParts;
import io.tophash.sync.log.LogReader;
import io.tophash.sync.log.SyncLog;
import io.tophash.sync.shard.ShardContext;
import io.tophash.sync.shard.WholeShards;
import java.lang.System.Logger;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Makes the changes again that the log has and the checkpoint has not, after a power cut. May be
 * killed, or cut off itself: nothing of it counts before the checkpoint that follows, and what it
 * stores is the same each time.
 *
 * <p>For who is alone with the store.
 */
final class LogReplay {
  private static final Logger LOG = System.getLogger("io.tophash");

  private final SyncLog log;
  private final ShardContext context;
  private final WholeShards shards;
  private final BiConsumer<byte[], byte[]> change;
  private final LogParts[] parts;
  private final long[] read; // of each lane, parts of what is not whole yet included
  private long batches;
  private long changes;
  private String problem;

  /**
   * @param shards of the store as it was at the checkpoint
   * @param change takes an encoded key, and its value, null to remove it
   */
  LogReplay(ShardContext context, WholeShards shards, BiConsumer<byte[], byte[]> change) {
    this.log = context.log();
    this.context = context;
    this.shards = shards;
    this.change = change;
    this.parts = new LogParts[context.shardCount()];
    Arrays.setAll(parts, LogParts::new);
    this.read = new long[parts.length];
    Arrays.setAll(read, log::position);
  }

  /**
   * Runs through the log.
   *
   * @return false if changes may be missing that were acknowledged
   */
  boolean run() {
    if (!log.hasRun()) {
      return true; // a copy that was made with this level, and never changed
    }
    log.putReplays(true);
    LogReader reader = log.readAll();
    try {
      LogBatch batch = reader.next();
      while (batch != null && problem == null) {
        replay(batch);
        CrashPoint.reached("replay.batch");
        batch = reader.next();
      }
      problem = problem != null ? problem : reader.problem();
    } catch (IllegalStateException e) {
      problem = e.getMessage(); // a batch that is whole, and says what makes no sense
    } finally {
      reader.close();
      log.putReplays(false);
    }
    for (int shard = 0; shard < read.length; shard++) {
      // Past the parts of a change that nobody has ended: who follows may know of their positions.
      log.replayed(shard, read[shard]);
    }
    log.startFrom(reader.seq());
    log.putReplayed(changes, problem == null);
    say();
    return problem == null;
  }

  private void replay(LogBatch batch) {
    for (int i = 0; i < batch.lanes() && problem == null; i++) {
      int shard = batch.shard(i);
      if (shard >= context.shardCount() || batch.from(i) > read[shard]) {
        problem = "a batch is missing before number " + batch.seq();
        return;
      }
      LogEntries entries = batch.entries(i);
      while (entries.next()) {
        if (entries.position() > log.position(shard)) {
          take(parts[shard].accept(entries));
        }
      }
      read[shard] = Math.max(read[shard], batch.to(i));
    }
    batches++;
  }

  private void take(LogChange made) {
    if (made == null) {
      return; // a part of what follows
    }
    switch (made.op()) {
      case LogEntryLayout.PUT -> change.accept(made.key(), made.value());
      case LogEntryLayout.REMOVE -> change.accept(made.key(), null);
      default -> shards.clear(made.shard());
    }
    // Behind the change, as a full file may need a checkpoint for it.
    log.replayed(made.shard(), made.position());
    changes++;
  }

  private void say() {
    if (problem == null) {
      LOG.log(
          Logger.Level.INFO,
          "all changes are made again that the log has, batches={0} changes={1} store={2}",
          Long.toString(batches),
          Long.toString(changes),
          context.store());
    } else {
      LOG.log(
          Logger.Level.WARNING,
          "the log does not go on where the checkpoint ends, so changes that were acknowledged later"
              + " are lost: {0}; batches={1} changes={2} store={3}",
          problem,
          Long.toString(batches),
          Long.toString(changes),
          context.store());
    }
  }
}
