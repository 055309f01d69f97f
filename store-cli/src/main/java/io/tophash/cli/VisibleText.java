package io.tophash.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/**
 * Text that is safe to look at: what would steer a terminal, or turn the direction of the text
 * around, stands as a backslash, {@code u} and four hexadecimal digits, which is also valid inside
 * of JSON.
 */
final class VisibleText {
  private VisibleText() {}

  /** True for what a terminal would act upon instead of showing it. */
  private static boolean isHidden(char c) {
    return Character.isISOControl(c)
        ? c != '\n' && c != '\t'
        : c == '\u2028'
            || c == '\u2029'
            || (c >= '\u202a' && c <= '\u202e')
            || (c >= '\u2066' && c <= '\u2069');
  }

  /** A text with everything in it visible. */
  static String of(CharSequence text) {
    StringBuilder visible = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isHidden(c)) {
        if (visible == null) {
          visible = new StringBuilder(text.length() + 16).append(text, 0, i);
        }
        visible.append(String.format("\\u%04x", (int) c));
      } else if (visible != null) {
        visible.append(c);
      }
    }
    return visible == null ? text.toString() : visible.toString();
  }

  /** A writer that makes visible what goes through it. */
  static Writer writer(Writer out) {
    return new VisibleWriter(out);
  }

  private static final class VisibleWriter extends FilterWriter {
    VisibleWriter(Writer out) {
      super(out);
    }

    @Override
    public void write(int c) throws IOException {
      write(Character.toString((char) c), 0, 1);
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
      write(new String(text, offset, length), 0, length);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      out.write(of(text.substring(offset, offset + length)));
    }
  }
}
