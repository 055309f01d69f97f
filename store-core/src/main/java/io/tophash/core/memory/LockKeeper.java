package io.tophash.core.memory;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

/**
 * Looks after what is open, twice a second, on the file thread: whether the locks of this process
 * stand, which any code of the JVM drops that closes one of the files, and whether the file under a
 * store's name is the one that is open.
 *
 * <p>The kernel lists its locks in {@code /proc/locks}. Where it does not, locks are not looked
 * after; a process that lost them is known by its note alone.
 */
final class LockKeeper {
  /** Time from one look to the next. */
  static final long PERIOD_MS = 500;

  /**
   * After so long a living process has taken back a lock that it had lost: several periods, as the
   * machine may be busy.
   */
  static final long GRACE_MS = 4 * PERIOD_MS;

  /** Something to look after. */
  @FunctionalInterface
  interface Kept {
    /** Called on the file thread with what the kernel lists. */
    void look(KernelLocks locks) throws IOException;
  }

  private static final System.Logger LOG = System.getLogger("io.tophash");

  private static final Set<Kept> ALL = new LinkedHashSet<>(); // file thread only
  private static Future<?> looking;

  private LockKeeper() {}

  /** Begins to look after something. File thread only. */
  static void add(Kept kept) {
    ALL.add(kept);
    if (looking == null) {
      looking = FileThread.every(PERIOD_MS, LockKeeper::look);
    }
  }

  /** Ends that. File thread only. */
  static void remove(Kept kept) {
    ALL.remove(kept);
    if (ALL.isEmpty() && looking != null) {
      looking.cancel(false);
      looking = null;
    }
  }

  private static void look() {
    KernelLocks locks = KernelLocks.read();
    for (Kept kept : List.copyOf(ALL)) {
      try {
        kept.look(locks);
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot look after an open store", e);
      }
    }
  }
}
