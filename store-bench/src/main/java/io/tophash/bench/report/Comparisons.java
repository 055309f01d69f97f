package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The tables that set one figure beside another. */
final class Comparisons {
  private static final List<List<StoreKind>> OWN =
      List.of(
          List.of(StoreKind.TOPHASH, StoreKind.TOPHASH_FAST),
          List.of(StoreKind.SYNC, StoreKind.SYNC_FAST));

  /** In a cell without a figure. */
  private static final String NONE = "–";

  /** Figures of a store that are compared with others of the same store. */
  private enum Gain {
    DEPENDENT(
        Figure.DEPENDENT_GET,
        Figure.DEPENDENT_GET_2,
        "gets by 2 threads, each key from the last value, by those of 1"),
    INDEPENDENT(
        Figure.INDEPENDENT_GET,
        Figure.INDEPENDENT_GET_2,
        "gets by 2 threads, keys known beforehand, by those of 1"),
    PUTS(Figure.PUT, Figure.PUT_2, "puts by 2 threads, by those of 1"),
    STRINGS(
        Figure.STRING_GET, Figure.STRING_GET_2, "gets by 2 threads, values copied, by those of 1"),
    BESIDE(
        Figure.READ_ALONE,
        Figure.READ_BESIDE,
        "gets beside a process that writes, by those of a process alone");

    private final Figure one;
    private final Figure other;
    private final String title;

    Gain(Figure one, Figure other, String title) {
      this.one = one;
      this.other = other;
      this.title = title;
    }
  }

  /** Lookups, and the bare reads that each of them is at least. */
  private enum Distance {
    DEPENDENT(Figure.DEPENDENT_GET, Figure.DEPENDENT_GET),
    INDEPENDENT(Figure.INDEPENDENT_GET, Figure.INDEPENDENT_GET),
    MISS(Figure.MISS, Figure.INDEPENDENT_GET),
    BATCH(Figure.GET_ALL_32, Figure.INDEPENDENT_GET),
    LARGE_BATCH(Figure.GET_ALL_1024, Figure.INDEPENDENT_GET);

    private final Figure lookup;
    private final Figure floor;

    Distance(Figure lookup, Figure floor) {
      this.lookup = lookup;
      this.floor = floor;
    }
  }

  private final Results results;
  private final Shape shape;
  private final int entries;
  private final Consumer<List<String>> rows;

  /**
   * Prepares the tables of a section.
   *
   * @param results what was measured
   * @param shape the entries
   * @param entries their number
   * @param rows takes the cells of each row; no cells end a table
   */
  Comparisons(Results results, Shape shape, int entries, Consumer<List<String>> rows) {
    this.results = results;
    this.shape = shape;
    this.entries = entries;
    this.rows = rows;
  }

  /** All tables that have something to show. */
  void write() {
    gains();
    distances();
    OWN.forEach(this::ratios);
    leaders();
  }

  private Stream<Figure> figures() {
    return Arrays.stream(Figure.values())
        .filter(figure -> figure.shape() == shape && !figure.isPart());
  }

  private static List<StoreKind> kinds() {
    return List.of(StoreKind.values());
  }

  private Optional<Double> median(Figure figure, StoreKind kind) {
    return Optional.ofNullable(results.summary(figure, kind.id(), entries)).map(Summary::median);
  }

  /** How many times one median fits into the other one, if both are known. */
  private Optional<Double> ratio(Optional<Double> theirs, Optional<Double> ours) {
    return ours.filter(value -> value != 0)
        .flatMap(value -> theirs.map(other -> other / value))
        .filter(ratio -> ratio > 0);
  }

  private static String times(Optional<Double> ratio) {
    return ratio.map(value -> Summary.format(value) + "×").orElse(NONE);
  }

  private void table(String title, List<String> columns, List<List<String>> lines) {
    List<List<String>> known =
        lines.stream()
            .filter(line -> line.stream().skip(1).anyMatch(cell -> cell.contains("×")))
            .toList();
    if (known.isEmpty()) {
      return;
    }
    List<String> head = new ArrayList<>(List.of(title));
    head.addAll(columns);
    rows.accept(head);
    List<String> rule = new ArrayList<>(List.of("---"));
    columns.forEach(column -> rule.add("--:"));
    rows.accept(rule);
    known.forEach(rows);
    rows.accept(List.of());
  }

  private static List<String> line(String title, Stream<String> cells) {
    return Stream.concat(Stream.of(title), cells).toList();
  }

  private static List<String> titles(List<StoreKind> kinds) {
    return kinds.stream().map(StoreKind::title).toList();
  }

  /** How many times as fast a store is with two threads, or beside another process. */
  private void gains() {
    List<Gain> gains =
        Arrays.stream(Gain.values()).filter(gain -> gain.one.shape() == shape).toList();
    List<StoreKind> columns =
        kinds().stream()
            .filter(kind -> gains.stream().anyMatch(gain -> gain(gain, kind).isPresent()))
            .toList();
    table(
        "How many times as many",
        titles(columns),
        gains.stream()
            .map(each -> line(each.title, columns.stream().map(kind -> times(gain(each, kind)))))
            .toList());
  }

  private Optional<Double> gain(Gain gain, StoreKind kind) {
    return ratio(median(gain.one, kind), median(gain.other, kind));
  }

  /** How far the lookups are from what the memory allows. */
  private void distances() {
    if (shape != Shape.LONGS) {
      return;
    }
    List<StoreKind> columns =
        kinds().stream()
            .filter(kind -> !kind.isFloor())
            .filter(
                kind ->
                    Arrays.stream(Distance.values())
                        .anyMatch(each -> distance(each, kind).isPresent()))
            .toList();
    table(
        "The time of how many bare reads",
        titles(columns),
        Arrays.stream(Distance.values())
            .map(
                each ->
                    line(
                        each.lookup.title(),
                        columns.stream().map(kind -> times(distance(each, kind)))))
            .toList());
  }

  private Optional<Double> distance(Distance distance, StoreKind kind) {
    return ratio(median(distance.lookup, kind), median(distance.floor, StoreKind.FLOOR));
  }

  /** Each other store by one of Tophash's, in the default and the fast memory mode. */
  private void ratios(List<StoreKind> modes) {
    List<StoreKind> owns = modes.stream().filter(own -> figures().anyMatch(has(own))).toList();
    List<StoreKind> peers =
        kinds().stream()
            .filter(Comparisons::isPeer)
            .filter(
                peer ->
                    figures()
                        .anyMatch(
                            figure ->
                                owns.stream()
                                    .anyMatch(own -> ratio(figure, peer, own).isPresent())))
            .toList();
    table(
        "Their median by that of " + String.join(", ", titles(owns)),
        titles(peers),
        figures()
            .map(figure -> line(figure.title(), peers.stream().map(peer -> of(figure, peer, owns))))
            .toList());
  }

  private Predicate<Figure> has(StoreKind kind) {
    return figure -> median(figure, kind).isPresent();
  }

  private Optional<Double> ratio(Figure figure, StoreKind peer, StoreKind own) {
    return ratio(median(figure, peer), median(figure, own));
  }

  private String of(Figure figure, StoreKind peer, List<StoreKind> owns) {
    List<String> cells =
        owns.stream()
            .map(own -> ratio(figure, peer, own))
            .filter(Optional::isPresent)
            .map(Comparisons::times)
            .toList();
    return cells.isEmpty() ? NONE : String.join(", ", cells);
  }

  private static boolean isPeer(StoreKind kind) {
    return !kind.isTophash() && !kind.isFloor();
  }

  /** The best of the other stores in each row, and what Tophash is beside it. */
  private void leaders() {
    List<StoreKind> owns =
        OWN.stream()
            .flatMap(List::stream)
            .filter(
                own -> figures().anyMatch(f -> best(f).isPresent() && median(f, own).isPresent()))
            .toList();
    List<String> columns = new ArrayList<>(List.of("the best other one"));
    owns.forEach(own -> columns.add("by " + own.title()));
    table(
        "In which rows Tophash leads, and in which not",
        columns,
        figures().map(figure -> leader(figure, owns)).filter(Objects::nonNull).toList());
  }

  private Optional<StoreKind> best(Figure figure) {
    return kinds().stream()
        .filter(Comparisons::isPeer)
        .filter(kind -> median(figure, kind).isPresent())
        .min(Comparator.comparing(kind -> median(figure, kind).orElseThrow()));
  }

  private List<String> leader(Figure figure, List<StoreKind> owns) {
    Optional<StoreKind> best = best(figure);
    if (best.isEmpty() || owns.stream().noneMatch(own -> has(own).test(figure))) {
      return null;
    }
    StoreKind peer = best.get();
    List<String> cells = new ArrayList<>(List.of(figure.title(), peer.title()));
    for (StoreKind own : owns) {
      Optional<Double> ratio = ratio(figure, peer, own);
      cells.add(ratio.filter(value -> value < 1).isPresent() ? bold(ratio) : times(ratio));
    }
    return cells;
  }

  private static String bold(Optional<Double> ratio) {
    return "**" + times(ratio) + "**";
  }
}
