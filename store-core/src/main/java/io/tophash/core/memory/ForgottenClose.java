package io.tophash.core.memory;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Notices that an open store has become unreachable without having been closed: gives up what it
 * held, its lock first of all, and says once where it was opened.
 */
public final class ForgottenClose {
  private static final Logger LOG = System.getLogger("io.tophash");
  private static final Cleaner CLEANER = Cleaner.create();
  private static final String OURS = "io.tophash.";

  private final AtomicBoolean done = new AtomicBoolean();
  private Cleaner.Cleanable cleanable;

  private ForgottenClose() {}

  /**
   * Watches an open store.
   *
   * @param user what all users of the store hold on to; the other arguments must not lead to it
   * @param store for the log
   * @param release gives up what the store holds
   */
  public static ForgottenClose watch(Object user, Path store, Runnable release) {
    ForgottenClose watch = new ForgottenClose();
    AtomicBoolean done = watch.done;
    String place = place();
    watch.cleanable =
        CLEANER.register(
            user,
            () -> {
              if (done.compareAndSet(false, true)) {
                LOG.log(
                    Level.WARNING,
                    "a store was not closed and is not in use any more; it is closed now: close it"
                        + " yourself, store={0} opened={1}",
                    store,
                    place);
                try {
                  release.run();
                } catch (RuntimeException e) {
                  LOG.log(Level.WARNING, "cannot close the store, store=" + store, e);
                }
              }
            });
    return watch;
  }

  /** The caller that is not of this library. */
  private static String place() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> !frame.getClassName().startsWith(OURS))
                    .findFirst()
                    .map(Object::toString)
                    .orElse("unknown"));
  }

  /** The store is being closed as it should. */
  public void closed() {
    done.set(true);
    cleanable.clean();
  }
}
