package io.tophash.core.memory;

import io.tophash.core.errors.StoreTimeoutException;
import java.util.function.BooleanSupplier;

/**
 * That a thread holds a byte of the sidecar, from when it asks for it. It is over by the store of a
 * field, which needs no call: so whatever a thread is thrown out by, at the end of its stack or
 * without memory, and wherever, the byte is given back: by the thread itself, by the next one that
 * wants it, or by the file thread within a second.
 *
 * <pre>
 *   Hold hold = new Hold();
 *   try {
 *     sidecar.lockAttach(hold, timeoutMs);
 *     ...
 *     sidecar.unlock(hold);
 *   } finally {
 *     hold.isOver = true;
 *   }
 * </pre>
 */
public final class Hold {
  /** True since the thread has no business with the byte any more. */
  public volatile boolean isOver;

  /**
   * Runs an action while nobody else, in this JVM or elsewhere, opens or closes a store.
   *
   * @return what the action returns
   * @throws StoreTimeoutException as {@link Sidecar#lockAttach}
   */
  public static boolean whileAttaching(Sidecar sidecar, long timeoutMs, BooleanSupplier action) {
    Hold hold = new Hold();
    try {
      sidecar.lockAttach(hold, timeoutMs);
      return action.getAsBoolean();
    } finally {
      hold.isOver = true;
      sidecar.unlock(hold);
    }
  }
}
