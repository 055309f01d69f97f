package io.tophash.core.memory;

import static io.tophash.core.memory.SidecarCalls.call;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreLockedException;
import io.tophash.core.errors.StoreTimeoutException;
import io.tophash.core.memory.SidecarFile.Use;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * The sidecar {@code NAME.lock}: who has a store open. A lock of the kernel on some of its bytes
 * stands for each thing that a process holds; the kernel drops them however the process ends.
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
 * 4085 CHECKPOINT exclusive       somebody takes a checkpoint
 * 0 .. 4095     exclusive         a HashStore is open for writing
 *               shared            one is open read-only, or a recovery reads the file
 * </pre>
 *
 * <p>So the two kinds of store exclude each other. Where they would not, PRESENT is also what finds
 * another class loader of this JVM: the kernel takes both for one process, and whichever closed its
 * channel first would drop the locks of the other. Behind the locked bytes stand {@link LockNotes}
 * of who has the store open; they are what is left of an opener whose locks were dropped.
 *
 * <p>One instance, with one channel, for each store and JVM; openers are counted. All state is
 * confined to the {@link FileThread}, which makes each method atomic within the JVM. Any thread may
 * call any method, and need not be the one that locked. Interrupts disturb nothing. If the file is
 * removed while a store is open, {@link StoreAnchor} keeps others out.
 */
public final class Sidecar implements Liveness {
  /** Number of process slots. */
  public static final int SLOTS = 64;

  /**
   * A living process that lost its locks has taken them again after this time, unless the machine
   * is so busy that it does not run.
   */
  public static final long GRACE_MS = LockKeeper.GRACE_MS;

  private static final long ATTACH = 4080;
  private static final long READERS = 4081;
  private static final long GROW = 4082;
  private static final long CHECKPOINT = 4085;

  private static final long OPEN_TIMEOUT_MS = 30_000;

  private static final Map<Path, Sidecar> OPEN = new HashMap<>(); // file thread only

  private final Path store;
  private final SidecarFile opened;
  private final LockedFile file;
  private final RangeLock[] slots = new RangeLock[SLOTS]; // made when they are needed
  private final HeldByte attach;
  private final RangeLock grow;
  private final ReaderLock readers;
  private final AnchorLock anchor;
  private final HeldByte checkpoint;
  private int holders = 1;
  private boolean ready; // false while its first opener looks for others that lost their locks

  private Sidecar(Path store, SidecarFile opened) {
    this.store = store;
    this.opened = opened;
    this.file = opened.file();
    attach = new HeldByte(new RangeLock(file, ATTACH, 1));
    grow = new RangeLock(file, GROW, 1);
    readers = new ReaderLock(file, opened.notes(), READERS);
    anchor = new AnchorLock(store, opened);
    checkpoint = new HeldByte(new RangeLock(file, CHECKPOINT, 1));
  }

  /**
   * Opens the sidecar as one of several processes, or counts one more opener of this JVM. A missing
   * one is created.
   *
   * @param realStore path of the store with symbolic links resolved
   * @param readOnly true for an opener that may do without the right to write the sidecar
   * @throws StoreLockedException if a {@code HashStore}, here or elsewhere, has the store open for
   *     writing, or another class loader of this JVM has it open
   * @throws StoreException if the sidecar cannot be had or the file system has no locks
   */
  public static Sidecar open(Path realStore, boolean readOnly) {
    return open(realStore, Use.TOGETHER, readOnly);
  }

  /**
   * Locks all of it, for who wants to be alone with the store or to read it only.
   *
   * @throws StoreLockedException if anybody, here or elsewhere, is in the way
   */
  static Sidecar lockAll(Path realStore, boolean readOnly) {
    return open(realStore, readOnly ? Use.READING : Use.ALONE, readOnly);
  }

  private static Sidecar open(Path store, Use use, boolean readOnly) {
    Sidecar[] found = new Sidecar[1];
    SidecarCalls.await(
        store,
        () -> (found[0] = openHere(store, use, readOnly)) != null,
        OPEN_TIMEOUT_MS,
        "another thread that opens the store");
    Sidecar sidecar = found[0];
    if (!sidecar.ready) {
      boolean passed = false;
      try {
        sidecar.passOthers();
        passed = true;
      } finally {
        if (!passed) {
          sidecar.release();
        }
      }
    }
    return sidecar;
  }

  // Null while another thread of this JVM is about to open it.
  private static Sidecar openHere(Path store, Use use, boolean readOnly) throws IOException {
    Sidecar open = OPEN.get(store);
    if (open == null) {
      Sidecar sidecar = new Sidecar(store, SidecarFile.open(store, use, readOnly));
      OPEN.put(store, sidecar);
      return sidecar;
    }
    if (!open.ready) {
      return null;
    }
    open.checkShared(use, readOnly);
    open.holders++;
    return open;
  }

  /** Refuses an opener of this JVM that does not go with the present ones. */
  private void checkShared(Use other, boolean readOnly) {
    Use use = opened.use();
    if (other == use && use != Use.ALONE) {
      if (!readOnly && !file.isWritable()) {
        throw SidecarFile.notWritable(store, null);
      }
      return;
    }
    String how =
        use == Use.TOGETHER
            ? " as a SyncStore; close that one first"
            : other == Use.TOGETHER
                ? " as a HashStore; close that one first"
                : ": a writable HashStore is exclusive; close the first one";
    throw new StoreLockedException(
        "the store is already open in this process" + how + ", store=" + store);
  }

  /**
   * Makes sure that no process is in the way that lost its locks. One of which that cannot be known
   * takes them back within the grace.
   */
  private void passOthers() {
    Polling.await(() -> call(store, () -> opened.doubtful(false).isEmpty()), LockKeeper.GRACE_MS);
    call(
        store,
        () -> {
          for (LockNotes.Note note : opened.doubtful(true)) {
            opened.notes().delete(note);
          }
          ready = true;
          return null;
        });
  }

  /** Counts one opener less; the last one closes the file, which drops all locks. */
  public void release() {
    call(
        store,
        () -> {
          if (--holders == 0) {
            OPEN.remove(store);
            anchor.release();
            opened.close();
          }
          return null;
        });
  }

  /** True if another process has a lock that this one lost. File thread only. */
  boolean isLost() {
    return file.isLost();
  }

  @Override
  public boolean confirm() {
    return call(store, file::confirm);
  }

  @Override
  public long run() {
    return opened.notes().run();
  }

  @Override
  public boolean tryLockSlot(int slot) {
    return call(store, () -> slot(slot).tryTake(false));
  }

  @Override
  public void unlockSlot(int slot) {
    call(store, () -> slot(slot).giveUp());
  }

  @Override
  public boolean isSlotLocked(int slot) {
    return call(store, () -> slot(slot).isTaken(true));
  }

  private RangeLock slot(int slot) {
    if (slots[slot] == null) {
      slots[slot] = new RangeLock(file, slot, 1);
    }
    return slots[slot];
  }

  /**
   * Waits until nobody else, in this JVM or elsewhere, opens or closes the store; {@link #unlock}
   * follows.
   *
   * @throws StoreTimeoutException if that takes longer
   */
  public void lockAttach(Hold hold, long timeoutMs) {
    await(
        () -> attach.tryTake(hold, !file.isWritable()),
        timeoutMs,
        "another process or thread that opens or closes the store");
  }

  /** Gives back the byte that a thread holds, if it does. */
  public void unlock(Hold hold) {
    call(
        store,
        () -> {
          attach.giveUp(hold);
          checkpoint.giveUp(hold);
          return null;
        });
  }

  /** Gives back what is held by threads that were thrown out; on the file thread. */
  void settleHolds() {
    try {
      attach.settle();
      checkpoint.settle();
    } catch (IOException e) {
      throw new StoreException("cannot give a lock back, store=" + store, e);
    }
  }

  /**
   * Runs an action while nobody else, in this JVM or elsewhere, makes the file longer. Who has the
   * store alone has nobody to wait for. The action runs on the file thread, between two calls of
   * which nothing is left locked, whatever becomes of the caller.
   *
   * @throws StoreTimeoutException if the wait takes longer
   */
  void whileGrowing(long timeoutMs, Runnable action) {
    if (opened.use() != Use.TOGETHER) {
      action.run();
      return;
    }
    await(() -> tryGrow(action), timeoutMs, "another process or thread that makes the file longer");
  }

  private boolean tryGrow(Runnable action) throws IOException {
    if (!grow.tryTake(false)) {
      return false;
    }
    try {
      action.run();
      return true;
    } finally {
      grow.giveUp();
    }
  }

  /**
   * Waits until nobody else, in this JVM or elsewhere, takes a checkpoint; {@link #unlock} follows.
   *
   * @throws StoreTimeoutException if that takes longer
   */
  public void lockCheckpoint(Hold hold, long timeoutMs) {
    await(
        () -> checkpoint.tryTake(hold, false),
        timeoutMs,
        "another process or thread that takes a checkpoint");
  }

  /** Takes the same lock if nobody has it. */
  public boolean tryLockCheckpoint(Hold hold) {
    return call(store, () -> checkpoint.tryTake(hold, false));
  }

  /**
   * Says that this process has the store open read-only; counted.
   *
   * @throws StoreTimeoutException if a process that is alone with the store does not come to an end
   */
  public void lockReader(long timeoutMs) {
    await(readers::tryTake, timeoutMs, "another process that is alone with the store");
  }

  /** Ends what {@link #lockReader} began. */
  public void unlockReader() {
    call(store, readers::giveUp);
  }

  /**
   * Proves that no process has the store open read-only, and keeps new ones waiting.
   *
   * @return false if there are any, in this JVM or elsewhere, or if that cannot be proved because
   *     this process may not write the sidecar
   */
  public boolean tryLockReadersAlone() {
    return call(store, readers::tryTakeAlone);
  }

  /** Ends what {@link #tryLockReadersAlone} began. */
  public void unlockReadersAlone() {
    call(store, readers::giveUpAlone);
  }

  /** See {@link AnchorLock#take}. */
  StoreAnchor anchor(Path name, boolean readOnly) {
    return anchor.take(name, readOnly);
  }

  private void await(Callable<Boolean> attempt, long timeoutMs, String forWhom) {
    SidecarCalls.await(store, attempt, timeoutMs, forWhom);
  }
}
