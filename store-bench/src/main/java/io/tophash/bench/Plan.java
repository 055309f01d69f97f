package io.tophash.bench;

import io.tophash.bench.report.Figure;
import io.tophash.bench.store.StoreKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run of the suite measures.
 *
 * @param sections one for each number of entries
 */
record Plan(List<Section> sections) {
  private static final int BILLION = 1_000_000_000;
  private static final int LARGE = 10_000_000;
  private static final int SMALL = 1_000_000;
  private static final int TINY = 20_000;

  /** Bytes of a store's file for an entry, at most; LMDB's map is the largest. */
  private static final long FILE_BYTES_PER_ENTRY = 160;

  private static final Set<StoreKind> ALL = EnumSet.allOf(StoreKind.class);
  private static final Set<StoreKind> MAIN =
      EnumSet.complementOf(EnumSet.of(StoreKind.AGRONA, StoreKind.HASHMAP));

  /**
   * What is measured with one number of entries.
   *
   * @param entries number of entries
   * @param stores the stores
   * @param workloads names of the workloads
   * @param rounds how many JVMs each benchmark gets; all stores have their turn in each round
   * @param warmups warm-up iterations in each of these JVMs
   * @param iterations measured iterations in each of these JVMs
   * @param iterationMs length of an iteration
   * @param shots how often a single-shot measurement is taken
   */
  record Section(
      int entries,
      Set<StoreKind> stores,
      Set<String> workloads,
      int rounds,
      int warmups,
      int iterations,
      int iterationMs,
      int shots) {
    boolean has(String workload) {
      return workloads.contains(workload);
    }

    List<Figure> benchmarks() {
      return Arrays.stream(Figure.values())
          .filter(figure -> figure.isBenchmark() && has(figure.workload()))
          .collect(Collectors.toList());
    }

    /** Bytes that all files together may take up: those of each store, a copy, a floor's region. */
    long diskBytes() {
      long files = stores.stream().filter(StoreKind::isPersistent).count();
      return (files + 2) * FILE_BYTES_PER_ENTRY * entries + (64L << 20) * (files + 1);
    }

    Section with(Set<StoreKind> someStores, Set<String> someWorkloads, int someEntries) {
      return new Section(
          someEntries, someStores, someWorkloads, rounds, warmups, iterations, iterationMs, shots);
    }
  }

  /** 10 million entries, and 1 million with the maps that are for the heap only. */
  static Plan full() {
    return new Plan(
        List.of(
            new Section(LARGE, MAIN, Figure.workloads(), 2, 3, 5, 1000, 3),
            new Section(SMALL, ALL, Figure.workloads(), 1, 3, 5, 400, 3)));
  }

  /** 1 million entries, in a few minutes. */
  static Plan quick() {
    return new Plan(List.of(new Section(SMALL, ALL, Figure.workloads(), 1, 2, 5, 300, 2)));
  }

  /** Hardly any entries: only to see that everything works. */
  static Plan smoke() {
    return new Plan(List.of(new Section(TINY, ALL, Figure.workloads(), 1, 1, 2, 50, 1)));
  }

  /**
   * Fewer stores, fewer workloads, or another number of entries.
   *
   * @param stores the stores that are kept, or null; a store of this list that no section has is
   *     added to all of them
   * @param workloads the workloads that are kept, or null
   * @param entries the number of entries of a single section, or null
   */
  Plan restrictedTo(List<StoreKind> stores, List<String> workloads, Integer entries) {
    List<Section> kept = entries == null ? sections : sections.subList(0, 1);
    return new Plan(
        kept.stream()
            .map(
                section ->
                    section.with(
                        stores == null ? section.stores() : EnumSet.copyOf(stores),
                        workloads == null ? section.workloads() : Set.copyOf(workloads),
                        entries == null ? section.entries() : entries))
            .collect(Collectors.toList()));
  }

  /** How it measures, for people. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Section section : sections) {
      settings.put(
          String.format(Locale.ROOT, "%,d entries", section.entries()),
          String.format(
              Locale.ROOT,
              "JVMs for each benchmark: %d; in each of them %d warm-up and %d measured iterations"
                  + " of %d ms; single shots: %d",
              section.rounds(),
              section.warmups(),
              section.iterations(),
              section.iterationMs(),
              section.shots()));
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
