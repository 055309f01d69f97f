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
      List.of(StoreKind.CHM, StoreKind.CHRONICLE, StoreKind.LMDB, StoreKind.LOCKED);
  private static final List<List<StoreKind>> OWN =
      List.of(
          List.of(StoreKind.TOPHASH, StoreKind.TOPHASH_FAST),
          List.of(StoreKind.SYNC, StoreKind.SYNC_FAST));

  /** In a cell; the list at the end of the page says why. */
  private static final String FAILED = "[failed](#what-failed)";

  /** Figures of a store that are compared with others of the same store. */
  private enum Gain {
    DEPENDENT("gets by 2 threads, each key from the last value, by those of 1"),
    INDEPENDENT("gets by 2 threads, keys known beforehand, by those of 1"),
    STRINGS("gets by 2 threads, values copied, by those of 1"),
    BESIDE("gets beside a process that writes, by those of a process alone");

    private final String title;

    Gain(String title) {
      this.title = title;
    }

    Figure one() {
      return switch (this) {
        case DEPENDENT -> Figure.DEPENDENT_GET;
        case INDEPENDENT -> Figure.INDEPENDENT_GET;
        case STRINGS -> Figure.STRING_GET;
        case BESIDE -> Figure.READ_ALONE;
      };
    }

    Figure other() {
      return switch (this) {
        case DEPENDENT -> Figure.DEPENDENT_GET_2;
        case INDEPENDENT -> Figure.INDEPENDENT_GET_2;
        case STRINGS -> Figure.STRING_GET_2;
        case BESIDE -> Figure.READ_BESIDE;
      };
    }
  }

  private final Results results;
  private final StringBuilder page = new StringBuilder();

  private Markdown(Results results) {
    this.results = results;
  }

  /**
   * Writes the page, and the charts beside it.
   *
   * @param results what was measured
   * @param file the page, anywhere; the charts have its name and one of their own
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
    for (Shape shape : Shape.values()) {
      for (int entries : sizes(results, shape)) {
        page.append("## ").append(heading(shape, entries)).append("\n\n");
        table("Time", entries, figure -> figure.shape() == shape && !figure.isSpace());
        table("Space", entries, figure -> figure.shape() == shape && figure.isSpace());
        gains(shape, entries);
        OWN.forEach(own -> ratios(shape, entries, own));
      }
    }
    failures();
    return page.toString().stripTrailing() + "\n";
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

  private List<StoreKind> stores(int entries, Predicate<Figure> which) {
    return Arrays.stream(StoreKind.values())
        .filter(
            kind ->
                figures(which).stream()
                    .anyMatch(
                        figure -> has(figure, kind, entries) || failed(figure, kind, entries)))
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
        boolean failed = summary == null && failed(figure, kind, entries);
        cells.add(summary != null ? summary.text() : failed ? FAILED : "–");
      }
      row(cells);
    }
    page.append('\n');
  }

  /** How many times as fast a store is with two threads, or beside another process. */
  private void gains(Shape shape, int entries) {
    List<Gain> gains =
        Arrays.stream(Gain.values())
            .filter(gain -> gain.one().shape() == shape)
            .filter(
                gain ->
                    Arrays.stream(StoreKind.values())
                        .anyMatch(
                            kind ->
                                has(gain.one(), kind, entries) && has(gain.other(), kind, entries)))
            .collect(Collectors.toList());
    if (gains.isEmpty()) {
      return;
    }
    List<StoreKind> stores =
        Arrays.stream(StoreKind.values())
            .filter(kind -> gains.stream().anyMatch(gain -> has(gain.other(), kind, entries)))
            .collect(Collectors.toList());
    List<String> head = new ArrayList<>(List.of("How many times as many"));
    stores.forEach(kind -> head.add(kind.title()));
    row(head);
    row(rule(head.size(), 1));
    for (Gain gain : gains) {
      List<String> cells = new ArrayList<>(List.of(gain.title));
      for (StoreKind kind : stores) {
        Summary one = results.summary(gain.one(), kind.id(), entries);
        Summary other = results.summary(gain.other(), kind.id(), entries);
        cells.add(
            one == null || other == null
                ? "–"
                : Summary.format(one.median() / other.median()) + "×");
      }
      row(cells);
    }
    page.append('\n');
  }

  private void ratios(Shape shape, int entries, List<StoreKind> owns) {
    List<StoreKind[]> pairs = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("Their median / " + owns.get(0).title() + "'s"));
    for (StoreKind own : owns) {
      for (StoreKind base : BASES) {
        if (figures(figure -> figure.shape() == shape).stream()
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
    for (Figure figure : figures(each -> each.shape() == shape)) {
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
