package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of a {@link Sidecar}: how it is had, what is locked in it as long as it is open, and the
 * note in it.
 *
 * <p>The order of an open: the lock, the note, a look whether the lock stands; then the notes of
 * others. So of two processes that exclude each other, one of which loses its lock at any moment,
 * the later one meets the lock or the note of the earlier.
 *
 * <p>File thread only.
 */
final class SidecarFile {
  private static final long PRESENT = 4083;
  private static final long LOCK_BYTES = 4096;
  private static final int OPEN_ATTEMPTS = 10;

  /** For what this JVM has the sidecar. */
  enum Use {
    /** As one of several processes with a {@code SyncStore}: byte by byte. */
    TOGETHER(LockNotes.TOGETHER, LockNotes.ALONE),
    /** Alone: all bytes. */
    ALONE(LockNotes.ALONE, -1),
    /** As one of several that only read: all bytes. */
    READING(LockNotes.READING, LockNotes.ALONE | LockNotes.TOGETHER);

    private final int kind;
    private final int excluded; // kinds of notes

    Use(int kind, int excluded) {
      this.kind = kind;
      this.excluded = excluded;
    }
  }

  private final Path store;
  private final Use use;
  private final LockedFile file;
  private final LockNotes notes;
  private RangeLock lock;

  private SidecarFile(Path store, Use use, LockedFile file) {
    this.store = store;
    this.use = use;
    this.file = file;
    this.notes =
        new LockNotes(
            file,
            ProcessIdentity.current(),
            file.isAbsent() ? 0 : MachineRun.of(StorePaths.lockFile(store), store));
  }

  /**
   * Opens the sidecar of a store, and locks in it what its use needs; a missing one is created.
   *
   * @param readOnly true for an opener that may do without the right to write the sidecar, and
   *     without a sidecar if it may not make one: the lock on the store's own file is enough
   * @throws StoreLockedException if another process, or another class loader of this one, excludes
   *     that
   * @throws StoreException if it cannot be had
   */
  static SidecarFile open(Path store, Use use, boolean readOnly) throws IOException {
    Path path = StorePaths.lockFile(store);
    if (!JvmStores.enter(path)) {
      throw otherLoader(store);
    }
    boolean opened = false;
    try {
      SidecarFile file = tryOpen(store, path, use, readOnly);
      for (int i = 1; file == null && i < OPEN_ATTEMPTS; i++) {
        file = tryOpen(store, path, use, readOnly);
      }
      if (file == null) {
        throw new IOException("somebody replaces it again and again");
      }
      opened = true;
      return file;
    } finally {
      if (!opened) {
        JvmStores.leave(path);
      }
    }
  }

  /** Null if another opener, whose store never came to be, has deleted the file meanwhile. */
  private static SidecarFile tryOpen(Path store, Path path, Use use, boolean readOnly)
      throws IOException {
    SidecarFile opening = new SidecarFile(store, use, openFile(store, path, readOnly));
    boolean opened = false;
    try {
      opening.lock();
      // Deleted is what nobody has locked, so from here on it is not.
      opened = opening.file.isAbsent() || opening.isInPlace(path);
      return opened ? opening : null;
    } finally {
      if (!opened) {
        opening.giveUp();
      }
    }
  }

  private boolean isInPlace(Path path) throws IOException {
    try {
      return LockedFile.id(path) == file.id();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static StoreLockedException otherLoader(Path store) {
    return new StoreLockedException(
        "the store is already open in this process through another class loader; close it there,"
            + " store="
            + store);
  }

  private static LockedFile openFile(Path store, Path path, boolean readOnly) {
    try {
      return LockedFile.make(path);
    } catch (IOException e) {
      if (!readOnly) {
        throw notWritable(store, e);
      }
    }
    try {
      return LockedFile.open(path, false);
    } catch (NoSuchFileException e) {
      return LockedFile.absent();
    } catch (IOException e) {
      throw new StoreException(
          "cannot read the lock file of the store: "
              + StorePaths.reason(e)
              + "; give this process the permission to read it, lockFile="
              + path,
          e);
    }
  }

  /**
   * Says that the sidecar cannot be written.
   *
   * @param e why; null if it is open for reading only
   */
  static StoreException notWritable(Path store, IOException e) {
    return new StoreException(
        "cannot write the lock file of the store: "
            + (e == null ? "it is open for reading only in this process" : StorePaths.reason(e))
            + "; give this process the permission to write it, or open the store with"
            + " readOnly(true), lockFile="
            + StorePaths.lockFile(store),
        e);
  }

  private void lock() throws IOException {
    lock =
        use == Use.TOGETHER ? new RangeLock(file, PRESENT, 1) : new RangeLock(file, 0, LOCK_BYTES);
    if (!lock.tryTake(use != Use.ALONE)) {
      throw file.hasClashed() ? otherLoader(store) : refusal(owner(lock));
    }
    notes.add(use.kind);
    if (!file.confirm()) {
      throw refusal(owner(lock));
    }
  }

  private String owner(RangeLock lock) throws IOException {
    if (use == Use.ALONE && !lock.isHeld() && lock.tryTake(true)) {
      return "read-only openers";
    }
    for (LockNotes.Note note : notes.others(-1)) {
      return note.toString();
    }
    return "unknown";
  }

  private StoreLockedException refusal(String owner) {
    return new StoreLockedException(
        "another process has the store open"
            + (use == Use.TOGETHER
                ? " as a writable HashStore, which is exclusive"
                : ": a writable HashStore is exclusive")
            + "; close it there, or wait until that process ends, store="
            + store
            + " owner="
            + owner);
  }

  /**
   * Looks for notes of others that exclude this use, though their locks do not.
   *
   * @param waited true if they had the time to make it certain
   * @return those of which nobody can say now whether their processes live
   * @throws StoreLockedException if one of them lives: it lost its lock
   */
  List<LockNotes.Note> doubtful(boolean waited) throws IOException {
    List<LockNotes.Note> doubtful = new ArrayList<>();
    for (LockNotes.Note note : notes.others(use.excluded)) {
      // Who takes over the row of a run that has ended has its lock before he has written his note.
      boolean isChanging = !waited && notes.isOfEndedRun(note);
      if (!isChanging && notes.isAlive(note)) {
        throw refusal(note.toString());
      }
      if (!note.process().isSelf()) {
        doubtful.add(note);
      }
    }
    return doubtful;
  }

  Use use() {
    return use;
  }

  LockedFile file() {
    return file;
  }

  LockNotes notes() {
    return notes;
  }

  /** Gives all up; also the file, if there is no store for which it could stand. */
  void close() throws IOException {
    notes.remove(-1);
    deleteIfUnused();
    file.close();
    JvmStores.leave(StorePaths.lockFile(store));
  }

  /**
   * Deletes the file if there is no store under the name, as one that could not be made, or was
   * moved away, and nobody else has the file open. Who opens it just then finds out after he has
   * locked it, and makes another one.
   */
  private void deleteIfUnused() throws IOException {
    if (use != Use.READING && file.isWritable() && !Files.exists(store) && isAlone()) {
      Path path = StorePaths.lockFile(store);
      if (isInPlace(path)) {
        Files.deleteIfExists(path);
      }
    }
  }

  private boolean isAlone() throws IOException {
    if (use == Use.ALONE) {
      return lock.isHeld();
    }
    lock.giveUp();
    return lock.tryTake(false);
  }

  private void giveUp() throws IOException {
    if (file.hasClashed()) {
      file.abandon();
    } else {
      notes.remove(-1);
      file.close();
    }
  }
}
