package io.tophash.bench.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The values of records: arrays of bytes, made from the index of an entry and a version. */
public final class Records {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long STEP = 0x9e3779b97f4a7c15L;

  private Records() {}

  private static int wordsBytes(byte[] value) {
    return value.length & -Long.BYTES;
  }

  /**
   * Writes a value; each of its words is another one.
   *
   * @param index index of the entry
   * @param version 0, or another number for another value of the same entry
   * @param value takes it
   */
  public static void valueInto(long index, long version, byte[] value) {
    long word = Keys.key(index) ^ version;
    int end = wordsBytes(value);
    for (int i = 0; i < end; i += Long.BYTES) {
      LONG.set(value, i, word);
      word += STEP;
    }
    for (int i = end; i < value.length; i++) {
      value[i] = (byte) word;
      word >>>= Byte.SIZE;
    }
  }

  /** A checksum of all bytes of a value. */
  public static long fold(byte[] value) {
    long sum = 0;
    int end = wordsBytes(value);
    for (int i = 0; i < end; i += Long.BYTES) {
      sum += (long) LONG.get(value, i);
    }
    for (int i = end; i < value.length; i++) {
      sum = sum * 31 + value[i];
    }
    return sum;
  }

  /** What an entry adds to a checksum; says that the value belongs to the key. */
  public static long fold(Object key, byte[] value) {
    return Keys.fold(key.hashCode() * STEP, fold(value));
  }
}
