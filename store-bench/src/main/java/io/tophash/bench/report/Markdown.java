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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Makes the page with the tables from the results. */
public final class Markdown {
  /** In a cell; the list at the end of the page says why. */
  private static final String FAILED = "[failed](#what-failed)";

  private final Results results;
  private final StringBuilder page = new StringBuilder();

  private Markdown(Results results) {
    this.results = results;
  }

  /**
   * Writes the page, and beside it the charts and a CSV file with all rows.
   *
   * @param results what was measured
   * @param file the page, anywhere; what is beside it has its name and one of its own
   */
  public static void write(Results results, Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("the page cannot be a folder, page=" + file);
    }
    Files.createDirectories(folder);
    String name = file.getFileName().toString().replaceFirst("\\.(md|markdown)$", "");
    StringBuilder images = new StringBuilder();
    for (Map.Entry<String, String> chart : Charts.of(results).entrySet()) {
      String chartName = name + "-" + chart.getKey() + ".svg";
      Files.writeString(file.resolveSibling(chartName), chart.getValue());
      images.append("![").append(chart.getKey()).append("](").append(chartName).append(")\n\n");
    }
    String rows = name + ".csv";
    Files.writeString(file.resolveSibling(rows), Rows.of(results));
    Files.writeString(file, page(results, images.toString()).replace("{rows}", rows));
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
    page.append(method().stripTrailing()).append("\n\n");
    properties("## Where and how", results.environment());
    properties("", withoutWorkloads(results.settings()));
    flags();
    page.append(images);
    for (Shape shape : Shape.values()) {
      for (int entries : sizes(results, shape)) {
        List<Figure> figures = new Deciding(results, shape).figures(entries);
        if (!figures.isEmpty()) {
          page.append("## ").append(heading(shape, entries)).append("\n\n");
          table(entries, figures);
          if (figures.contains(Figure.DEPENDENT_GET)) {
            new Distances(results, entries).rows().forEach(this::row);
          }
        }
      }
    }
    failures();
    return page.toString().stripTrailing() + "\n";
  }

  /** Which workloads they are is in the tables. */
  private static Map<String, String> withoutWorkloads(Map<String, String> settings) {
    Map<String, String> shorter = new LinkedHashMap<>(settings);
    shorter.replaceAll((name, value) -> value.replaceAll(" \\([^)]*\\)", ""));
    return shorter;
  }

  private static String method() throws IOException {
    try (InputStream text = Markdown.class.getResourceAsStream("method.md")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String heading(Shape shape, int entries) {
    return shape == Shape.GO_MAP
        ? shape.title()
        : String.format(Locale.ROOT, "%,d entries, %s", entries, shape.title());
  }

  static List<Integer> sizes(Results results, Shape shape) {
    return results.measurements().stream()
        .filter(measurement -> Figure.of(measurement.figure()).shape() == shape)
        .map(Results.Measurement::entries)
        .distinct()
        .sorted(Comparator.reverseOrder())
        .collect(Collectors.toList());
  }

  /** True if the workload of a figure failed, or what fills the store for it. */
  private boolean failed(Figure figure, StoreKind kind, int entries) {
    return results.failures().stream()
        .anyMatch(
            failure ->
                failure.store().equals(kind.id())
                    && failure.entries() == entries
                    && (failure.workload().equals(figure.workload())
                        || failure.workload().equals(figure.shape().workload("fill"))));
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
    row(List.of("Store", "Settings", "JVM flags"));
    row(List.of("---", "---", "---"));
    results
        .flags()
        .forEach(
            (store, flags) -> {
              StoreKind kind = StoreKind.of(store);
              String settings = results.tuning().getOrDefault(store, kind.tuning());
              row(List.of(kind.title(), settings, "`" + flags + "`"));
            });
    page.append('\n');
  }

  private void table(int entries, List<Figure> figures) {
    List<StoreKind> stores =
        Deciding.stores().stream()
            .filter(
                kind ->
                    figures.stream()
                        .anyMatch(
                            figure -> has(figure, kind, entries) || failed(figure, kind, entries)))
            .toList();
    List<String> head = new ArrayList<>(List.of("Medians", "unit"));
    stores.forEach(kind -> head.add(kind.title()));
    head.addAll(List.of("best other", "by ours"));
    row(head);
    row(rule(head.size(), 1));
    for (Figure figure : figures) {
      List<String> cells = new ArrayList<>(List.of(figure.title(), figure.unit()));
      for (StoreKind kind : stores) {
        Summary summary = results.summary(figure, kind.id(), entries);
        boolean failed = summary == null && failed(figure, kind, entries);
        cells.add(summary != null ? Summary.format(summary.median()) : failed ? FAILED : "–");
      }
      cells.addAll(leader(figure, entries));
      row(cells);
    }
    page.append('\n');
  }

  /**
   * The best of the other stores, and how many times the best of ours without a flag fits into it.
   */
  private List<String> leader(Figure figure, int entries) {
    Optional<StoreKind> other = best(figure, entries, kind -> !kind.isTophash() && !kind.isFloor());
    Optional<StoreKind> own =
        best(figure, entries, List.of(StoreKind.TOPHASH, StoreKind.SYNC)::contains);
    if (other.isEmpty() || own.isEmpty()) {
      return List.of(other.map(StoreKind::title).orElse("–"), "–");
    }
    double ratio = ratio(results, figure, own.get(), other.get(), entries);
    String times = ratio == 0 ? "–" : Summary.format(ratio) + "×";
    return List.of(other.get().title(), ratio > 0 && ratio < 1 ? "**" + times + "**" : times);
  }

  private Optional<StoreKind> best(Figure figure, int entries, Predicate<StoreKind> which) {
    return Arrays.stream(StoreKind.values())
        .filter(which)
        .filter(kind -> has(figure, kind, entries))
        .min(Comparator.comparing(kind -> results.summary(figure, kind.id(), entries).median()));
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

  /** Adds a row; the end of a table, if there are no cells. */
  private void row(List<String> cells) {
    if (cells.isEmpty()) {
      page.append('\n');
      return;
    }
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
