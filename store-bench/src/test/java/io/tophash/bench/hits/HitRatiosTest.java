package io.tophash.bench.hits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The requests are what they are said to be, and the harness counts right. */
@Tag("contract")
class HitRatiosTest {
  private static final int KEYS = 20_000;
  private static final int REQUESTS = 200_000;

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource(Trace.class)
  void theSameSeedMakesTheSameRequests(Trace trace) {
    int[] all = trace.requests(KEYS, REQUESTS, 1);
    assertArrayEquals(all, trace.requests(KEYS, REQUESTS, 1));
    long known = Arrays.stream(all).filter(key -> key >= 0 && key < KEYS).count();
    double part = known / (double) REQUESTS;
    double wanted = trace == Trace.SCANS ? 2 / 3.0 : trace == Trace.LOOP ? 0.5 : 1;
    assertEquals(wanted, part, 0.01);
  }

  @Test
  void aCacheWithRoomForAllMissesEachKeyOnce() {
    int[] all = new int[1_000];
    Arrays.setAll(all, i -> i % 500);
    for (BoundedCache.Kind kind : BoundedCache.Kind.values()) {
      try (BoundedCache cache =
          kind.open(BoundedCache.Bound.BYTES, 4 << 20, dir.resolve(kind + ".tph"))) {
        assertEquals(1, HitRatios.hits(cache, BoundedCache.Bound.BYTES, all), kind.title());
      }
    }
  }

  /** Far from the differences that the full run is for, so that no seed of a hash matters. */
  @Test
  void whatIsInDemandStaysBesideScans() {
    int[] all = Trace.SCANS.requests(KEYS, REQUESTS, 1);
    double[] hits = new double[2];
    for (int i = 0; i < 2; i++) {
      BoundedCache.Kind kind = i == 0 ? BoundedCache.Kind.TOPHASH : BoundedCache.Kind.LRU;
      try (BoundedCache cache =
          kind.open(BoundedCache.Bound.ENTRIES, 500, dir.resolve(kind + ".tph"))) {
        hits[i] = HitRatios.hits(cache, BoundedCache.Bound.ENTRIES, all);
      }
    }
    assertTrue(hits[0] > hits[1], Arrays.toString(hits));
  }
}
