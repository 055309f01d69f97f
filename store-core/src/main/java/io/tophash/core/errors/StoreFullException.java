package io.tophash.core.errors;

/**
 * There is no room for what was to be written: the file system is full, or the store has reached
 * its configured {@code maxBytes}. Nothing was lost and the store stays usable: reads, deletes and
 * overwrites that need no more space go on, and writing resumes when there is space again.
 */
public class StoreFullException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is full, the limit and the amount that was asked for
   */
  public StoreFullException(String message) {
    super(message);
  }

  /**
   * @param message what is full, the limit and the amount that was asked for
   * @param cause the failure of the file system
   */
  public StoreFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
