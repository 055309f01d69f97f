package io.tophash.core.memory;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The byte ANCHOR of a sidecar, and the {@link StoreAnchor} that the openers of this JVM share who
 * are not together with others: within the JVM one lock for all, and up to the last, as each would
 * overlap the others.
 */
final class AnchorLock {
  private static final long ANCHOR = 4084;
  private static final long TIMEOUT_MS = 30_000;

  private final Path store;
  private final SidecarFile opened;
  private final RangeLock lock;
  private StoreAnchor shared; // file thread only

  AnchorLock(Path store, SidecarFile opened) {
    this.store = store;
    this.opened = opened;
    this.lock = new RangeLock(opened.file(), ANCHOR, 1);
  }

  /**
   * Says on the store's own file that this opener goes by this sidecar.
   *
   * @param name the store, perhaps under the name that it has until it is complete
   * @return the lock, which the caller releases; null if the last opener of this JVM gives it up
   * @throws io.tophash.core.errors.StoreLockedException if anybody goes by another one
   */
  StoreAnchor take(Path name, boolean readOnly) {
    if (opened.use() != SidecarFile.Use.TOGETHER) {
      SidecarCalls.call(store, () -> takeShared(name, readOnly));
      return null;
    }
    SidecarCalls.await(
        store,
        () -> lock.tryTake(!opened.file().isWritable()),
        TIMEOUT_MS,
        "another process or thread that opens the store");
    try {
      return SidecarCalls.call(
          store, () -> StoreAnchor.holdOne(store, name, readOnly, opened.file().id()));
    } finally {
      SidecarCalls.call(store, lock::giveUp);
    }
  }

  private Void takeShared(Path name, boolean readOnly) throws IOException {
    if (shared == null) {
      shared = StoreAnchor.holdAll(store, name, readOnly);
    }
    return null;
  }

  /** The last opener of this JVM is gone. File thread only. */
  void release() throws IOException {
    if (shared != null) {
      shared.release();
    }
  }
}
