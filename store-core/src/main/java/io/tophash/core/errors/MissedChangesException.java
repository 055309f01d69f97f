package io.tophash.core.errors;

/**
 * Who follows the changes of a store cannot have all of them any more: they were made too long ago
 * to be kept, or were not logged, or the store has gone back to an older state. What was delivered
 * before is right. To go on: take a snapshot of the store, start again with what it shows, and
 * follow from its position.
 */
public class MissedChangesException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is missing, why, and where to start again
   */
  public MissedChangesException(String message) {
    super(message);
  }
}
