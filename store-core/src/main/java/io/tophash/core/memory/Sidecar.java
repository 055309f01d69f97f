package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.errors.StoreTimeoutException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The sidecar {@code NAME.lock} as the concurrent store uses it: one kernel lock on a byte for each
 * thing that a process holds. The kernel drops them however the process ends. No byte of the file
 * is ever written.
 *
 * <pre>
 * byte          locked            means
 * 0 .. 63       exclusive         the process of this slot lives
 * 4080 ATTACH   exclusive         somebody opens or closes the store (a read-only opener that may
 *                                 not write this file locks it shared)
 * 4081 READERS  shared            a read-only process has the store open
 *               exclusive         there is none, and none may come
 * 4082 GROW     exclusive         somebody makes the file longer
 * 4083 PRESENT  shared            some process has the sidecar open
 * 4084 ANCHOR   exclusive         somebody looks whether all go by this file ({@link StoreAnchor};
 *                                 shared as ATTACH is)
 * </pre>
 *
 * <p>A writable {@code HashStore} locks all of them exclusively ({@link LockFile}), so the two
 * kinds of store exclude each other. PRESENT is what finds another class loader of this JVM: the
 * kernel takes both for one process, and whichever closed its channel first would drop the locks of
 * the other.
 *
 * <p>One instance, with one channel, for each store and JVM; openers are counted. All state is
 * confined to the {@link FileThread}, which makes each method atomic within the JVM. Any thread may
 * call any method, and need not be the one that locked. Interrupts disturb nothing.
 */
public final class Sidecar implements Liveness {
  /** Number of process slots. */
  public static final int SLOTS = 64;

  private static final long ATTACH = 4080;
  private static final long READERS = 4081;
  private static final long GROW = 4082;
  private static final long PRESENT = 4083;
  private static final long ANCHOR = 4084;

  private static final long ANCHOR_TIMEOUT_MS = 30_000;
  private static final int OPEN_ATTEMPTS = 10;

  private static final long MIN_PAUSE_NANOS = 50_000;
  private static final long MAX_PAUSE_NANOS = 5_000_000;

  private static final Map<Path, Sidecar> OPEN = new HashMap<>(); // file thread only

  private final Path store;
  private final FileChannel channel;
  private final boolean writable;
  private final long id;
  private final FileLock[] slots = new FileLock[SLOTS];
  private FileLock attach;
  private FileLock grow;
  private FileLock readers;
  private FileLock anchor;
  private int readerCount; // 0 while this JVM holds READERS exclusively
  private boolean clashed;
  private int holders = 1;

  private Sidecar(Path store, FileChannel channel, boolean writable, long id) {
    this.store = store;
    this.channel = channel;
    this.writable = writable;
    this.id = id;
  }

  /**
   * Opens the sidecar, or counts one more opener of this JVM. A missing one is created.
   *
   * @param realStore path of the store with symbolic links resolved
   * @param readOnly true for an opener that may do without the right to write the sidecar
   * @throws StoreLockedException if a {@code HashStore}, here or elsewhere, has the store open for
   *     writing, or another class loader of this JVM has it open
   * @throws StoreException if the sidecar cannot be had or the file system has no locks
   */
  public static Sidecar open(Path realStore, boolean readOnly) {
    return call(realStore, () -> openHere(realStore, readOnly));
  }

  /** File thread only. */
  static boolean isOpenHere(Path store) {
    return OPEN.containsKey(store);
  }

  private static <T> T call(Path store, Callable<T> task) {
    try {
      return FileThread.call(task);
    } catch (IOException e) {
      throw new StoreException(
          "cannot lock the store: "
              + LockFile.reason(e)
              + "; keep it on a local file system that has file locks, lockFile="
              + LockFile.path(store),
          e);
    }
  }

  private static Sidecar openHere(Path store, boolean readOnly) throws IOException {
    if (LockFile.isOpenHere(store)) {
      throw new StoreLockedException(
          "the store is already open in this process as a HashStore; close that one first, store="
              + store);
    }
    Sidecar open = OPEN.get(store);
    if (open != null) {
      if (!readOnly && !open.writable) {
        throw notWritable(store, null);
      }
      open.holders++;
      return open;
    }
    Sidecar sidecar = openChannel(store, readOnly);
    boolean opened = false;
    try {
      if (sidecar.tryLock(PRESENT, true) == null) {
        throw new StoreLockedException(
            "another process has the store open as a writable HashStore, which is exclusive; close"
                + " it there, or wait until that process ends, store="
                + store
                + " owner="
                + LockFile.readNote(sidecar.channel));
      }
      OPEN.put(store, sidecar);
      opened = true;
    } finally {
      if (!opened) {
        sidecar.closeChannel();
      }
    }
    return sidecar;
  }

  private static Sidecar openChannel(Path store, boolean readOnly) {
    Path path = LockFile.path(store);
    try {
      try {
        Files.createFile(path);
      } catch (FileAlreadyExistsException e) {
        // the usual case
      }
      return openChannel(store, path, true, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      if (!readOnly) {
        throw notWritable(store, e);
      }
    }
    try {
      return openChannel(store, path, false, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new StoreException(
          "the lock file of the store is missing and this process may not create it; open the store"
              + " once for writing, or create the file empty with read permission, lockFile="
              + path,
          e);
    } catch (IOException e) {
      throw new StoreException(
          "cannot read the lock file of the store: "
              + LockFile.reason(e)
              + "; give this process the permission to read it, lockFile="
              + path,
          e);
    }
  }

  /** Opens a file and learns its number, which only its name can be asked for. */
  private static Sidecar openChannel(
      Path store, Path path, boolean writable, StandardOpenOption... options) throws IOException {
    for (int i = 0; i < OPEN_ATTEMPTS; i++) {
      long before = StoreAnchor.lockFileId(path);
      FileChannel channel = FileChannel.open(path, options);
      if (StoreAnchor.lockFileId(path) == before) {
        return new Sidecar(store, channel, writable, before);
      }
      channel.close();
    }
    throw new IOException("somebody replaces it again and again");
  }

  private static StoreException notWritable(Path store, IOException e) {
    return new StoreException(
        "cannot write the lock file of the store: "
            + (e == null ? "it is open for reading only in this process" : LockFile.reason(e))
            + "; give this process the permission to write it, or open the store with"
            + " readOnly(true), lockFile="
            + LockFile.path(store),
        e);
  }

  private FileLock tryLock(long at, boolean shared) throws IOException {
    try {
      return channel.tryLock(at, 1, shared);
    } catch (OverlappingFileLockException e) {
      clashed = true;
      throw LockFile.clash(store, channel);
    }
  }

  private void closeChannel() throws IOException {
    if (!clashed) {
      channel.close();
    }
  }

  /** Counts one opener less; the last one closes the channel, which drops all locks. */
  public void release() {
    call(
        store,
        () -> {
          if (--holders == 0) {
            OPEN.remove(store);
            closeChannel();
          }
          return null;
        });
  }

  @Override
  public boolean tryLockSlot(int slot) {
    return call(
        store,
        () -> {
          if (slots[slot] != null) {
            return false;
          }
          slots[slot] = tryLock(slot, false);
          return slots[slot] != null;
        });
  }

  @Override
  public void unlockSlot(int slot) {
    call(
        store,
        () -> {
          FileLock lock = slots[slot];
          slots[slot] = null;
          return unlock(lock);
        });
  }

  @Override
  public boolean isSlotLocked(int slot) {
    return call(
        store,
        () -> {
          if (slots[slot] != null) {
            return true;
          }
          // Shared, so that two processes that test the same slot do not mislead each other.
          FileLock lock = tryLock(slot, true);
          if (lock == null) {
            return true;
          }
          lock.release();
          return false;
        });
  }

  /**
   * Waits until nobody else, in this JVM or elsewhere, opens or closes the store.
   *
   * @throws StoreTimeoutException if that takes longer
   */
  public void lockAttach(long timeoutMs) {
    await(
        () -> attach == null && (attach = tryLock(ATTACH, !writable)) != null,
        timeoutMs,
        "another process or thread that opens or closes the store");
  }

  /** Ends what {@link #lockAttach} began. */
  public void unlockAttach() {
    call(
        store,
        () -> {
          FileLock lock = attach;
          attach = null;
          return unlock(lock);
        });
  }

  /**
   * Waits until nobody else, in this JVM or elsewhere, makes the file longer.
   *
   * @throws StoreTimeoutException if that takes longer
   */
  public void lockGrow(long timeoutMs) {
    await(
        () -> grow == null && (grow = tryLock(GROW, false)) != null,
        timeoutMs,
        "another process or thread that makes the file longer");
  }

  /** Ends what {@link #lockGrow} began. */
  public void unlockGrow() {
    call(
        store,
        () -> {
          FileLock lock = grow;
          grow = null;
          return unlock(lock);
        });
  }

  /**
   * Says that this process has the store open read-only; counted.
   *
   * @throws StoreTimeoutException if a process that is alone with the store does not come to an end
   */
  public void lockReader(long timeoutMs) {
    await(
        () -> {
          if (readers != null && readerCount == 0) {
            return false; // held alone by this JVM
          }
          if (readers == null && (readers = tryLock(READERS, true)) == null) {
            return false;
          }
          readerCount++;
          return true;
        },
        timeoutMs,
        "another process that is alone with the store");
  }

  /** Ends what {@link #lockReader} began. */
  public void unlockReader() {
    call(store, () -> --readerCount == 0 ? unlockReaders() : null);
  }

  /**
   * Proves that no process has the store open read-only, and keeps new ones waiting.
   *
   * @return false if there are any, in this JVM or elsewhere, or if that cannot be proved because
   *     this process may not write the sidecar
   */
  public boolean tryLockReadersAlone() {
    return call(
        store, () -> writable && readers == null && (readers = tryLock(READERS, false)) != null);
  }

  /** Ends what {@link #tryLockReadersAlone} began. */
  public void unlockReadersAlone() {
    call(store, this::unlockReaders);
  }

  /**
   * Says on the store's own file that this opener goes by this sidecar.
   *
   * @param file the store, perhaps under the name that it has until it is complete
   * @throws StoreLockedException if anybody goes by another one
   */
  StoreAnchor anchor(Path file, boolean readOnly) {
    await(
        () -> anchor == null && (anchor = tryLock(ANCHOR, !writable)) != null,
        ANCHOR_TIMEOUT_MS,
        "another process or thread that opens the store");
    try {
      return call(store, () -> StoreAnchor.holdOne(store, file, readOnly, id));
    } finally {
      call(
          store,
          () -> {
            FileLock lock = anchor;
            anchor = null;
            return unlock(lock);
          });
    }
  }

  private Void unlockReaders() throws IOException {
    FileLock lock = readers;
    readers = null;
    return unlock(lock);
  }

  private static Void unlock(FileLock lock) throws IOException {
    if (lock == null) {
      throw new IllegalStateException("this lock is not held");
    }
    lock.release();
    return null;
  }

  // A lock of the kernel is waited for by polling: a blocking request would block the file thread.
  private void await(Callable<Boolean> attempt, long timeoutMs, String forWhom) {
    long start = System.nanoTime();
    long pause = MIN_PAUSE_NANOS;
    boolean interrupted = false;
    try {
      while (!call(store, attempt)) {
        if (System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(timeoutMs)) {
          throw new StoreTimeoutException(
              "waited too long for "
                  + forWhom
                  + "; it may be stopped: let it go on or end it, or try again later, store="
                  + store
                  + " timeoutMs="
                  + timeoutMs);
        }
        LockSupport.parkNanos(pause);
        interrupted |= Thread.interrupted(); // a pending interrupt would end each pause at once
        pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
