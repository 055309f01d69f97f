package io.tophash.bench.report;

import io.tophash.bench.store.StoreKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The table that says how far the lookups are from what the memory allows. */
final class Distances {
  private static final String NONE = "–";

  /** Lookups, and the bare reads that each of them is at least. */
  private enum Distance {
    DEPENDENT(Figure.DEPENDENT_GET, Figure.DEPENDENT_GET),
    INDEPENDENT(Figure.INDEPENDENT_GET, Figure.INDEPENDENT_GET),
    MISS(Figure.MISS, Figure.INDEPENDENT_GET),
    BATCH(Figure.GET_ALL_32, Figure.INDEPENDENT_GET);

    private final Figure lookup;
    private final Figure floor;

    Distance(Figure lookup, Figure floor) {
      this.lookup = lookup;
      this.floor = floor;
    }
  }

  private final Results results;
  private final int entries;

  Distances(Results results, int entries) {
    this.results = results;
    this.entries = entries;
  }

  /** The cells of each row, and none at the end; nothing at all without bare reads. */
  List<List<String>> rows() {
    List<StoreKind> columns =
        Deciding.stores().stream()
            .filter(
                kind -> Arrays.stream(Distance.values()).anyMatch(each -> ratio(each, kind) > 0))
            .toList();
    List<List<String>> rows = new ArrayList<>();
    if (!columns.isEmpty()) {
      List<String> head = new ArrayList<>(List.of("The time of how many bare reads"));
      List<String> rule = new ArrayList<>(List.of("---"));
      columns.forEach(kind -> head.add(kind.title()));
      columns.forEach(kind -> rule.add("--:"));
      rows.add(head);
      rows.add(rule);
      for (Distance each : Distance.values()) {
        if (columns.stream().anyMatch(kind -> ratio(each, kind) > 0)) {
          List<String> row = new ArrayList<>(List.of(each.lookup.title()));
          columns.forEach(kind -> row.add(text(ratio(each, kind))));
          rows.add(row);
        }
      }
      rows.add(List.of());
    }
    return rows;
  }

  private static String text(double ratio) {
    return ratio > 0 ? Summary.format(ratio) + "×" : NONE;
  }

  /** 0 if one of both was not measured. */
  private double ratio(Distance distance, StoreKind kind) {
    Summary lookup = results.summary(distance.lookup, kind.id(), entries);
    Summary floor = results.summary(distance.floor, StoreKind.FLOOR.id(), entries);
    return lookup == null || floor == null || floor.median() == 0
        ? 0
        : lookup.median() / floor.median();
  }
}
