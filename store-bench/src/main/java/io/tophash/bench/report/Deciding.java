package io.tophash.bench.report;

import static io.tophash.bench.report.Figure.*;

import io.tophash.bench.store.StoreKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What stands on the page: the figures that decide for or against a store, each at the largest
 * number of entries at which most of them were taken, and the stores that most of them are about.
 * All else is in the file of rows beside the page.
 */
final class Deciding {
  private static final Set<Figure> FIGURES =
      EnumSet.of(
          DEPENDENT_GET,
          INDEPENDENT_GET,
          GET_ALL_32,
          MISS,
          PUT,
          REMOVE_PUT,
          ITERATE,
          DEPENDENT_GET_2,
          PUT_2,
          READ_BESIDE,
          FILL,
          PUT_9999,
          LONGEST_PUT,
          GROWTH_9999,
          OPEN,
          OPEN_KILLED,
          SPACE,
          MEMORY,
          STRING_GET,
          STRING_PUT,
          STRING_REMOVE_PUT,
          STRING_ITERATE,
          STRING_FILL,
          STRING_LONGEST_PUT,
          STRING_SPACE,
          YCSB_A,
          YCSB_C,
          YCSB_A_2,
          INT_2K_GET_INTO,
          INT_2K_PUT,
          INT_2K_ITERATE,
          INT_16K_GET_INTO,
          INT_16K_PUT,
          INT_16K_FILL,
          GO_LOAD_MOSTLY_HITS,
          GO_LOAD_MOSTLY_MISSES,
          GO_LOAD_OR_STORE_BALANCED,
          GO_LOAD_OR_STORE_UNIQUE,
          GO_LOAD_AND_DELETE_BALANCED,
          GO_LOAD_AND_DELETE_UNIQUE,
          GO_RANGE,
          GO_ADVERSARIAL_ALLOC,
          GO_ADVERSARIAL_DELETE,
          GO_SWAP_MOSTLY_HITS,
          GO_COMPARE_AND_SWAP_MOSTLY_HITS,
          GO_COMPARE_AND_DELETE_MOSTLY_HITS,
          GO_CLEAR);

  private static final List<StoreKind> STORES =
      List.of(
          StoreKind.TOPHASH,
          StoreKind.TOPHASH_FAST,
          StoreKind.SYNC,
          StoreKind.SYNC_FAST,
          StoreKind.CHM,
          StoreKind.CHRONICLE,
          StoreKind.LMDB);

  private final Results results;
  private final Shape shape;

  Deciding(Results results, Shape shape) {
    this.results = results;
    this.shape = shape;
  }

  /** The stores with a column of their own. */
  static List<StoreKind> stores() {
    return STORES;
  }

  /** The figures that stand on the page for this number of entries, in order. */
  List<Figure> figures(int entries) {
    List<Figure> taken = taken(entries);
    List<Integer> betterSizes =
        Markdown.sizes(results, shape).stream()
            .filter(size -> size > entries && 2 * taken(size).size() >= taken.size())
            .toList();
    return taken.stream()
        .filter(figure -> betterSizes.stream().noneMatch(size -> isTaken(figure, size)))
        .toList();
  }

  private List<Figure> taken(int entries) {
    return Arrays.stream(Figure.values())
        .filter(figure -> figure.shape() == shape)
        .filter(FIGURES::contains)
        .filter(figure -> isTaken(figure, entries))
        .toList();
  }

  private boolean isTaken(Figure figure, int entries) {
    return Arrays.stream(StoreKind.values())
        .anyMatch(kind -> results.summary(figure, kind.id(), entries) != null);
  }
}
