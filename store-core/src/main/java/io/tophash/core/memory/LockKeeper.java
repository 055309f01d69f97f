package io.tophash.core.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    /** Called on the file thread with the kernel's list of locks, empty if it has none. */
    void look(String kernelLocks) throws IOException;
  }

  private static final System.Logger LOG = System.getLogger("io.tophash");
  private static final Path KERNEL_LOCKS = Path.of("/proc/locks");

  private static final List<Kept> ALL = new ArrayList<>(); // file thread only
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
    String kernelLocks = kernelLocks();
    for (Kept kept : List.copyOf(ALL)) {
      try {
        kept.look(kernelLocks);
      } catch (IOException | RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "cannot look after an open store", e);
      }
    }
  }

  /** The kernel's list of all locks; empty if it has none to show. */
  static String kernelLocks() {
    try {
      return Files.readString(KERNEL_LOCKS);
    } catch (IOException e) {
      return "";
    }
  }
}
