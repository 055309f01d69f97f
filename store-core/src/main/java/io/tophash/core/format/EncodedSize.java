package io.tophash.core.format;

/** What is thrown when the size of an encoded key or value is not what it may be. */
public final class EncodedSize {
  private EncodedSize() {}

  /**
   * It is over the limit of the store.
   *
   * @param what key or value
   */
  public static IllegalArgumentException tooLarge(String what, int maxBytes, int bytes) {
    return new IllegalArgumentException(
        "the " + what + " is too large: at most " + maxBytes + " bytes, bytes=" + bytes);
  }

  /**
   * It is not what its codec has announced.
   *
   * @param codec identity of the codec
   */
  public static IllegalStateException notAsAnnounced(String codec, int announced, int written) {
    return new IllegalStateException(
        "the codec writes another number of bytes than it announces; mend the codec, codec="
            + codec
            + " announced="
            + announced
            + " written="
            + written);
  }

  /** It is over the room that a caller's buffer has. */
  public static IllegalArgumentException overRoom(int bytes, int room) {
    return new IllegalArgumentException(
        "the buffer is too small for the value, bytes=" + bytes + " room=" + room);
  }
}
