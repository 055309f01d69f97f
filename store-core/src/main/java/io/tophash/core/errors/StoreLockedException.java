package io.tophash.core.errors;

/**
 * Another opener holds the store, and the two cannot be open at the same time: a writable {@code
 * HashStore} is exclusive. The message names the holder as far as it is known.
 */
public class StoreLockedException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message which store is locked, and by whom
   */
  public StoreLockedException(String message) {
    super(message);
  }
}
