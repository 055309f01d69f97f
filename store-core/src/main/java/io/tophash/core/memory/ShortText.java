package io.tophash.core.memory;

import static io.tophash.core.memory.MemoryMode.IS_FAST;

/**
 * The ASCII characters of a short text as numbers, in the byte order of the file: so its key is
 * hashed and compared without a copy.
 */
public final class ShortText {
  /**
   * In place of a number: some character is not ASCII. No number of ASCII characters is negative.
   */
  public static final long NOT_ASCII = -1;

  private static final long HIGHS = 0x8080_8080_8080_8080L;

  private ShortText() {}

  /**
   * Eight characters.
   *
   * @return {@link #NOT_ASCII} if they are not, or may not be
   * @throws IndexOutOfBoundsException if the text is shorter
   */
  public static long eight(String text, int at) {
    if (IS_FAST) {
      byte[] bytes = StringArray.ofLatin1(text);
      if (bytes != null) {
        long chars = HeapBytes.getLong(bytes, at);
        return (chars & HIGHS) != 0 ? NOT_ASCII : chars;
      }
    }
    // No loop: the JIT compiler would unroll a part of it only.
    char a = text.charAt(at);
    char b = text.charAt(at + 1);
    char c = text.charAt(at + 2);
    char d = text.charAt(at + 3);
    char e = text.charAt(at + 4);
    char f = text.charAt(at + 5);
    char g = text.charAt(at + 6);
    char h = text.charAt(at + 7);
    return (a | b | c | d | e | f | g | h) >= 0x80
        ? NOT_ASCII
        : number(a, b, c, d) | number(e, f, g, h) << Integer.SIZE;
  }

  /** The same of four characters. */
  public static long four(String text, int at) {
    char a = text.charAt(at);
    char b = text.charAt(at + 1);
    char c = text.charAt(at + 2);
    char d = text.charAt(at + 3);
    return (a | b | c | d) >= 0x80 ? NOT_ASCII : number(a, b, c, d);
  }

  private static long number(int a, int b, int c, int d) {
    return a | b << 8 | c << 16 | d << 24;
  }
}
