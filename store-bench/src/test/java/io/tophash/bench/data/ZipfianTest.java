package io.tophash.bench.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("contract")
class ZipfianTest {
  private static final int DRAWS = 2_000_000;

  @Test
  void ranksAreAsFrequentAsTheLawSays() {
    int ranks = 1000;
    Zipfian zipfian = new Zipfian(ranks);
    SplittableRandom random = new SplittableRandom(42);
    int[] counts = new int[ranks];
    for (int i = 0; i < DRAWS; i++) {
      counts[zipfian.next(random)]++;
    }
    double zeta = Zipfian.zeta(ranks);
    // The algorithm is exact for the first two ranks, and a little too high for the next ones.
    for (int rank = 0; rank < 2; rank++) {
      double expected = DRAWS / Math.pow(rank + 1, Zipfian.THETA) / zeta;
      assertEquals(expected, counts[rank], 0.02 * expected, "rank " + rank);
    }
    for (int limit : new int[] {10, 100, 500}) {
      double sum = 0;
      for (int rank = 0; rank < limit; rank++) {
        sum += counts[rank];
      }
      double expected = DRAWS * Zipfian.zeta(limit) / zeta;
      assertEquals(expected, sum, 0.06 * expected, "the first " + limit);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 1000, 65_536, 1_000_000})
  void eachRankHasItsEntry(int ranks) {
    Zipfian zipfian = new Zipfian(ranks);
    BitSet seen = new BitSet(ranks);
    for (int rank = 0; rank < ranks; rank++) {
      seen.set(zipfian.scatter(rank));
    }
    assertEquals(ranks, seen.cardinality());
    assertEquals(ranks, seen.length());
  }

  @Test
  void staysBelowTheNumberOfRanks() {
    Zipfian zipfian = new Zipfian(2);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      int rank = zipfian.next(random);
      assertTrue(rank == 0 || rank == 1, () -> "rank " + rank);
    }
  }

  @Test
  void refusesLessThanTwoRanks() {
    assertThrows(IllegalArgumentException.class, () -> new Zipfian(1));
  }
}
