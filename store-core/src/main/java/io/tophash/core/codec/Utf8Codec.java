package io.tophash.core.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Strings as UTF-8. */
final class Utf8Codec implements ArrayCodec<String> {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Up to here a loop over the characters is faster, as it needs no array of its own. */
  private static final int SHORT = 64;

  private static final long ONES = 0x0101_0101_0101_0101L;

  static final Utf8Codec INSTANCE = new Utf8Codec();

  private Utf8Codec() {}

  @Override
  public String id() {
    return "utf8";
  }

  @Override
  public boolean isImmutable() {
    return true;
  }

  @Override
  public byte[] toArray(String value) {
    // The JDK's encoder is many times faster than a loop over the characters, but it puts a
    // question mark where Unicode is invalid: whoever has one is looked at again.
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (hasQuestionMark(bytes)) {
      size(value);
    }
    return bytes;
  }

  @Override
  public int toArray(String value, byte[] target, int offset) {
    int length = value.length();
    if (length > SHORT || length > target.length - offset) {
      return -1;
    }
    int or = 0;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      or |= c;
      target[offset + i] = (byte) c;
    }
    return or < 0x80 ? length : -1;
  }

  private static boolean hasQuestionMark(byte[] bytes) {
    int i = 0;
    for (; i <= bytes.length - Long.BYTES; i += Long.BYTES) {
      // Eight at a time, the question marks made zeros; a byte before a zero may look like one.
      long x = (long) LONG.get(bytes, i) ^ '?' * ONES;
      if ((x - ONES & ~x & 0x80 * ONES) != 0) {
        return true;
      }
    }
    for (; i < bytes.length; i++) {
      if (bytes[i] == '?') {
        return true;
      }
    }
    return false;
  }

  @Override
  public int size(String value) {
    int length = value.length();
    long bytes = length;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        if (c < 0x800) {
          bytes++;
        } else if (!Character.isSurrogate(c)) {
          bytes += 2;
        } else {
          codePoint(value, i++);
          bytes += 2;
        }
      }
    }
    // Over two gigabytes, which no store takes.
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  private static int codePoint(String value, int i) {
    char high = value.charAt(i);
    if (Character.isHighSurrogate(high)
        && i + 1 < value.length()
        && Character.isLowSurrogate(value.charAt(i + 1))) {
      return Character.toCodePoint(high, value.charAt(i + 1));
    }
    throw new IllegalArgumentException(
        "the string is not valid Unicode: unpaired surrogate, index=" + i);
  }

  @Override
  public void write(String value, ByteBuffer target) {
    int length = value.length();
    for (int i = 0; i < length; i++) {
      int c = value.charAt(i);
      if (c < 0x80) {
        target.put((byte) c);
      } else if (c < 0x800) {
        target.put((byte) (0xC0 | c >> 6)).put((byte) (0x80 | c & 0x3F));
      } else if (!Character.isSurrogate((char) c)) {
        target
            .put((byte) (0xE0 | c >> 12))
            .put((byte) (0x80 | c >> 6 & 0x3F))
            .put((byte) (0x80 | c & 0x3F));
      } else {
        c = codePoint(value, i++);
        target
            .put((byte) (0xF0 | c >> 18))
            .put((byte) (0x80 | c >> 12 & 0x3F))
            .put((byte) (0x80 | c >> 6 & 0x3F))
            .put((byte) (0x80 | c & 0x3F));
      }
    }
  }

  @Override
  public String read(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    return ofArray(bytes);
  }

  @Override
  public String ofArray(byte[] encoded) {
    return new String(encoded, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Codec[utf8]";
  }
}
