package io.tophash.sync.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.sync.checkpoint.CheckpointSchedule.Advice;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When checkpoints are due, by a clock that the test moves. */
@Tag("contract")
class CheckpointScheduleTest {
  private static final long MS = 1_000_000;
  private static final Level SECOND = Level.powerLoss(1_000);

  private final CheckpointSchedule schedule = new CheckpointSchedule();

  private Advice look(long ms, long cutting, long durable, boolean hasChanges) {
    return schedule.look(ms * MS, SECOND, cutting, durable, hasChanges);
  }

  @Test
  void changesOfUnknownAgeAreDueAtOnce() {
    assertTrue(look(5_000_000, 3, 3, true).isDue());
  }

  @Test
  void nothingIsDueWhileNothingChanges() {
    for (long ms = 0; ms < 100_000; ms += 100) {
      Advice advice = look(ms, 3, 3, false);
      assertFalse(advice.isDue() || advice.isLate());
      assertTrue(advice.pauseNanos() <= 125 * MS);
    }
  }

  @Test
  void changesAreDueWhenHalfOfTheLossHasPassedSinceThereWereNone() {
    look(0, 3, 3, false);
    look(100, 3, 3, false);
    assertFalse(look(150, 3, 3, true).isDue());
    Advice advice = look(599, 3, 3, true);
    assertFalse(advice.isDue());
    assertEquals(1 * MS, advice.pauseNanos());
    assertTrue(look(600, 3, 3, true).isDue());
    assertFalse(look(1_100, 3, 3, true).isLate());
    assertTrue(look(1_101, 3, 3, true).isLate());
  }

  @Test
  void ofACheckpointOnlyWhatCameBeforeItsCutCounts() {
    look(0, 3, 3, false);
    look(600, 3, 3, true);
    // Cut after 600, seen at 620, durable at 900.
    look(620, 4, 3, true);
    assertFalse(look(900, 4, 4, true).isDue());
    assertFalse(look(1_099, 4, 4, true).isDue());
    assertTrue(look(1_100, 4, 4, true).isDue());
    // Begun and durable between two looks.
    assertFalse(look(1_200, 5, 5, true).isDue());
    assertFalse(look(1_599, 5, 5, true).isDue());
    assertTrue(look(1_600, 5, 5, true).isDue());
  }

  @Test
  void oneThatWasBegunBeforeTheFirstLookProvesNothing() {
    assertTrue(look(0, 4, 3, true).isDue());
    assertTrue(look(10, 4, 4, true).isDue());
  }

  @Test
  void anAttemptThatWasKilledProvesNothing() {
    look(0, 3, 3, false);
    look(500, 4, 3, true);
    look(600, 5, 3, true);
    assertTrue(look(700, 5, 3, true).isDue());
    assertTrue(look(1_001, 5, 3, true).isLate());
    // 5 was cut after 500, when it was not begun.
    assertFalse(look(1_010, 5, 5, true).isLate());
    assertTrue(look(1_010, 5, 5, true).isDue());
  }

  @Test
  void atLevelProcessNothingIsDueAndNothingIsRemembered() {
    look(0, 3, 3, false);
    Advice advice = schedule.look(1_000 * MS, Level.PROCESS, 3, 3, true);
    assertFalse(advice.isDue() || advice.isLate());
    assertEquals(CheckpointSchedule.PERIOD_NANOS, advice.pauseNanos());
    assertTrue(look(1_001, 3, 3, true).isDue());
  }

  @Test
  void longTimesDoNotOverflow() {
    Level ages = Level.powerLoss(Long.MAX_VALUE);
    schedule.look(Long.MAX_VALUE - 10, ages, 3, 3, false);
    assertFalse(schedule.look(Long.MIN_VALUE + 10, ages, 3, 3, true).isDue());
  }

  // --- several processes ------------------------------------------------------------------------

  /** A process: its looks, by a clock that has its own beginning. */
  private static final class Process {
    final CheckpointSchedule schedule = new CheckpointSchedule();
    final long epochMs;
    long nextLookMs;
    boolean alive = true;

    Process(Random random, long nowMs) {
      epochMs = random.nextInt();
      nextLookMs = nowMs;
    }
  }

  /**
   * Processes come, look at times of their own, take checkpoints and are killed in them. While at
   * least one is there to look within 20 ms, and a checkpoint takes at most 300 ms of the 500 that
   * are left to it, never more than a second may be lost.
   */
  @Test
  void noMoreIsEverLostThanIsAllowedWhoeverIsKilled() {
    for (int seed = 0; seed < 200; seed++) {
      run(new Random(seed));
    }
  }

  private static void run(Random random) {
    List<Process> processes = new ArrayList<>();
    long cutting = 1;
    long durable = 1;
    long durableCutMs = 0;
    long firstChangeMs = -1; // after the durable cut
    long runningCutMs = -1;
    long firstChangeAfterRunning = -1;
    long endMs = 0;
    Process taker = null;
    int taken = 0;
    for (long now = 0; now < 20_000; now++) {
      if (processes.isEmpty() || processes.size() < 4 && random.nextInt(1_000) == 0) {
        processes.add(new Process(random, now));
      }
      boolean isBusy = now / 3_000 % 2 == 0;
      if (isBusy && random.nextInt(5) == 0) {
        firstChangeMs = firstChangeMs < 0 ? now : firstChangeMs;
        firstChangeAfterRunning =
            taker != null && firstChangeAfterRunning < 0 ? now : firstChangeAfterRunning;
      }
      if (taker != null && now >= endMs) {
        durable = cutting;
        durableCutMs = runningCutMs;
        firstChangeMs = firstChangeAfterRunning;
        taker.nextLookMs = now;
        taker = null;
        taken++;
      }
      for (Process process : processes) {
        if (process == taker || now < process.nextLookMs) {
          continue;
        }
        Advice advice =
            process.schedule.look(
                (now + process.epochMs) * MS, SECOND, cutting, durable, firstChangeMs >= 0);
        process.nextLookMs = now + advice.pauseNanos() / MS + random.nextInt(20);
        if (advice.isDue() && taker == null) {
          taker = process;
          cutting++;
          runningCutMs = now;
          firstChangeAfterRunning = -1;
          endMs = now + 1 + random.nextInt(150);
        }
      }
      if (taker != null && processes.size() > 1 && random.nextInt(2_000) == 0) {
        processes.remove(taker);
        taker = null;
      }
      if (firstChangeMs >= 0) {
        long lost = now - firstChangeMs;
        assertTrue(lost <= 1_000, "now=" + now + " lost=" + lost + " cut=" + durableCutMs);
      }
    }
    assertTrue(taken > 5, "taken=" + taken);
  }
}
