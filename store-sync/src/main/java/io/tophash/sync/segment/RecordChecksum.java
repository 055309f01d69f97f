package io.tophash.sync.segment;

import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SyncRecordLayout;
import java.util.zip.CRC32C;

/**
 * The checksum of a record: that of its value, bound to the key by the key's hash. So a value that
 * is damaged is noticed, and a reference that leads to the record of another key, and a damaged
 * key, whose hash is another; and a lookup, which has hash and value, reads nothing twice. That of
 * a stub is the plain one of its lengths and its payload.
 */
public final class RecordChecksum {
  private RecordChecksum() {}

  /**
   * The checksum of a record.
   *
   * @param ofValue CRC-32C of the value
   * @param hash of the key
   */
  public static int bound(int ofValue, long hash) {
    return ofValue ^ (int) hash ^ (int) (hash >>> 32);
  }

  /** The checksum of a record with such a value. */
  public static int ofValue(byte[] bytes, int offset, int length, long hash) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return bound((int) crc.getValue(), hash);
  }

  /**
   * The checksum that a record or stub must have.
   *
   * @param at where it begins; all of it is there, and its lengths make sense
   * @param hash of its key
   */
  public static int of(byte[] bytes, int at, long hash) {
    int lengths = (int) HeapBytes.INT.get(bytes, at + SyncRecordLayout.KEY_LENGTH);
    if (SyncRecordLayout.isLarge(lengths)) {
      CRC32C crc = new CRC32C();
      crc.update(
          bytes,
          at + SyncRecordLayout.KEY_LENGTH,
          SyncRecordLayout.STUB_BYTES - SyncRecordLayout.KEY_LENGTH);
      return (int) crc.getValue();
    }
    int value = at + SyncRecordLayout.PAYLOAD + SyncRecordLayout.keyLength(lengths);
    return ofValue(
        bytes, value, (int) HeapBytes.INT.get(bytes, at + SyncRecordLayout.VALUE_LENGTH), hash);
  }

  /** True if a record or stub has the checksum that it must have. */
  public static boolean matches(byte[] bytes, int at, long hash) {
    return (int) HeapBytes.INT.get(bytes, at + SyncRecordLayout.CHECKSUM) == of(bytes, at, hash);
  }
}
