package io.tophash.core.format;

/**
 * A record: a key or a value that is stored outside its cell. Sealed once a cell refers to it. The
 * picture is in docs/format.md, "Record".
 */
public final class RecordLayout {
  /** int, length of the payload in bytes */
  public static final int LENGTH = 0;

  /** int, CRC-32C of the payload */
  public static final int CHECKSUM = 4;

  /** the encoded key or value */
  public static final int PAYLOAD = 8;

  private RecordLayout() {}

  /** Size of a record with its header, in bytes. */
  public static long bytes(int payloadBytes) {
    return (long) PAYLOAD + payloadBytes;
  }
}
