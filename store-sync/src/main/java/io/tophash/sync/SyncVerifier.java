package io.tophash.sync;

import io.tophash.core.VerifyProgress;
import io.tophash.core.VerifyReport;
import io.tophash.core.lifecycle.MachineStop;
import io.tophash.sync.shard.ShardVerifier;
import io.tophash.sync.shard.Shards;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks a store and reports each broken invariant. Runs beside readers and writers: one shard after
 * the other is frozen while it is looked at, so that its writers wait for it; a read-only process,
 * which cannot freeze, looks at segments one by one as a lookup does, and not at what lies between
 * them.
 */
final class SyncVerifier {
  /** So many readings more must show a problem of the extents. */
  private static final int READINGS = 10;

  private final SyncCore core;
  private final List<VerifyReport.Finding> findings = new ArrayList<>();
  private long count;

  SyncVerifier(SyncCore core) {
    this.core = core;
  }

  VerifyReport run() {
    return run(VerifyProgress.NONE);
  }

  VerifyReport run(VerifyProgress progress) {
    Shards shards = core.shards();
    ShardVerifier verifier = new ShardVerifier(shards.context(), this::report);
    progress.verified(0, shards.context().shardCount());
    long entries = 0;
    for (int i = 0; i < shards.context().shardCount(); i++) {
      int shard = i;
      core.mapAll();
      if (core.isReadOnly()) {
        entries += verifier.checkOptimistically(shard);
      } else {
        long[] result = new long[1];
        shards.inspect(
            shard,
            () -> {
              // Another process may just have made the file longer, and put something there.
              core.mapAll();
              result[0] = verifier.check(shard);
            });
        entries += result[0];
      }
      progress.verified(i + 1, shards.context().shardCount());
    }
    if (!core.isReadOnly()) {
      lastingProblems().forEach(problem -> report("extent", 0, problem));
    }
    return new VerifyReport(entries, count, List.copyOf(findings));
  }

  /**
   * Verifies a store that is opened after the machine stopped.
   *
   * @throws io.tophash.core.errors.CorruptStoreException if anything is wrong with it
   */
  void runAfterMachineStop(VerifyProgress progress) {
    MachineStop.logBegin(core.path());
    VerifyReport report = run(progress);
    MachineStop.logEnd(core.path(), report.entries(), report.findingCount());
    if (!report.isClean()) {
      VerifyReport.Finding first = report.findings().get(0);
      throw MachineStop.corrupt(
          report.findingCount(), first.section(), first.position(), first.problem());
    }
  }

  /** Problems of the extents, which nobody freezes: a change under way looks like one for once. */
  private List<String> lastingProblems() {
    List<String> lasting = core.report().problems();
    for (int i = 0; i < READINGS && !lasting.isEmpty(); i++) {
      Thread.yield();
      lasting.retainAll(core.report().problems());
    }
    return lasting;
  }

  private void report(String section, long position, String problem) {
    if (count++ < VerifyReport.MAX_FINDINGS) {
      findings.add(new VerifyReport.Finding(section, position, problem));
    }
  }
}
