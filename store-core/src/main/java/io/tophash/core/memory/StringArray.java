package io.tophash.core.memory;

import static io.tophash.core.memory.MemoryMode.IS_FAST;

import java.util.Arrays;
import org.agrona.UnsafeApi;

/**
 * The array in which a string keeps its characters, where the fast mode can look at it: so a key of
 * ASCII characters is looked up without a copy.
 */
public final class StringArray {
  private static final long VALUE = IS_FAST ? offset("value", byte[].class) : -1;
  private static final long CODER = IS_FAST ? offset("coder", byte.class) : -1;

  /** True if strings of this JVM are as this class takes them to be. */
  private static final boolean IS_KNOWN = VALUE >= 0 && CODER >= 0 && isAsExpected();

  private static final long HIGHS = 0x8080_8080_8080_8080L;

  private StringArray() {}

  private static long offset(String field, Class<?> type) {
    try {
      return String.class.getDeclaredField(field).getType() == type
          ? UnsafeApi.objectFieldOffset(String.class, field)
          : -1;
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return -1;
    }
  }

  private static boolean isAsExpected() {
    byte[] latin1 = {'a', 0, (byte) 0xFF};
    return Arrays.equals(latin1, read("a\0\u00FF")) && read("a\u0100") == null;
  }

  private static byte[] read(String string) {
    return UnsafeApi.getByte(string, CODER) == 0
        ? (byte[]) UnsafeApi.getReference(string, VALUE)
        : null;
  }

  /**
   * The characters of a string, if it keeps them as ASCII. Nobody changes the array, or hands it to
   * others.
   *
   * @return null if it does not, or if that cannot be known
   * @throws NullPointerException if the string is null
   */
  public static byte[] ofAscii(String string) {
    string.length(); // a null must not reach an access by address
    byte[] bytes = IS_KNOWN ? read(string) : null;
    return bytes == null || hasHighBit(bytes) ? null : bytes;
  }

  /** The characters of a string that has one byte for each; null if it has not, or may not have. */
  static byte[] ofLatin1(String string) {
    return IS_KNOWN ? read(string) : null;
  }

  private static boolean hasHighBit(byte[] bytes) {
    long or = 0;
    int i = 0;
    for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
      or |= HeapBytes.getLong(bytes, i);
    }
    for (; i < bytes.length; i++) {
      or |= bytes[i];
    }
    return (or & HIGHS) != 0;
  }
}
