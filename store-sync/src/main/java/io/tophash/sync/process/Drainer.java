package io.tophash.sync.process;

import io.tophash.core.memory.Backoff;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HazardWord;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.ArrayList;
import java.util.List;

/** Waits until nobody is inside a frozen shard. Thread-safe. */
final class Drainer {
  private static final long STAYS = -1; // no hazard word: its shard would be 2^32 - 2

  private final MappedMemory memory;
  private final OwedHazards owed;
  private final Deserted deserted;
  private volatile int blockingSlot = -1;

  Drainer(MappedMemory memory, OwedHazards owed, Deserted deserted) {
    this.memory = memory;
    this.owed = owed;
    this.deserted = deserted;
  }

  int blockingSlot() {
    return blockingSlot;
  }

  /** See {@link ProcessTable#awaitNoHazards}. */
  Drain awaitNoHazards(int shard, long deadlineNanos) {
    List<long[]> dead = null;
    for (int other = 0; other < RegionLayout.PROCESS_COUNT; other++) {
      // A row whose owner was killed is still attached; one that is not has no hazards. A process
      // that enters just now sees the frozen bit.
      if (memory.getLongVolatile(RegionLayout.process(other), ProcessLayout.ATTACHED) == 0) {
        continue;
      }
      for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
        long hazard = RegionLayout.process(other) + ProcessLayout.hazard(i);
        if (names(memory.getLongVolatile(hazard, 0), shard)) {
          long word = await(other, hazard, shard, deadlineNanos);
          if (word == STAYS) {
            blockingSlot = other;
            return Drain.TIMED_OUT;
          }
          if (word != 0) {
            dead = dead == null ? new ArrayList<>() : dead;
            dead.add(new long[] {hazard, word});
          }
        }
      }
    }
    if (dead == null) {
      return Drain.DRAINED;
    }
    // Not before: a caller that gives up does not count, so the next one must see them again.
    for (long[] each : dead) {
      memory.compareAndSetLong(each[0], 0, each[1], 0);
    }
    return Drain.DRAINED_AFTER_DEATH;
  }

  /** Returns 0 if the hazard no longer names the shard, its word if its owner is dead, or STAYS. */
  private long await(int other, long hazard, int shard, long deadlineNanos) {
    Backoff idle = new Backoff();
    LivenessPace pace = new LivenessPace(deserted, deadlineNanos - System.nanoTime());
    while (true) {
      long word = memory.getLongVolatile(hazard, 0);
      if (!names(word, shard)) {
        return 0;
      }
      if (pace.isDue() || owed.isOfFormer(other, word)) {
        if (owed.isOwed(other, word)) {
          return word;
        }
        if (pace.isOver()) {
          return STAYS;
        }
        pace.looked();
      }
      idle.idle();
    }
  }

  /**
   * First slot, other than the given one, of a live process that is inside a shard; or -1. A dead
   * one is waited for by nobody.
   */
  int inside(int shard, int except) {
    for (int other = 0; other < RegionLayout.PROCESS_COUNT; other++) {
      long row = RegionLayout.process(other);
      if (other == except || memory.getLongVolatile(row, ProcessLayout.ATTACHED) == 0) {
        continue;
      }
      for (int i = 0; i < ProcessLayout.HAZARD_COUNT; i++) {
        long word = memory.getLongVolatile(row, ProcessLayout.hazard(i));
        if (names(word, shard) && !owed.isOwed(other, word)) {
          return other;
        }
      }
    }
    return -1;
  }

  private static boolean names(long word, int shard) {
    return HazardWord.shard(word) == shard;
  }
}
