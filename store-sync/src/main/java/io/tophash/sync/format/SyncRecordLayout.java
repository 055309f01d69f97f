package io.tophash.sync.format;

/**
 * A record of a concurrent store: key and value behind one header, never changed once a slot refers
 * to it. Its offset in the block is a multiple of 4. The picture is in docs/format.md, "Record of a
 * SyncStore".
 *
 * <p>A large record stands in a block of its own; in the log is a stub in its place, whose payload
 * is the position of that block and the hash of the key. The lengths of a stub are those of its
 * record.
 */
public final class SyncRecordLayout {
  /**
   * int: CRC-32C of the value, xor both halves of the key's hash; in a stub, CRC-32C of what
   * follows
   */
  public static final int CHECKSUM = 0;

  /** int: key length in the lower 17 bits, flags above */
  public static final int KEY_LENGTH = 4;

  /** int: value length in bytes */
  public static final int VALUE_LENGTH = 8;

  /** key, then value; in a stub the position of the record's block, then the key's hash */
  public static final int PAYLOAD = 12;

  /** In a stub, long: position of the block that holds the record. */
  public static final int STUB_POSITION = PAYLOAD;

  /** In a stub, long: hash of the key. */
  public static final int STUB_HASH = PAYLOAD + 8;

  /** Flag: this is the stub of a large record. */
  public static final int LARGE = 1 << 31;

  /** Size of a stub. */
  public static final int STUB_BYTES = PAYLOAD + 16;

  /** Largest key in bytes. */
  public static final int MAX_KEY_BYTES = 64 << 10;

  /** Largest value in bytes. */
  public static final int MAX_VALUE_BYTES = 256 << 20;

  /** A record of more bytes than this is large. */
  public static final int MAX_SMALL_BYTES = 4096;

  private static final int LENGTH_MASK = (1 << 17) - 1;

  private SyncRecordLayout() {}

  /** Size of a record, a multiple of 4. */
  public static long bytes(int keyBytes, int valueBytes) {
    return PAYLOAD + (long) keyBytes + valueBytes + 3 & -4;
  }

  /** Length of the key, of the word at {@link #KEY_LENGTH}. */
  public static int keyLength(int word) {
    return word & LENGTH_MASK;
  }

  /** True if the word at {@link #KEY_LENGTH} is that of a stub. */
  public static boolean isLarge(int word) {
    return word < 0;
  }
}
