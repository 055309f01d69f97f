package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Watches whether an open store can still be changed: whether its file is the one that stands under
 * its name, which another process would open, and whether its locks are its own.
 */
final class FileWatch implements LockKeeper.Kept {
  private static final System.Logger LOG = System.getLogger("io.tophash");

  private final Path store;
  private final long id;
  private final BooleanSupplier lostLocks;
  private volatile String trouble;
  private volatile String refusal;
  private volatile Runnable also;

  /**
   * @param name of the file at present
   * @param lostLocks whether another process has taken locks of this one
   */
  FileWatch(Path store, Path name, BooleanSupplier lostLocks) throws IOException {
    this.store = store;
    this.id = LockedFile.id(name);
    this.lostLocks = lostLocks;
  }

  /** Something else that is to be looked after. */
  void lookAlso(Runnable look) {
    also = look;
  }

  void begin() {
    onFileThread(() -> LockKeeper.add(this));
  }

  void end() {
    onFileThread(() -> LockKeeper.remove(this));
  }

  private void onFileThread(Runnable task) {
    try {
      FileThread.call(
          () -> {
            task.run();
            return null;
          });
    } catch (IOException e) {
      throw new StoreException("cannot look after the store, store=" + store, e);
    }
  }

  @Override
  public void look(KernelLocks locks) throws IOException {
    Runnable look = also;
    if (look != null) {
      look.run();
    }
    String found = find();
    synchronized (this) {
      String now = found == null ? refusal : found;
      if (now != null && trouble == null) {
        LOG.log(System.Logger.Level.ERROR, "{0}; it takes no changes, store={1}", now, store);
      }
      trouble = now;
    }
  }

  private String find() throws IOException {
    try {
      if (LockedFile.id(store) != id) {
        return "the file of the store was replaced by another one while it was open";
      }
    } catch (NoSuchFileException e) {
      return "the file of the store was removed, or moved away, while it was open";
    }
    return lostLocks.getAsBoolean()
        ? "another process has taken the locks of this one, which had lost them"
        : null;
  }

  /**
   * Refuses changes for another reason, or no longer.
   *
   * @param reason with what to do next; null if there is none
   */
  synchronized void refuse(String reason) {
    String before = refusal;
    if (Objects.equals(before, reason)) {
      return;
    }
    refusal = reason;
    if (trouble == null || trouble.equals(before)) {
      trouble = reason;
    }
  }

  /** True if that is what is wrong. */
  boolean isRefused() {
    String reason = refusal;
    return reason != null && reason.equals(trouble);
  }

  /** What was wrong at the last look; null if nothing was. */
  String trouble() {
    return trouble;
  }
}
