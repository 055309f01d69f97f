package io.tophash.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * Lines of UTF-8, ended by line feeds with or without a carriage return before. Unlike a {@code
 * BufferedReader} it can go on behind a line that is not valid UTF-8.
 */
final class LineReader {
  // What an array can hold.
  private static final int MOST_BYTES = Integer.MAX_VALUE - 64;

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private byte[] line = new byte[256];
  private int length;
  private final int mostBytes;
  private long number;
  private boolean tooLong;

  LineReader(InputStream in) {
    this(in, MOST_BYTES);
  }

  /**
   * @param in where the lines come from
   * @param mostBytes longer lines have no text
   */
  LineReader(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /**
   * Goes to the next line.
   *
   * @return false at the end
   */
  boolean next() throws IOException {
    length = 0;
    tooLong = false;
    boolean any = false;
    while (position < limit || fill()) {
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      append(end);
      if (end < limit) {
        position = end + 1;
        break;
      }
      position = end;
    }
    if (any) {
      number++;
      if (length > 0 && line[length - 1] == '\r') {
        length--;
      }
    }
    return any;
  }

  private boolean fill() throws IOException {
    limit = in.read(buffer);
    position = 0;
    return limit > 0;
  }

  private void append(int end) {
    int more = end - position;
    if (tooLong || more > mostBytes - length) {
      tooLong = true;
      length = 0;
      return;
    }
    if (line.length < length + more) {
      line =
          Arrays.copyOf(line, Math.max(length + more, (int) Math.min(2L * line.length, mostBytes)));
    }
    System.arraycopy(buffer, position, line, length, more);
    length += more;
  }

  /** True if the current line is longer than any that can be used. */
  boolean isTooLong() {
    return tooLong;
  }

  /** The current line. */
  String text() throws CharacterCodingException {
    return TextForm.decodeStrictly(Arrays.copyOf(line, length));
  }

  /** Number of the current line; the first is 1. */
  long number() {
    return number;
  }
}
