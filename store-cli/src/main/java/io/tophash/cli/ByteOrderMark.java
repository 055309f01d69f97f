package io.tophash.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;

/** The mark that some programs put before a text, which is no part of it. */
final class ByteOrderMark {
  /** The mark as a letter; UTF-8 needs none, but takes it. */
  static final char MARK = '\ufeff';

  private static final byte[] UTF8 = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private ByteOrderMark() {}

  /**
   * A text without the mark that it may begin with.
   *
   * @throws CliException if the mark is one of UTF-16
   */
  static InputStream skip(InputStream in) throws IOException {
    PushbackInputStream text = new PushbackInputStream(in, UTF8.length);
    byte[] first = text.readNBytes(UTF8.length);
    if (Arrays.equals(first, UTF8)) {
      return text;
    }
    if (first.length >= 2
        && ((first[0] == (byte) 0xFE && first[1] == (byte) 0xFF)
            || (first[0] == (byte) 0xFF && first[1] == (byte) 0xFE))) {
      throw new CliException(
          ExitCode.INPUT,
          "the file is UTF-16 by its first two bytes, and texts are UTF-8 here; convert it first");
    }
    text.unread(first);
    return text;
  }
}
