package io.tophash.sync.attach;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.Hold;
import io.tophash.core.memory.Sidecar;
import io.tophash.sync.checkpoint.ClosedShards;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.process.RowLiveness;
import java.nio.file.Path;

/**
 * One attachment of this JVM to a store, step by step: the lock file, the file, the row in the
 * process table, the parts that work on it, and what is settled before the first operation. Killed
 * between any two of them, the next opener begins anew; see docs/recovery.md. What fails gives back
 * what was taken.
 */
final class Attaching {
  private final OpenFile opened;
  private final SyncRequest request;
  private final Sidecar sidecar;
  private ProcessTable process;
  private SyncCore core;

  private Attaching(Path path, SyncRequest request) {
    this.opened = new OpenFile(path, request);
    this.request = request;
    this.sidecar = opened.sidecar();
  }

  /**
   * Attaches to the store at a real path; makes it first if it is not there.
   *
   * @param first true if this JVM never had it attached before: so nobody can be inside an access
   *     to a former mapping, and free space at the end of the file can be given back
   */
  static SyncCore attach(Path path, SyncRequest request, boolean first) {
    Attaching attaching = new Attaching(path, request);
    boolean attached = false;
    try {
      if (request.readOnly) {
        attaching.forReading();
      } else {
        attaching.forWriting(first);
        attaching.core.start();
      }
      attached = true;
      return attaching.core;
    } catch (IndexOutOfBoundsException e) {
      throw new CorruptStoreException("store", 0, "a reference leads nowhere (" + e + ")");
    } finally {
      if (!attached) {
        attaching.giveUp();
      }
    }
  }

  private void giveUp() {
    if (core != null) {
      core.stop();
    }
    if (process != null) {
      process.leave();
    }
    if (core != null) {
      core.close();
    } else {
      opened.close();
    }
  }

  private void forReading() {
    // From here on nobody cuts the file.
    sidecar.lockReader(SyncCore.ATTACH_TIMEOUT_MS);
    boolean attached = false;
    try {
      opened.forReading();
      core = new SyncCore(opened, null);
      if (opened.machineStopped()) {
        throw new UnsettledStoreException(
            "the machine stopped while the store was open (or it was last written under another"
                + " boot id, as of another container), and a read-only opener may not settle that;"
                + " open the store for writing once, store="
                + opened.path());
      }
      checkClosed();
      attached = true;
    } finally {
      if (!attached) {
        sidecar.unlockReader();
      }
    }
  }

  /** Compares with the last checkpoint what nobody has opened for writing since. */
  private void checkClosed() {
    if (!opened.mark().isClean()) {
      return;
    }
    try {
      ClosedShards closed = new ClosedShards(opened.memory(), opened.shardCount());
      closed.check();
      if (closed.wrongCounts() == 0) {
        return;
      }
      throw new CorruptStoreException(
          "shard",
          RegionLayout.SHARDS,
          "the number of entries is not the one with which the store was closed; the file was"
              + " damaged since: open it for writing once, or see `tophash recover`");
    } catch (CorruptStoreException e) {
      if (opened.mark().isClean() && !new RowLiveness(opened.memory(), sidecar).isAnyAlive()) {
        throw e;
      }
      // A writer has come meanwhile.
    }
  }

  private void forWriting(boolean first) {
    Hold hold = new Hold();
    try {
      sidecar.lockAttach(hold, SyncCore.ATTACH_TIMEOUT_MS);
      opened.forWriting();
      process = ProcessTable.attach(opened.memory(), sidecar);
      core = new SyncCore(opened, process);
      if (opened.isNew()) {
        if (core.bounds() != null) {
          core.bounds().divide();
        }
        core.wholeShards().format();
        core.allocator().makeReserve();
        opened.publish();
      } else {
        join(first);
      }
    } finally {
      hold.isOver = true;
      sidecar.unlock(hold);
    }
  }

  /** Until the checkpoint at its end, all of it is done again by whoever opens the store next. */
  private void replay() {
    core.levels().prepareLog();
    boolean isWhole =
        new LogReplay(
                core.shards().context(),
                core.wholeShards(),
                request.changes.apply(core.parts(core.shards())))
            .run();
    core.levels().startLog(isWhole);
  }

  private void join(boolean first) {
    process.awaitCertainty();
    boolean isAlone = process.isAlone();
    boolean lostWrites = isAlone && opened.mark().mayHaveLostWrites();
    boolean logs = isAlone && core.levels().present().logs();
    if (isAlone) {
      if (lostWrites) {
        core.wholeShards().format(); // those that the checkpoint has no directory of
        core.wholeShards().checkDirectories();
        if (logs) {
          replay();
        }
      } else if (opened.mark().isClean()) {
        ClosedShards closed = new ClosedShards(opened.memory(), opened.shardCount());
        closed.check();
        closed.mendCounts();
        if (logs) {
          core.log().startFrom(core.levels().logStart());
        }
      }
      opened.markOpen();
    }
    new KillRecovery(core).run();
    if (logs && !lostWrites) {
      core.levels().startLog(true);
    }
    if (core.bounds() != null && process.isAlone()) {
      if (lostWrites) {
        // What the shards have is that of the checkpoint; what they had counted is of any moment.
        core.bounds().divide();
        for (int shard = 0; shard < opened.shardCount(); shard++) {
          core.shards().settleGuard(shard);
        }
      }
      core.bounds().settle();
    }
    if (first && process.isAlone() && sidecar.tryLockReadersAlone()) {
      try {
        opened.file().truncate(core.allocator().tail().cut());
      } finally {
        sidecar.unlockReadersAlone();
      }
    }
    CrashPoint.reached("attach.settled");
  }
}
