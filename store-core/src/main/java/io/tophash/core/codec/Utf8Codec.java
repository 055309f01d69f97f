package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Strings as UTF-8, without an intermediate array on the way in. */
final class Utf8Codec implements Codec<String> {
  static final Utf8Codec INSTANCE = new Utf8Codec();

  private Utf8Codec() {}

  @Override
  public String id() {
    return "utf8";
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
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Codec[utf8]";
  }
}
