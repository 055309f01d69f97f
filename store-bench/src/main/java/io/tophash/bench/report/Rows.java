package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;

/** All figures of all stores, as the rows of a CSV file. */
final class Rows {
  private static final String HEAD = "entries,kind,figure,title,unit,store,median,smallest,largest";

  private Rows() {}

  /** The whole file. */
  static String of(Results results) {
    StringBuilder rows = new StringBuilder(HEAD).append('\n');
    for (Shape shape : Shape.values()) {
      for (int entries : Markdown.sizes(results, shape)) {
        for (Figure figure : Figure.values()) {
          if (figure.shape() == shape) {
            for (StoreKind kind : StoreKind.values()) {
              append(rows, figure, kind, entries, results.summary(figure, kind.id(), entries));
            }
          }
        }
      }
    }
    return rows.toString();
  }

  private static void append(
      StringBuilder rows, Figure figure, StoreKind kind, int entries, Summary summary) {
    if (summary != null) {
      rows.append(entries)
          .append(',')
          .append(quoted(figure.shape().title()))
          .append(',')
          .append(figure.id())
          .append(',')
          .append(quoted(figure.title()))
          .append(',')
          .append(figure.unit())
          .append(',')
          .append(quoted(kind.title()))
          .append(',')
          .append(number(summary.median()))
          .append(',')
          .append(number(summary.min()))
          .append(',')
          .append(number(summary.max()))
          .append('\n');
    }
  }

  private static String quoted(String text) {
    return text.indexOf(',') < 0 && text.indexOf('"') < 0
        ? text
        : '"' + text.replace("\"", "\"\"") + '"';
  }

  /** With the digits that {@link Summary#format} shows, but no commas. */
  private static String number(double value) {
    return Summary.format(value).replace(",", "");
  }
}
