package io.tophash.core.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The arithmetic of growth is that of Go's runtime/map.go. */
@Tag("contract")
class GrowthDecisionsTest {
  @Test
  void aHintBecomesTheSmallestTableThatHoldsIt() {
    for (int hint = 0; hint <= 8; hint++) {
      assertEquals(0, LoadFactor.bForHint(hint), "hint=" + hint);
    }
    for (int hint = 9; hint <= 13; hint++) {
      assertEquals(1, LoadFactor.bForHint(hint), "hint=" + hint);
    }
    for (int hint = 14; hint <= 26; hint++) {
      assertEquals(2, LoadFactor.bForHint(hint), "hint=" + hint);
    }
    for (int hint = 27; hint <= 52; hint++) {
      assertEquals(3, LoadFactor.bForHint(hint), "hint=" + hint);
    }
    assertEquals(4, LoadFactor.bForHint(53));
    assertEquals(18, LoadFactor.bForHint(1_000_000));
  }

  @Test
  void aNegativeOrAbsurdHintCountsAsZero() {
    assertEquals(0, LoadFactor.bForHint(-1));
    assertEquals(0, LoadFactor.bForHint(Long.MIN_VALUE));
    assertEquals(0, LoadFactor.bForHint(Long.MAX_VALUE));
    assertEquals(0, LoadFactor.bForHint(Long.MAX_VALUE / 13));
  }

  @Test
  void theLoadFactorIsThirteenHalves() {
    assertFalse(LoadFactor.overLoadFactor(8, 0), "eight always fit");
    assertTrue(LoadFactor.overLoadFactor(9, 0));
    assertFalse(LoadFactor.overLoadFactor(13, 1));
    assertTrue(LoadFactor.overLoadFactor(14, 1));
    for (int b = 1; b <= 36; b++) {
      long limit = 13 * (1L << b - 1);
      assertFalse(LoadFactor.overLoadFactor(limit, b), "b=" + b);
      assertTrue(LoadFactor.overLoadFactor(limit + 1, b), "b=" + b);
    }
  }

  @Test
  void asManyOverflowBucketsAsRegularOnesAreTooMany() {
    for (int b = 0; b <= 15; b++) {
      assertFalse(LoadFactor.tooManyOverflowBuckets((1L << b) - 1, b), "b=" + b);
      assertTrue(LoadFactor.tooManyOverflowBuckets(1L << b, b), "b=" + b);
    }
  }

  /** Go counts one in 2^(B-15) there and compares with 2^15; the exact count is scaled instead. */
  @Test
  void theExactCountOfOverflowBucketsIsScaledAboveB15() {
    for (int b = 16; b <= 36; b++) {
      assertFalse(LoadFactor.tooManyOverflowBuckets((1L << b) - 1, b), "b=" + b);
      assertTrue(LoadFactor.tooManyOverflowBuckets(1L << b, b), "b=" + b);
    }
  }
}
