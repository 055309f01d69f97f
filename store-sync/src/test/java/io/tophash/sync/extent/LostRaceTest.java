package io.tophash.sync.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another process takes the very extent that this one is about to claim. The loser must take one of
 * the other free ones: took it a new one, the file would be longer for ever, though most of it is
 * free. (So it was once: a search that gave up after the first lost race fails here.)
 */
@Tag("hook")
@Tag("race")
class LostRaceTest {
  /** A block of this size fills an extent, so each allocation claims one. */
  private static final int WHOLE = 255 << 10;

  private static final int EXTENTS = 40;

  @TempDir Path directory;

  @Test
  void whoLosesARaceTakesAnotherFreeExtent() {
    try (TestSpace space = new TestSpace(directory, 24)) {
      int stop = 0;
      while (race(space, stop, 1) > stop) {
        stop++;
      }
      assertTrue(stop >= 3, "stores " + stop);
    }
  }

  @Test
  void whoLosesManyRacesDoesToo() {
    try (TestSpace space = new TestSpace(directory, 24)) {
      for (int losses = 2; losses <= 12; losses++) {
        race(space, 0, losses);
      }
    }
  }

  /** Returns the number of stores of an allocation that was interrupted from the given one on. */
  private static int race(TestSpace space, int stop, int losses) {
    space.reset();
    ExtentAllocator loser = space.process(0);
    ExtentAllocator winner = space.process(1);
    TestShard mine = new TestShard(space, 0);
    TestShard other = new TestShard(space, 1);
    mine.markStep = 1 << 30;
    other.markStep = 1 << 30;
    for (int i = 0; i < EXTENTS; i++) {
      assertTrue(mine.allocate(i % 2 == 0 ? loser : winner, WHOLE));
    }
    mine.freeAll(winner);
    int before = space.readyCalls;
    StoreTracer tracer =
        new StoreTracer(
            made -> {
              if (made >= stop && made < stop + losses) {
                assertTrue(other.allocate(winner, WHOLE));
              }
            });
    assertTrue(tracer.run(space, () -> assertTrue(mine.allocate(loser, WHOLE))));
    assertEquals(before, space.readyCalls, "new extents, stop=" + stop + " losses=" + losses);
    TestOracle.check(space, loser, List.of(mine, other));
    TestOracle.drain(space, winner, List.of(mine, other));
    return tracer.stores;
  }
}
