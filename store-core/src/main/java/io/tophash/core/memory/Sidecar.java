package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.errors.StoreTimeoutException;
import java.io.IOException;
import java.nio.file.Path;
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

  private static final long MIN_PAUSE_NANOS = 50_000;
  private static final long MAX_PAUSE_NANOS = 5_000_000;

  private static final Map<Path, Sidecar> OPEN = new HashMap<>(); // file thread only

  private final Path store;
  private final SidecarChannel channel;
  private final ByteLock[] slots = new ByteLock[SLOTS];
  private final ByteLock attach;
  private final ByteLock grow;
  private final ByteLock readers;
  private final ByteLock anchor;
  private int readerCount; // 0 while this JVM holds READERS exclusively
  private int holders = 1;

  private Sidecar(Path store, SidecarChannel channel) {
    this.store = store;
    this.channel = channel;
    for (int slot = 0; slot < SLOTS; slot++) {
      slots[slot] = new ByteLock(channel, slot);
    }
    attach = new ByteLock(channel, ATTACH);
    grow = new ByteLock(channel, GROW);
    readers = new ByteLock(channel, READERS);
    anchor = new ByteLock(channel, ANCHOR);
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
      if (!readOnly && !open.channel.isWritable()) {
        throw SidecarChannel.notWritable(store, null);
      }
      open.holders++;
      return open;
    }
    SidecarChannel channel = SidecarChannel.open(store, readOnly);
    boolean opened = false;
    try {
      if (channel.tryLock(PRESENT, true) == null) {
        throw new StoreLockedException(
            "another process has the store open as a writable HashStore, which is exclusive; close"
                + " it there, or wait until that process ends, store="
                + store
                + " owner="
                + channel.owner());
      }
      Sidecar sidecar = new Sidecar(store, channel);
      OPEN.put(store, sidecar);
      opened = true;
      return sidecar;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  /** Counts one opener less; the last one closes the channel, which drops all locks. */
  public void release() {
    call(
        store,
        () -> {
          if (--holders == 0) {
            OPEN.remove(store);
            channel.close();
          }
          return null;
        });
  }

  @Override
  public boolean tryLockSlot(int slot) {
    return call(store, () -> slots[slot].tryTake(false));
  }

  @Override
  public void unlockSlot(int slot) {
    call(store, slots[slot]::giveUp);
  }

  @Override
  public boolean isSlotLocked(int slot) {
    return call(store, slots[slot]::isTaken);
  }

  /**
   * Waits until nobody else, in this JVM or elsewhere, opens or closes the store.
   *
   * @throws StoreTimeoutException if that takes longer
   */
  public void lockAttach(long timeoutMs) {
    await(
        () -> attach.tryTake(!channel.isWritable()),
        timeoutMs,
        "another process or thread that opens or closes the store");
  }

  /** Ends what {@link #lockAttach} began. */
  public void unlockAttach() {
    call(store, attach::giveUp);
  }

  /**
   * Waits until nobody else, in this JVM or elsewhere, makes the file longer.
   *
   * @throws StoreTimeoutException if that takes longer
   */
  public void lockGrow(long timeoutMs) {
    await(
        () -> grow.tryTake(false),
        timeoutMs,
        "another process or thread that makes the file longer");
  }

  /** Ends what {@link #lockGrow} began. */
  public void unlockGrow() {
    call(store, grow::giveUp);
  }

  /**
   * Says that this process has the store open read-only; counted.
   *
   * @throws StoreTimeoutException if a process that is alone with the store does not come to an end
   */
  public void lockReader(long timeoutMs) {
    await(
        () -> {
          if (readers.isHeld() && readerCount == 0) {
            return false; // held alone by this JVM
          }
          if (!readers.isHeld() && !readers.tryTake(true)) {
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
    call(store, () -> --readerCount == 0 ? readers.giveUp() : null);
  }

  /**
   * Proves that no process has the store open read-only, and keeps new ones waiting.
   *
   * @return false if there are any, in this JVM or elsewhere, or if that cannot be proved because
   *     this process may not write the sidecar
   */
  public boolean tryLockReadersAlone() {
    return call(store, () -> channel.isWritable() && readers.tryTake(false));
  }

  /** Ends what {@link #tryLockReadersAlone} began. */
  public void unlockReadersAlone() {
    call(store, readers::giveUp);
  }

  /**
   * Says on the store's own file that this opener goes by this sidecar.
   *
   * @param file the store, perhaps under the name that it has until it is complete
   * @throws StoreLockedException if anybody goes by another one
   */
  StoreAnchor anchor(Path file, boolean readOnly) {
    await(
        () -> anchor.tryTake(!channel.isWritable()),
        ANCHOR_TIMEOUT_MS,
        "another process or thread that opens the store");
    try {
      return call(store, () -> StoreAnchor.holdOne(store, file, readOnly, channel.id()));
    } finally {
      call(store, anchor::giveUp);
    }
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
