package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A lock on the store's own file that says by which lock file an opener goes. The lock file can be
 * removed or replaced under an open store, and then two openers hold locks on two files; the store
 * itself is one file for all of them, also where it is mounted under several names.
 *
 * <p>The locked bytes lie far behind the end of any store. No byte is written.
 *
 * <pre>
 * 2^60 + 128 * lockFileId + i   exclusive   a process that has a SyncStore open for writing
 * 2^61 + 128 * lockFileId + i   shared      one that has it open read-only
 * 2^60 .. 2^62                  exclusive   a writable HashStore
 * 2^60 .. 2^62                  shared      a read-only one, or a recovery
 * </pre>
 *
 * <p>An opener of a {@code SyncStore} takes its own byte first and then looks whether anybody holds
 * one of another lock file; so of two openers with different lock files at least one sees the
 * other. Those with the same one look one after the other ({@link Sidecar#anchor}). The number of a
 * lock file is not used again while somebody has it open, even if it is removed.
 *
 * <p>The kernel drops the locks of a JVM on a file when any channel or stream on that file is
 * closed, so whoever closes one calls {@link #fileClosed}.
 *
 * <p>All state is confined to the {@link FileThread}.
 */
final class StoreAnchor {
  private static final System.Logger LOG = System.getLogger("io.tophash");

  private static final long WRITERS = 1L << 60;
  private static final long READERS = 1L << 61;
  private static final long END = 1L << 62;

  /** Bytes for each lock file, more than there are slots. */
  private static final int PLACES_SHIFT = 7;

  private static final List<StoreAnchor> HELD = new ArrayList<>(); // file thread only

  private final Path store;
  private final LockedFile file;

  private StoreAnchor(Path store, Path file, boolean readOnly) throws IOException {
    this.store = store;
    this.file = LockedFile.open(file, !readOnly);
  }

  /**
   * For a {@code HashStore} or a recovery: exclusive, or shared with other readers.
   *
   * @param file the store, perhaps under the name that it has until it is complete
   */
  static StoreAnchor holdAll(Path store, Path file, boolean readOnly) throws IOException {
    return hold(store, file, readOnly, a -> a.take(WRITERS, END - WRITERS, readOnly));
  }

  /** For an opener of a {@code SyncStore} that goes by this lock file. */
  static StoreAnchor holdOne(Path store, Path file, boolean readOnly, long lockFileId)
      throws IOException {
    return hold(store, file, readOnly, a -> a.takeOne(readOnly, lockFileId));
  }

  private interface Taking {
    boolean take(StoreAnchor anchor) throws IOException;
  }

  private static StoreAnchor hold(Path store, Path file, boolean readOnly, Taking taking)
      throws IOException {
    StoreAnchor anchor = new StoreAnchor(store, file, readOnly);
    boolean taken = false;
    try {
      if (!taking.take(anchor)) {
        throw refusal(store);
      }
      taken = true;
    } finally {
      if (!taken) {
        anchor.close();
      }
    }
    HELD.add(anchor);
    return anchor;
  }

  private static StoreLockedException refusal(Path store) {
    return new StoreLockedException(
        "another process has the store open under another lock file, so this one was removed or"
            + " replaced meanwhile; close the store there, or wait until that process ends, and open"
            + " again; never remove the lock file of a store that is in use, store="
            + store
            + " lockFile="
            + StorePaths.lockFile(store));
  }

  // Not taken also if this JVM holds it: as another opener of the same store, which then takes the
  // next byte, or through another class loader that goes by another lock file.
  private boolean take(long from, long bytes, boolean shared) throws IOException {
    return new RangeLock(file, from, bytes).tryTake(shared);
  }

  private boolean takeOne(boolean readOnly, long lockFileId) throws IOException {
    long own = lockFileId << PLACES_SHIFT;
    long places = 1L << PLACES_SHIFT;
    boolean taken = false;
    for (long i = 0; !taken && i < places; i++) {
      taken = take((readOnly ? READERS : WRITERS) + own + i, 1, readOnly);
    }
    // A reader can take shared locks only, which do not show other readers; nor need they know.
    return taken
        && isFree(WRITERS, own, readOnly)
        && isFree(WRITERS + own + places, READERS - WRITERS - own - places, readOnly)
        && (readOnly
            || isFree(READERS, own, false)
                && isFree(READERS + own + places, END - READERS - own - places, false));
  }

  private boolean isFree(long from, long bytes, boolean shared) throws IOException {
    return !new RangeLock(file, from, bytes).isTaken(shared);
  }

  /** Gives the lock up, after the file was closed. */
  void release() throws IOException {
    HELD.remove(this);
    close();
  }

  private void close() throws IOException {
    file.close();
    renew(store);
  }

  /** Says that this JVM closed a channel or a stream on a file that may be an open store. */
  static void fileClosed(Path store) {
    try {
      FileThread.call(
          () -> {
            renew(store);
            return null;
          });
    } catch (IOException e) {
      throw new StoreException("cannot lock the store again, store=" + store, e);
    }
  }

  /** As {@link #fileClosed}, on the file thread. */
  static void renew(Path store) throws IOException {
    for (StoreAnchor anchor : HELD) {
      if (anchor.store.equals(store) && !anchor.file.renewAfterClose()) {
        LOG.log(System.Logger.Level.WARNING, "{0}", refusal(store).getMessage());
      }
    }
  }

  /**
   * Deletes what a killed process left of a store that it was making.
   *
   * @throws StoreLockedException if that process lives: the lock file was replaced
   */
  static void deleteUnfinished(Path unfinished) throws IOException {
    if (Files.isRegularFile(unfinished)) {
      FileThread.call(
          () -> {
            holdAll(unfinished, unfinished, false).release();
            return null;
          });
    }
    Files.deleteIfExists(unfinished);
  }

  /** Refuses to replace a store that somebody else has made meanwhile, by another lock file. */
  static void refuseToReplace(Path store) throws IOException {
    if (Files.exists(store) && Files.size(store) > 0) {
      throw refusal(store);
    }
  }
}
