package io.tophash.spring;

/** A key or value could not be serialized, or an entry could not be read; the entry stays. */
public final class CacheSerializationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what could not be done, and what to do
   * @param cause the failure underneath, null if there is none
   */
  public CacheSerializationException(String message, Throwable cause) {
    super(message, cause);
  }
}
