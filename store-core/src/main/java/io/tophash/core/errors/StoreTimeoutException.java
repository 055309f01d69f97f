package io.tophash.core.errors;

/**
 * Another process or thread, which is alive, did not get out of the way in time: it is stopped, or
 * the machine is overloaded. The message says what was waited for. Nothing was changed by the
 * operation that failed; it can be tried again.
 */
public class StoreTimeoutException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was waited for, how long, and what to do
   */
  public StoreTimeoutException(String message) {
    super(message);
  }
}
