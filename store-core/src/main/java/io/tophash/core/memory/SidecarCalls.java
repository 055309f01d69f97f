package io.tophash.core.memory;

import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.StoreTimeoutException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** How a sidecar is worked on: on the {@link FileThread}, and what to say where that fails. */
final class SidecarCalls {
  private SidecarCalls() {}

  static <T> T call(Path store, Callable<T> task) {
    try {
      return FileThread.call(task);
    } catch (IOException e) {
      throw new StoreException(
          "cannot lock the store: "
              + StorePaths.reason(e)
              + "; keep it on a local file system that has file locks, lockFile="
              + StorePaths.lockFile(store),
          e);
    }
  }

  // A lock of the kernel is waited for by polling: a blocking request would block the file thread.
  static void await(Path store, Callable<Boolean> attempt, long timeoutMs, String forWhom) {
    if (!Polling.await(() -> call(store, attempt), timeoutMs)) {
      throw new StoreTimeoutException(
          "waited too long for "
              + forWhom
              + "; it may be stopped: let it go on or end it, or try again later, store="
              + store
              + " timeoutMs="
              + timeoutMs);
    }
  }
}
