package io.tophash.bench.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Entries with strings of 16 characters as keys, and arrays of 100 bytes as values. */
public final class Records {
  /** Bytes of each key. */
  public static final int KEY_BYTES = 16;

  /** Bytes of each value. */
  public static final int VALUE_BYTES = 100;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final long STEP = 0x9e3779b97f4a7c15L;
  private static final int WORDS_BYTES = VALUE_BYTES / Long.BYTES * Long.BYTES;

  private Records() {}

  /** The key of an index from 0 on: the digits of {@link Keys#key}. */
  public static String key(long index) {
    return HexFormat.of().toHexDigits(Keys.key(index));
  }

  /**
   * Writes a value of {@link #VALUE_BYTES}.
   *
   * @param index index of the entry
   * @param version 0, or another number for another value of the same entry
   * @param value takes it
   */
  public static void valueInto(long index, long version, byte[] value) {
    long word = Keys.key(index) ^ version;
    for (int i = 0; i < WORDS_BYTES; i += Long.BYTES) {
      LONG.set(value, i, word);
      word += STEP;
    }
    INT.set(value, WORDS_BYTES, (int) word);
  }

  /** A checksum of all bytes of a value. */
  public static long fold(byte[] value) {
    long sum = (int) INT.get(value, WORDS_BYTES);
    for (int i = 0; i < WORDS_BYTES; i += Long.BYTES) {
      sum += (long) LONG.get(value, i);
    }
    return sum;
  }

  /** What an entry adds to a checksum; says that the value belongs to the key. */
  public static long fold(String key, byte[] value) {
    return Keys.fold(key.hashCode() * STEP, fold(value));
  }

  /** The checksum over all entries, in any order. */
  public static long checksum(int entries) {
    byte[] value = new byte[VALUE_BYTES];
    long sum = 0;
    for (int i = 0; i < entries; i++) {
      valueInto(i, 0, value);
      sum += fold(key(i), value);
    }
    return sum;
  }
}
