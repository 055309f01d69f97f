package io.tophash.bench;

import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Shape;
import io.tophash.bench.store.StoreKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What a run of the suite measures.
 *
 * @param sections one for each number of entries
 */
record Plan(List<Section> sections) {
  private static final int BILLION = 1_000_000_000;

  /** Bytes of a store's file for a record, at most: as often its own, and some beside. */
  private static final long FILE_BYTES_BY_RECORD_BYTES = 2;

  private static final long FILE_BYTES_BESIDE_RECORD = 200;

  /** The workloads that make a file beside those that stay. */
  private static final Set<String> OF_ANOTHER_FILE =
      Set.of("openKilled", "hinted", "growth", "longestPut", "stringLongestPut");

  /**
   * How often a section measures, and for how long.
   *
   * @param rounds how many JVMs each benchmark gets; all stores have their turn in each round
   * @param warmups warm-up iterations in each of these JVMs
   * @param iterations measured iterations in each of these JVMs
   * @param iterationMs length of an iteration
   * @param shots how often a single-shot measurement is taken
   */
  record Repeats(int rounds, int warmups, int iterations, int iterationMs, int shots) {}

  /**
   * What is measured with one number of entries.
   *
   * @param entries number of entries
   * @param stores the stores
   * @param workloads names of the workloads
   * @param repeats how often, and for how long
   */
  record Section(int entries, Set<StoreKind> stores, Set<String> workloads, Repeats repeats) {
    boolean has(String workload) {
      return workloads.contains(workload);
    }

    List<Figure> benchmarks() {
      return Arrays.stream(Figure.values())
          .filter(figure -> figure.isBenchmark() && has(figure.workload()))
          .collect(Collectors.toList());
    }

    /** True if a workload of YCSB is measured. */
    boolean hasYcsb() {
      return Arrays.stream(Figure.values())
          .anyMatch(figure -> figure.isYcsb() && has(figure.workload()));
    }

    /** True if something is measured with entries of this shape. */
    boolean has(Shape shape) {
      return Figure.workloads(shape).stream().anyMatch(this::has);
    }

    /** Bytes that all files together may take up: those of each store, and one more for a while. */
    long diskBytes() {
      long files = stores.stream().filter(StoreKind::isPersistent).count();
      boolean oneMore = OF_ANOTHER_FILE.stream().anyMatch(this::has);
      long perEntry = 0;
      for (Shape shape : Shape.filled()) {
        if (has(shape)) {
          perEntry += stores.stream().mapToLong(kind -> fileBytesPerEntry(shape, kind)).sum();
          perEntry +=
              oneMore
                  ? stores.stream()
                      .mapToLong(kind -> fileBytesPerEntry(shape, kind))
                      .max()
                      .orElse(0)
                  : 0;
        }
      }
      return perEntry * entries + (64L << 20) * (files + 1);
    }

    private static long fileBytesPerEntry(Shape shape, StoreKind kind) {
      if (shape.records() == null) {
        return kind.mostFileBytesPerLong();
      }
      return kind.isPersistent()
          ? FILE_BYTES_BY_RECORD_BYTES * shape.records().entryBytes() + FILE_BYTES_BESIDE_RECORD
          : 0;
    }

    /** The same for each of its stores alone, for entries that are too large for all at once. */
    List<Section> alone() {
      return stores.stream()
          .map(store -> new Section(entries, EnumSet.of(store), workloads, repeats))
          .toList();
    }
  }

  /**
   * Fewer stores, fewer workloads, or another number of entries.
   *
   * @param stores the stores that are kept, or null; a store of this list that no section has is
   *     added to all of them
   * @param workloads the workloads that are kept, or null; a section without any of them, or
   *     without any of the stores, is left out
   * @param entries the number of entries of a single section, or null
   * @param repeats replaces how often each section measures
   */
  Plan restrictedTo(
      List<StoreKind> stores,
      List<String> workloads,
      Integer entries,
      UnaryOperator<Repeats> repeats) {
    List<Section> chosen = entries == null ? sections : ofEntries(entries, workloads);
    Set<StoreKind> known =
        chosen.stream().flatMap(section -> section.stores().stream()).collect(Collectors.toSet());
    return new Plan(
        chosen.stream()
            .map(
                section ->
                    new Section(
                        section.entries(),
                        stores == null ? section.stores() : common(section, stores, known),
                        common(section.workloads(), workloads),
                        repeats.apply(section.repeats())))
            .filter(section -> !section.workloads().isEmpty() && !section.stores().isEmpty())
            .distinct() // the sections of one store each are the same with an added one
            .toList());
  }

  /** The first section, with a number of entries and all workloads that were asked for. */
  private List<Section> ofEntries(int entries, List<String> workloads) {
    Section first = sections.get(0);
    Set<String> all = workloads == null ? first.workloads() : Set.copyOf(workloads);
    return List.of(new Section(entries, first.stores(), all, first.repeats()));
  }

  private static Set<StoreKind> common(
      Section section, List<StoreKind> wanted, Set<StoreKind> known) {
    return wanted.stream()
        .filter(kind -> section.stores().contains(kind) || !known.contains(kind))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(StoreKind.class)));
  }

  private static Set<String> common(Set<String> known, List<String> wanted) {
    Set<String> workloads = new HashSet<>(known);
    if (wanted != null) {
      workloads.retainAll(wanted);
    }
    return workloads;
  }

  /** How it measures, for people. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Section section : sections) {
      Repeats repeats = section.repeats();
      String workloads =
          Figure.workloads().stream().filter(section::has).collect(Collectors.joining(", "));
      settings.merge(
          String.format(Locale.ROOT, "%,d entries", section.entries()),
          String.format(
              Locale.ROOT,
              "JVMs for each benchmark: %d; in each of them %d warm-up and %d measured iterations"
                  + " of %d ms; single shots: %d (%s)",
              repeats.rounds(),
              repeats.warmups(),
              repeats.iterations(),
              repeats.iterationMs(),
              repeats.shots(),
              workloads),
          (one, other) -> one.equals(other) ? one : one + "; " + other);
    }
    return settings;
  }

  /**
   * Checks a number of entries.
   *
   * @throws IllegalArgumentException if it is too small or too large
   */
  static int checkEntries(int entries) {
    if (entries < 2 || entries > BILLION) {
      throw new IllegalArgumentException(
          "entries must be from 2 to 1000000000, entries=" + entries);
    }
    return entries;
  }
}
