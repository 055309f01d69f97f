package io.tophash.core.errors;

/**
 * A store cannot be opened read-only because its last writer was killed in the middle of an
 * operation, and a reader may not settle that. To open it for writing once settles it; nothing is
 * lost.
 */
public class UnsettledStoreException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message which store it is
   */
  public UnsettledStoreException(String message) {
    super(message);
  }
}
