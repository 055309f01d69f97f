package io.tophash.core.map;

/** What a map or a view looks like in a log: its beginning, and how much was left out. */
public final class Text {
  private static final int MAX_ELEMENTS = 100;
  private static final int MAX_CHARS = 10_000;

  private Text() {}

  /**
   * The elements as the collections of the JDK show them, the first hundred of them, or fewer if
   * they are long.
   *
   * @param size how many there are
   */
  public static String of(String open, Iterable<?> elements, long size, String close) {
    StringBuilder text = new StringBuilder(open);
    long count = 0;
    for (Object element : elements) {
      if (count > 0) {
        text.append(", ");
      }
      if (count == MAX_ELEMENTS || text.length() > MAX_CHARS) {
        text.append("... ").append(Math.max(1, size - count)).append(" more");
        break;
      }
      text.append(element);
      count++;
    }
    return text.append(close).toString();
  }
}
