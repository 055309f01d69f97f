package io.tophash.cli;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What the writer of the demo does, as a function of the operation's number: so the parent knows
 * what must be in the store from nothing but how many operations were acknowledged. Each value
 * carries its key, its version and a checksum, so any process can tell a torn one.
 */
final class DemoWrites {
  /** How many keys the writer has of its own. */
  static final int KEYS = 2000;

  /** Bytes of the largest value. */
  static final int MAX_BYTES = 20_000;

  private static final int VERSION = 0;
  private static final int KEY = 8;
  private static final int FILLER = 12;
  private static final int CHECKSUM_BYTES = 4;

  private DemoWrites() {}

  /** What an operation is. */
  enum Kind {
    SET,
    DELETE,
    /** A class file is stored again, over itself. */
    SET_CLASS
  }

  private static long mix(long n) {
    long z = (n ^ n >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  static Kind kind(long operation) {
    switch ((int) (mix(operation) >>> 60)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return Kind.DELETE;
      case 4:
      case 5:
        return Kind.SET_CLASS;
      default:
        return Kind.SET;
    }
  }

  /** Ordinal of the key, or of the class, below the bound. */
  static int index(long operation, int bound) {
    return (int) ((mix(operation) & 0xFFFF_FFFFL) * bound >>> 32);
  }

  static String key(int index) {
    return "in-flight/" + index;
  }

  // Most are small; one of 32 has a block of its own.
  private static int bytes(long operation) {
    int random = (int) (mix(~operation) >>> 40);
    int filler = random % 32 == 0 ? 8000 + random % 8000 : random % 600;
    return FILLER + filler + CHECKSUM_BYTES;
  }

  /** The value that an operation stores. */
  static byte[] value(long operation) {
    byte[] bytes = new byte[bytes(operation)];
    ByteBuffer value =
        ByteBuffer.wrap(bytes).putLong(VERSION, operation).putInt(KEY, index(operation, KEYS));
    int end = bytes.length - CHECKSUM_BYTES;
    for (int i = FILLER; i < end; i++) {
      bytes[i] = (byte) (operation + i);
    }
    value.putInt(end, checksum(value, end));
    return bytes;
  }

  /** The operation that stored this value; -1 if the value is not what that operation stores. */
  static long version(int key, ByteBuffer value) {
    int bytes = value.remaining();
    if (bytes < FILLER + CHECKSUM_BYTES) {
      return -1;
    }
    int from = value.position();
    long operation = value.getLong(from + VERSION);
    int end = bytes - CHECKSUM_BYTES;
    boolean whole =
        bytes == bytes(operation)
            && value.getInt(from + KEY) == key
            && index(operation, KEYS) == key
            && value.getInt(from + end) == checksum(value.slice(from, bytes), end);
    return whole ? operation : -1;
  }

  private static int checksum(ByteBuffer value, int bytes) {
    return checksum(value.duplicate().position(0).limit(bytes));
  }

  /** Checksum of what remains in the buffer. */
  static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
