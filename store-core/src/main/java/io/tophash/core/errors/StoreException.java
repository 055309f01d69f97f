package io.tophash.core.errors;

/**
 * A store could not do what was asked for a reason that lies outside the calling code: the file,
 * the file system, another process. The message says what went wrong, where, and what to do next.
 *
 * <p>Mistakes of the caller (a null key, a value that is too large, use after close) are reported
 * with the JDK's own exceptions instead.
 */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what went wrong, the limit, then {@code name=value} pairs
   */
  public StoreException(String message) {
    super(message);
  }

  /**
   * @param message what went wrong, the limit, then {@code name=value} pairs
   * @param cause the failure underneath, usually an {@link java.io.IOException}
   */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
