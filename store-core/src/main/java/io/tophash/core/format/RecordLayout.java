package io.tophash.core.format;

/**
 * A record: a key or a value that is stored outside its cell. Sealed once a cell refers to it. The
 * picture is in docs/format.md, "Record".
 */
public final class RecordLayout {
  /** int, length of the payload in bytes */
  public static final int LENGTH = 0;

  /** int, CRC-32C of the payload, combined with the hash of the entry's key */
  public static final int CHECKSUM = 4;

  /** the encoded key or value */
  public static final int PAYLOAD = 8;

  private RecordLayout() {}

  /**
   * The checksum of a record, from the CRC-32C of its payload. It says whose record it is, as a
   * reference that was damaged most likely leads to the record of another entry.
   *
   * @param keyHash hash of the entry's key, also if the record is that key
   */
  public static int checksum(int crc, long keyHash) {
    return crc ^ (int) (keyHash ^ keyHash >>> 32);
  }

  /** Size of a record with its header, in bytes. */
  public static long bytes(int payloadBytes) {
    return (long) PAYLOAD + payloadBytes;
  }
}
