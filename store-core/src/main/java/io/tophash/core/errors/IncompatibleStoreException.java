package io.tophash.core.errors;

/**
 * The file is not a store that this program can open as asked: a foreign file, a newer format
 * version, another kind of store, or other codecs than those it was created with. Nothing was
 * changed in the file.
 */
public class IncompatibleStoreException extends StoreException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what differs, with the stored and the requested value
   */
  public IncompatibleStoreException(String message) {
    super(message);
  }
}
