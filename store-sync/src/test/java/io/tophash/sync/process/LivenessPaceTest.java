package io.tophash.sync.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a waiter looks whether the other one lives, by a clock that the test has. */
@Tag("contract")
class LivenessPaceTest {
  private static final long MS = 1_000_000;
  private static final long LATE = Long.MAX_VALUE - 1_000 * MS; // the clock runs over soon

  private long now = LATE;
  private int settled;

  private LivenessPace pace(long timeoutNanos) {
    return new LivenessPace(null, timeoutNanos, now) {
      @Override
      long now() {
        return now;
      }

      @Override
      void settle() {
        settled++;
      }
    };
  }

  @Test
  void looksComeAfterTenMillisecondsAndThenEveryTwenty() {
    LivenessPace pace = pace(Long.MAX_VALUE);
    List<Long> looks = new ArrayList<>();
    for (long ms = 0; ms <= 100; ms++) {
      now = LATE + ms * MS;
      if (pace.isDue()) {
        looks.add(ms);
        assertFalse(pace.isOver());
        pace.looked();
      }
    }
    assertEquals(List.of(10L, 30L, 50L, 70L, 90L), looks);
    assertEquals(100, settled);
  }

  @Test
  void aLookThatTakesLongPutsTheNextOneOff() {
    LivenessPace pace = pace(Long.MAX_VALUE);
    now = LATE + 10 * MS;
    assertTrue(pace.isDue());
    now = LATE + 60 * MS;
    pace.looked();
    now = LATE + 109 * MS;
    assertFalse(pace.isDue());
    now = LATE + 110 * MS;
    assertTrue(pace.isDue());
  }

  @Test
  void theEndOfTheTimeIsNotPutOff() {
    LivenessPace pace = pace(35 * MS);
    now = LATE + 20 * MS;
    assertTrue(pace.isDue());
    pace.looked();
    now = LATE + 34 * MS;
    assertFalse(pace.isDue());
    now = LATE + 35 * MS;
    assertTrue(pace.isDue());
    assertTrue(pace.isOver());
  }

  @Test
  void noTimeIsAMillisecond() {
    LivenessPace pace = pace(-5 * MS);
    assertFalse(pace.isDue());
    now = LATE + MS;
    assertTrue(pace.isDue());
    assertTrue(pace.isOver());
  }
}
