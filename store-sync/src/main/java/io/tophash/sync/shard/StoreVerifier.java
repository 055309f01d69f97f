package io.tophash.sync.shard;

import io.tophash.core.VerifyReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Walks a store and reports each broken invariant. Runs beside readers and writers: one shard after
 * the other is frozen while it is looked at, so that its writers wait for it; a read-only process,
 * which cannot freeze, looks at segments one by one as a lookup does, and not at what lies between
 * them.
 */
public final class StoreVerifier {
  /** So many readings more must show a problem of the extents. */
  private static final int READINGS = 10;

  /**
   * Before the first of them; each further one is twice as long: a twentieth of a second in all.
   */
  private static final long FIRST_PAUSE_NANOS = 50_000;

  private final WholeShards shards;
  private final ShardContext context;
  private final List<VerifyReport.Finding> findings = new ArrayList<>();
  private long count;

  /**
   * @param shards of the attached store
   */
  public StoreVerifier(Shards shards) {
    this.shards = new WholeShards(shards);
    this.context = shards.context();
  }

  /** Verifies the store. */
  public VerifyReport run() {
    ShardVerifier verifier = new ShardVerifier(context, this::report);
    long entries = 0;
    for (int i = 0; i < context.shardCount(); i++) {
      int shard = i;
      context.mapAll().run();
      if (context.isReadOnly()) {
        entries += verifier.checkOptimistically(shard);
      } else {
        long[] result = new long[1];
        shards.inspect(
            shard,
            () -> {
              // Another process may just have made the file longer, and put something there.
              context.mapAll().run();
              result[0] = verifier.check(shard);
            });
        entries += result[0];
      }
    }
    if (!context.isReadOnly()) {
      lastingProblems().forEach(problem -> report("extent", 0, problem));
    }
    return new VerifyReport(entries, count, List.copyOf(findings));
  }

  /** Problems of the extents, which nobody freezes: a change under way looks like one for once. */
  private List<String> lastingProblems() {
    List<String> lasting = context.allocator().report().problems();
    long pause = FIRST_PAUSE_NANOS;
    boolean interrupted = Thread.interrupted(); // else there would be no pause
    for (int i = 0; i < READINGS && !lasting.isEmpty(); i++) {
      LockSupport.parkNanos(pause); // who is in the middle of a change may wait for a processor
      pause *= 2;
      interrupted |= Thread.interrupted();
      lasting.retainAll(context.allocator().report().problems());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return lasting;
  }

  private void report(String section, long position, String problem) {
    if (count++ < VerifyReport.MAX_FINDINGS) {
      findings.add(new VerifyReport.Finding(section, position, problem));
    }
  }
}
