package io.tophash.cli;

/** The escapes of tab-separated text: tab, line feed, carriage return and backslash. */
final class Tsv {
  private Tsv() {}

  /** A text as it stands in a column. */
  static String escape(String text) {
    StringBuilder escaped = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int code = "\t\n\r\\".indexOf(c);
      if (code >= 0 && escaped == null) {
        escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (escaped != null) {
        if (code >= 0) {
          escaped.append('\\').append("tnr\\".charAt(code));
        } else {
          escaped.append(c);
        }
      }
    }
    return escaped == null ? text : escaped.toString();
  }

  /**
   * The text of a column.
   *
   * @throws IllegalArgumentException if a backslash is followed by anything else than t, n, r or a
   *     backslash
   */
  static String unescape(String column) {
    int next = column.indexOf('\\');
    if (next < 0) {
      return column;
    }
    StringBuilder text = new StringBuilder(column.length());
    int from = 0;
    for (; next >= 0; next = column.indexOf('\\', from)) {
      int code = next + 1 < column.length() ? "tnr\\".indexOf(column.charAt(next + 1)) : -1;
      if (code < 0) {
        throw new IllegalArgumentException(
            "a backslash must be followed by t, n, r or another backslash, column=" + (next + 1));
      }
      text.append(column, from, next).append("\t\n\r\\".charAt(code));
      from = next + 2;
    }
    return text.append(column, from, column.length()).toString();
  }
}
