package io.tophash.sync.attach;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.Hold;
import io.tophash.core.memory.Sidecar;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.shard.Shards;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of this JVM's attachment to a store, step by step. All tables are closed by now, so no
 * operation begins any more; those that run are awaited.
 */
final class Detaching {
  private final SyncCore core;
  private final OpenFile opened;
  private final Sidecar sidecar;
  private final Shards shards;

  Detaching(SyncCore core) {
    this.core = core;
    this.opened = core.opened();
    this.sidecar = opened.sidecar();
    this.shards = core.shards();
  }

  void run() {
    Hold hold = new Hold();
    try {
      if (core.isReadOnly()) {
        sidecar.unlockReader();
        return;
      }
      core.stop();
      recoverDeserted();
      shards.end();
      core.log().end();
      awaitOwnLocks();
      sidecar.lockAttach(hold, SyncCore.ATTACH_TIMEOUT_MS);
      leave();
    } finally {
      hold.isOver = true;
      try {
        sidecar.unlock(hold);
      } finally {
        core.close();
      }
    }
  }

  private void recoverDeserted() {
    try {
      shards.recoverDeserted();
    } catch (RuntimeException e) {
      // What is owed stays in the file, and the next opener finds it.
    }
  }

  private void awaitOwnLocks() {
    long start = System.nanoTime();
    while (core.wholeShards().holdsAnyLock() || core.log().holdsFlush()) {
      // A damaged lock word, which nobody will ever clear, must not hang the close.
      if (System.nanoTime() - start > shards.context().lockTimeoutNanos()) {
        throw new StoreTimeoutException(
            "an operation of this process does not end, so the store was closed under it, store="
                + opened.path());
      }
      LockSupport.parkNanos(10_000);
    }
  }

  private void leave() {
    ProcessTable process = core.process();
    RuntimeException unforced = null;
    if (process.isAlone()) {
      try {
        if (!opened.request().temporary) {
          if (core.level().logs()) {
            core.log().drain();
          }
          core.checkpoints().close();
          opened.markClosed();
        }
      } catch (StoreException | UncheckedIOException e) {
        opened.mark().putClosed(false);
        unforced = e;
      }
    }
    process.leave();
    if (unforced != null) {
      throw unforced;
    }
  }
}
