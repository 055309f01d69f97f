package io.tophash.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.bench.store.StoreKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("contract")
class PlanTest {
  private static final Plan.Repeats ONCE = new Plan.Repeats(1, 1, 1, 1, 1);
  private static final Plan PLAN =
      new Plan(
          List.of(
              section(10, Set.of("put", "fill"), StoreKind.TOPHASH, StoreKind.CHM),
              section(10, Set.of("put"), StoreKind.ROCKSDB),
              section(5, Set.of("fill"), StoreKind.TOPHASH)));

  private static Plan.Section section(
      int entries, Set<String> workloads, StoreKind first, StoreKind... more) {
    return new Plan.Section(entries, EnumSet.of(first, more), workloads, ONCE);
  }

  private static Plan restricted(List<StoreKind> stores, List<String> workloads, Integer entries) {
    return PLAN.restrictedTo(stores, workloads, entries, UnaryOperator.identity());
  }

  @Test
  void aStoreIsMeasuredWhereThePlanHasIt() {
    assertEquals(
        List.of(section(10, Set.of("put"), StoreKind.ROCKSDB)),
        restricted(List.of(StoreKind.ROCKSDB), null, null).sections());
    assertEquals(
        List.of(
            section(10, Set.of("put"), StoreKind.CHM),
            section(10, Set.of("put"), StoreKind.ROCKSDB)),
        restricted(List.of(StoreKind.CHM, StoreKind.ROCKSDB), List.of("put"), null).sections());
  }

  @Test
  void aStoreThatThePlanDoesNotHaveIsMeasuredWithAllOthers() {
    assertEquals(
        List.of(
            section(10, Set.of("put", "fill"), StoreKind.CHM, StoreKind.LMDB),
            section(10, Set.of("put"), StoreKind.LMDB),
            section(5, Set.of("fill"), StoreKind.LMDB)),
        restricted(List.of(StoreKind.CHM, StoreKind.LMDB), null, null).sections());
  }

  @Test
  void whatNoSectionHasIsNotMeasured() {
    assertEquals(
        List.of(), restricted(List.of(StoreKind.ROCKSDB), List.of("fill"), null).sections());
  }

  @Test
  void anotherNumberOfEntriesHasOneSectionWithAllStoresThatWereAskedFor() {
    assertEquals(
        List.of(section(7, Set.of("space"), StoreKind.CHM, StoreKind.ROCKSDB)),
        restricted(List.of(StoreKind.CHM, StoreKind.ROCKSDB), List.of("space"), 7).sections());
    assertEquals(
        List.of(section(7, Set.of("put", "fill"), StoreKind.TOPHASH, StoreKind.CHM)),
        restricted(null, null, 7).sections());
  }
}
