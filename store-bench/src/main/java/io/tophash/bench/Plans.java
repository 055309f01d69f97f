package io.tophash.bench;

import io.tophash.bench.report.Figure;
import io.tophash.bench.report.Shape;
import io.tophash.bench.store.StoreKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The plans that the command knows by name. */
final class Plans {
  private static final int HUGE = 100_000_000;
  private static final int LARGE = 10_000_000;
  private static final int SMALL = 1_000_000;
  private static final int TINY = 20_000;

  /** As many of the larger values as lmdbjava's own benchmarks have. */
  private static final int FEW = 100_000;

  /** What the entries of Go's benchmarks count as; they are few and have no figure of their own. */
  private static final int GO_MAP_ENTRIES = 1024;

  /** What says most of a store of longs. */
  private static final Set<String> MAIN_WORKLOADS =
      Set.of(
          "dependentGet",
          "independentGet",
          "put",
          "removePut",
          "iterate",
          "fill",
          "space",
          "memory",
          "open",
          "openKilled");

  private static final Set<StoreKind> MAIN =
      EnumSet.complementOf(EnumSet.of(StoreKind.AGRONA, StoreKind.HASHMAP, StoreKind.LOCKED));
  private static final Set<StoreKind> ALL = EnumSet.complementOf(EnumSet.of(StoreKind.LOCKED));
  private static final Set<StoreKind> GO_MAPS =
      Arrays.stream(StoreKind.values())
          .filter(StoreKind::hasGoMap)
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(StoreKind.class)));

  private Plans() {}

  /**
   * 10 million longs, of the stores that take long to fill only what says most; Go's benchmarks; 1
   * million longs and records with more maps; larger values; 100 million longs with the stores that
   * are filled quickly.
   */
  static Plan full() {
    Plan.Repeats repeats = new Plan.Repeats(1, 1, 3, 200, 1);
    Set<String> large = new HashSet<>(Figure.workloads(Shape.LONGS));
    large.remove("growth"); // at its rate it would take longer than all else
    List<Plan.Section> sections = new ArrayList<>();
    Plan.Repeats longer = new Plan.Repeats(1, 1, 3, 300, 1);
    sections.add(new Plan.Section(LARGE, quicklyFilled(), large, longer));
    sections.add(new Plan.Section(LARGE, slowlyFilled(), MAIN_WORKLOADS, longer));
    sections.add(goMaps(GO_MAPS, new Plan.Repeats(1, 5, 3, 400, 1)));
    sections.add(
        new Plan.Section(SMALL, ALL, workloads(Shape.LONGS, Shape.STRINGS, Shape.INTS), repeats));
    sections.addAll(
        new Plan.Section(FEW, MAIN, workloads(Shape.INTS_2K, Shape.INTS_16K), repeats).alone());
    sections.addAll(
        new Plan.Section(
                HUGE,
                quicklyFilled(),
                Set.of("dependentGet", "independentGet", "fill", "space"),
                longer)
            .alone());
    return new Plan(sections);
  }

  private static Set<StoreKind> slowlyFilled() {
    return EnumSet.of(
        StoreKind.ROCKSDB,
        StoreKind.MAPDB,
        StoreKind.MVSTORE,
        StoreKind.EHCACHE,
        StoreKind.CAFFEINE);
  }

  private static Set<StoreKind> quicklyFilled() {
    Set<StoreKind> stores = EnumSet.copyOf(MAIN);
    stores.removeAll(slowlyFilled());
    return stores;
  }

  /**
   * The most telling rows in half an hour: 10 million longs with the stores that are filled
   * quickly, 1 million longs and records with all of them, and Go's benchmarks.
   */
  static Plan headline() {
    return new Plan(
        List.of(
            new Plan.Section(
                LARGE,
                quicklyFilled(),
                Set.of(
                    "dependentGet",
                    "independentGet",
                    "getAll32",
                    "put",
                    "removePut",
                    "iterate",
                    "dependentGet2",
                    "besideWriter",
                    "fill",
                    "longestPut",
                    "space",
                    "memory",
                    "open",
                    "openKilled"),
                new Plan.Repeats(2, 1, 2, 300, 1)),
            new Plan.Section(
                SMALL,
                MAIN,
                Set.of(
                    "dependentGet",
                    "fill",
                    "space",
                    "growth",
                    "stringGet",
                    "stringGet2",
                    "stringPut",
                    "stringRemovePut",
                    "stringIterate",
                    "stringFill",
                    "stringSpace",
                    "ycsbA"),
                new Plan.Repeats(2, 1, 2, 200, 1)),
            goMaps(
                EnumSet.of(StoreKind.SYNC, StoreKind.SYNC_FAST, StoreKind.CHM, StoreKind.LOCKED),
                new Plan.Repeats(1, 5, 3, 400, 1))));
  }

  /** 1 million entries, without the fast memory mode, in less than 10 minutes. */
  static Plan quick() {
    return new Plan(
        List.of(
            new Plan.Section(
                SMALL,
                EnumSet.complementOf(
                    EnumSet.of(
                        StoreKind.TOPHASH_FAST,
                        StoreKind.SYNC_FAST,
                        StoreKind.AGRONA,
                        StoreKind.HASHMAP,
                        StoreKind.LOCKED)),
                Set.of(
                    "dependentGet",
                    "put",
                    "fill",
                    "space",
                    "growth",
                    "open",
                    "stringGet",
                    "stringPut",
                    "stringFill",
                    "stringSpace",
                    "ycsbA",
                    "ycsbC"),
                new Plan.Repeats(1, 1, 3, 200, 1))));
  }

  /** What is watched for getting worse: Tophash and ConcurrentHashMap, in about 6 minutes. */
  static Plan guard() {
    return new Plan(
        List.of(
            new Plan.Section(
                SMALL,
                EnumSet.of(
                    StoreKind.TOPHASH,
                    StoreKind.TOPHASH_FAST,
                    StoreKind.SYNC,
                    StoreKind.SYNC_FAST,
                    StoreKind.CHM),
                Set.of(
                    "dependentGet",
                    "independentGet",
                    "put",
                    "removePut",
                    "iterate",
                    "fill",
                    "space",
                    "stringGet",
                    "stringPut",
                    "stringSpace"),
                new Plan.Repeats(2, 2, 5, 200, 3))));
  }

  /** Hardly any entries: only to see that everything works. */
  static Plan smoke() {
    Plan.Repeats repeats = new Plan.Repeats(1, 1, 2, 50, 1);
    List<Plan.Section> sections = new ArrayList<>();
    sections.add(
        new Plan.Section(TINY, ALL, workloads(Shape.LONGS, Shape.STRINGS, Shape.INTS), repeats));
    sections.addAll(
        new Plan.Section(TINY / 10, MAIN, workloads(Shape.INTS_2K, Shape.INTS_16K), repeats)
            .alone());
    sections.add(goMaps(GO_MAPS, new Plan.Repeats(1, 1, 1, 20, 1)));
    return new Plan(sections);
  }

  private static Set<String> workloads(Shape... shapes) {
    return Arrays.stream(shapes)
        .flatMap(shape -> Figure.workloads(shape).stream())
        .collect(Collectors.toSet());
  }

  private static Plan.Section goMaps(Set<StoreKind> stores, Plan.Repeats repeats) {
    return new Plan.Section(GO_MAP_ENTRIES, stores, Figure.workloads(Shape.GO_MAP), repeats);
  }
}
