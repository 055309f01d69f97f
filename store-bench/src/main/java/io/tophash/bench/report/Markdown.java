package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Makes the page with the tables from the results. */
public final class Markdown {
  private static final List<StoreKind> BASES =
      List.of(StoreKind.CHM, StoreKind.CHRONICLE, StoreKind.LMDB);

  private final Results results;
  private final StringBuilder page = new StringBuilder();

  private Markdown(Results results) {
    this.results = results;
  }

  /**
   * Writes the page, and the charts beside it.
   *
   * @param results what was measured
   * @param file the page; the charts have its name and one of their own
   */
  public static void write(Results results, Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\.md$", "");
    StringBuilder images = new StringBuilder();
    for (Map.Entry<String, String> chart : Charts.of(results).entrySet()) {
      String chartName = name + "-" + chart.getKey() + ".svg";
      Files.writeString(file.resolveSibling(chartName), chart.getValue());
      images.append("![").append(chart.getKey()).append("](").append(chartName).append(")\n\n");
    }
    Files.writeString(file, page(results, images.toString()));
  }

  /**
   * The page.
   *
   * @param results what was measured
   * @param images the lines that show the charts
   */
  public static String page(Results results, String images) throws IOException {
    return new Markdown(results).make(images);
  }

  private String make(String images) throws IOException {
    page.append(method());
    properties("## Where and how", results.environment());
    properties("", results.settings());
    flags();
    page.append(images);
    for (int entries : sizes(results)) {
      String count = String.format(Locale.ROOT, "%,d", entries);
      page.append("## ").append(count).append(" entries\n\n");
      table("Time", entries, figure -> !figure.isSpace());
      table("Space", entries, Figure::isSpace);
      ratios(entries);
    }
    failures();
    return page.toString().stripTrailing() + "\n";
  }

  private static String method() throws IOException {
    try (InputStream text = Markdown.class.getResourceAsStream("method.md")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<Integer> sizes(Results results) {
    return results.measurements().stream()
        .map(Results.Measurement::entries)
        .distinct()
        .sorted(Comparator.reverseOrder())
        .collect(Collectors.toList());
  }

  private List<StoreKind> stores(int entries, Predicate<Figure> which) {
    return Arrays.stream(StoreKind.values())
        .filter(kind -> figures(which).stream().anyMatch(figure -> has(figure, kind, entries)))
        .collect(Collectors.toList());
  }

  private static List<Figure> figures(Predicate<Figure> which) {
    return Arrays.stream(Figure.values()).filter(which).collect(Collectors.toList());
  }

  private boolean has(Figure figure, StoreKind kind, int entries) {
    return results.summary(figure, kind.id(), entries) != null;
  }

  private void properties(String heading, Map<String, String> values) {
    if (!heading.isEmpty()) {
      page.append(heading).append("\n\n");
    }
    values.forEach(
        (name, value) -> page.append("- ").append(name).append(": ").append(value).append('\n'));
    page.append('\n');
  }

  private void flags() {
    row(List.of("Store", "JVM flags"));
    row(List.of("---", "---"));
    results
        .flags()
        .forEach((store, flags) -> row(List.of(StoreKind.of(store).title(), "`" + flags + "`")));
    page.append('\n');
  }

  private void table(String title, int entries, Predicate<Figure> which) {
    List<StoreKind> stores = stores(entries, which);
    if (stores.isEmpty()) {
      return;
    }
    List<String> head = new ArrayList<>(List.of(title, "unit"));
    stores.forEach(kind -> head.add(kind.title()));
    row(head);
    row(rule(head.size(), 1));
    for (Figure figure : figures(which)) {
      if (stores.stream().noneMatch(kind -> has(figure, kind, entries))) {
        continue;
      }
      List<String> cells = new ArrayList<>(List.of(figure.title(), figure.unit()));
      for (StoreKind kind : stores) {
        Summary summary = results.summary(figure, kind.id(), entries);
        cells.add(summary == null ? "–" : summary.text());
      }
      row(cells);
    }
    page.append('\n');
  }

  private void ratios(int entries) {
    List<StoreKind[]> pairs = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("Their median / Tophash's"));
    for (StoreKind own : List.of(StoreKind.TOPHASH, StoreKind.TOPHASH_FAST)) {
      for (StoreKind base : BASES) {
        if (figures(any -> true).stream()
            .anyMatch(figure -> ratio(figure, own, base, entries) > 0)) {
          pairs.add(new StoreKind[] {own, base});
          head.add(base.title() + " / " + own.title());
        }
      }
    }
    if (pairs.isEmpty()) {
      return;
    }
    row(head);
    row(rule(head.size(), 1));
    for (Figure figure : Figure.values()) {
      List<String> cells = new ArrayList<>(List.of(figure.title()));
      boolean any = false;
      for (StoreKind[] pair : pairs) {
        double ratio = ratio(figure, pair[0], pair[1], entries);
        any |= ratio > 0;
        cells.add(ratio > 0 ? Summary.format(ratio) + "×" : "–");
      }
      if (any) {
        row(cells);
      }
    }
    page.append('\n');
  }

  private double ratio(Figure figure, StoreKind own, StoreKind base, int entries) {
    return ratio(results, figure, own, base, entries);
  }

  /** How many times the median of one store fits into that of the other; 0 if one is not known. */
  static double ratio(Results results, Figure figure, StoreKind own, StoreKind base, int entries) {
    Summary ours = results.summary(figure, own.id(), entries);
    Summary theirs = results.summary(figure, base.id(), entries);
    return ours == null || theirs == null || ours.median() == 0
        ? 0
        : theirs.median() / ours.median();
  }

  private void failures() {
    if (results.failures().isEmpty()) {
      return;
    }
    page.append("## What failed\n\n");
    for (Results.Failure failure : results.failures()) {
      page.append(
          String.format(
              Locale.ROOT,
              "- %s, %s, %,d entries: `%s`%n",
              StoreKind.of(failure.store()).title(),
              failure.workload(),
              failure.entries(),
              failure.error()));
    }
  }

  private static List<String> rule(int columns, int textColumns) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      cells.add(i < textColumns ? "---" : "--:");
    }
    return cells;
  }

  private void row(List<String> cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
