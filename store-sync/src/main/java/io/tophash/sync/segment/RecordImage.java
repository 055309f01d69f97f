package io.tophash.sync.segment;

import static io.tophash.sync.format.SyncRecordLayout.CHECKSUM;
import static io.tophash.sync.format.SyncRecordLayout.KEY_LENGTH;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;
import static io.tophash.sync.format.SyncRecordLayout.STUB_BYTES;
import static io.tophash.sync.format.SyncRecordLayout.STUB_HASH;
import static io.tophash.sync.format.SyncRecordLayout.STUB_POSITION;
import static io.tophash.sync.format.SyncRecordLayout.VALUE_LENGTH;

import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SyncRecordLayout;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A record in an array, or the stub of a large one: how it is made, and what it says. Pure
 * functions of the array and of where in it the record begins.
 *
 * <p><b>The checksum</b> of a record is that of its value, bound to the key by the key's hash. So a
 * value that is damaged is noticed, and a reference that leads to the record of another key, and a
 * damaged key, whose hash is another; and a lookup, which has hash and value, reads nothing twice.
 * That of a stub is the plain one of its lengths and its payload.
 */
public final class RecordImage {
  private RecordImage() {}

  // --- what it says ------------------------------------------------------------------------------

  /** True for the stub of a large record. */
  public static boolean isStub(byte[] bytes, int at) {
    return SyncRecordLayout.isLarge(HeapBytes.getInt(bytes, at + KEY_LENGTH));
  }

  /** Length of the key, also of a large record. */
  public static int keyBytes(byte[] bytes, int at) {
    return SyncRecordLayout.keyLength(HeapBytes.getInt(bytes, at + KEY_LENGTH));
  }

  /** Length of the value, also of a large record. */
  public static int valueBytes(byte[] bytes, int at) {
    return HeapBytes.getInt(bytes, at + VALUE_LENGTH);
  }

  /** Where the value of a record begins in the array. */
  public static int valueAt(byte[] bytes, int at) {
    return at + PAYLOAD + keyBytes(bytes, at);
  }

  /** Size of the record, also of a large one. */
  public static long bytes(byte[] bytes, int at) {
    return SyncRecordLayout.bytes(keyBytes(bytes, at), valueBytes(bytes, at));
  }

  /** Size of what stands here, a record or a stub; -1 if it makes no sense. */
  public static long bytesHere(byte[] bytes, int at) {
    return valueBytes(bytes, at) < 0 ? -1 : isStub(bytes, at) ? STUB_BYTES : bytes(bytes, at);
  }

  /** A copy of the key of a record. */
  public static byte[] key(byte[] bytes, int at) {
    return Arrays.copyOfRange(bytes, at + PAYLOAD, valueAt(bytes, at));
  }

  /** A copy of the value of a record. */
  public static byte[] value(byte[] bytes, int at) {
    int from = valueAt(bytes, at);
    return Arrays.copyOfRange(bytes, from, from + valueBytes(bytes, at));
  }

  /** Hash of the key, also of a large record. */
  public static long hash(byte[] bytes, int at, KeyHash keyHash) {
    return isStub(bytes, at)
        ? HeapBytes.getLong(bytes, at + STUB_HASH)
        : keyHash.ofBytes(bytes, at + PAYLOAD, keyBytes(bytes, at));
  }

  /** Position of the block of the large record that a stub stands for; 0 of a record. */
  public static long largeBlock(byte[] bytes, int at) {
    return isStub(bytes, at) ? HeapBytes.getLong(bytes, at + STUB_POSITION) : 0;
  }

  /** True if a large record has the lengths that its stub says. */
  public static boolean isOfStub(byte[] record, byte[] bytes, int stub) {
    return HeapBytes.getInt(record, KEY_LENGTH) == keyBytes(bytes, stub)
        && valueBytes(record, 0) == valueBytes(bytes, stub);
  }

  /** What the first eight bytes of a cache's value say: when it expires. */
  public static long expires(byte[] value) {
    if (value.length < CacheLayout.PREFIX_BYTES) {
      throw new IllegalArgumentException(
          "a value of a cache begins with 8 bytes that say when it expires, bytes=" + value.length);
    }
    return HeapBytes.getLong(value, 0);
  }

  // --- the checksum ------------------------------------------------------------------------------

  /** True if a record or stub, all of which is there, has the checksum that it must have. */
  public static boolean isWhole(byte[] bytes, int at, long hash) {
    return HeapBytes.getInt(bytes, at + CHECKSUM) == checksum(bytes, at, hash);
  }

  private static int checksum(byte[] bytes, int at, long hash) {
    return isStub(bytes, at)
        ? crc(bytes, at + KEY_LENGTH, STUB_BYTES - KEY_LENGTH)
        : checksumOfValue(bytes, valueAt(bytes, at), valueBytes(bytes, at), hash);
  }

  /** The checksum of a record with such a value. */
  public static int checksumOfValue(byte[] bytes, int offset, int length, long hash) {
    return bound(crc(bytes, offset, length), hash);
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /**
   * The checksum of a record.
   *
   * @param ofValue CRC-32C of the value
   * @param hash of the key
   */
  public static int bound(int ofValue, long hash) {
    return ofValue ^ (int) hash ^ (int) (hash >>> 32);
  }

  // --- how it is made ----------------------------------------------------------------------------

  /** A record with the key only, for a removal. */
  public static byte[] ofKey(byte[] key) {
    byte[] record = new byte[PAYLOAD + key.length];
    System.arraycopy(key, 0, record, PAYLOAD, key.length);
    return record;
  }

  /** A complete record of a key and of what an encoded value has from an offset on. */
  public static byte[] of(byte[] key, long hash, byte[] value, int from) {
    int bytes = value.length - from;
    byte[] record = allocate(key, bytes);
    System.arraycopy(value, from, record, PAYLOAD + key.length, bytes);
    return seal(record, hash);
  }

  /** A record with lengths and key; the value and {@link #seal} follow. */
  public static byte[] allocate(byte[] key, int valueBytes) {
    byte[] record = new byte[Math.toIntExact(SyncRecordLayout.bytes(key.length, valueBytes))];
    HeapBytes.putInt(record, KEY_LENGTH, key.length);
    HeapBytes.putInt(record, VALUE_LENGTH, valueBytes);
    System.arraycopy(key, 0, record, PAYLOAD, key.length);
    return record;
  }

  /** Gives a record its checksum. */
  public static byte[] seal(byte[] record, long hash) {
    HeapBytes.putInt(record, CHECKSUM, checksum(record, 0, hash));
    return record;
  }

  /** The stub of a large record that stands in a block of its own. */
  public static byte[] stub(byte[] record, long hash, long block) {
    byte[] stub = new byte[STUB_BYTES];
    HeapBytes.putInt(stub, KEY_LENGTH, keyBytes(record, 0) | SyncRecordLayout.LARGE);
    HeapBytes.putInt(stub, VALUE_LENGTH, valueBytes(record, 0));
    HeapBytes.putLong(stub, STUB_POSITION, block);
    HeapBytes.putLong(stub, STUB_HASH, hash);
    return seal(stub, hash);
  }
}
