package io.tophash.sync.extent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed before each single store, another one works on, somebody repairs, and is
 * killed himself now and then. After that each block is linked or free, and all free space is
 * found.
 */
@Tag("hook")
@Tag("crash")
@Tag("full")
class KilledAllocatorTest {
  private static final int OPERATIONS = 60;

  @TempDir Path directory;

  @Test
  void aKillLeavesNothingBehind() {
    try (TestSpace space = new TestSpace(directory, 20)) {
      for (int seed = 0; seed < 5; seed++) {
        int kill = 0;
        while (!killAndRepair(space, seed, kill)) {
          kill++;
        }
        assertTrue(kill > 300, "stores " + kill);
      }
    }
  }

  /** True if the work ended before the kill. */
  private boolean killAndRepair(TestSpace space, int seed, int kill) {
    space.reset();
    space.limit = seed >= 3 ? 3 << 20 : Long.MAX_VALUE;
    List<TestShard> shards = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      shards.add(new TestShard(space, 20 * i));
      shards.get(i).markStep = 1 << 30;
    }
    ExtentAllocator victim = space.process(0);
    Random random = new Random(seed);
    TestShard others = shards.get(3);
    for (int i = 0; i < 9; i++) {
      others.allocate(victim, i % 3 == 0 ? 127 << 10 : 85 << 10);
      shards.get(i % 3).coarseStep(victim, random, 10);
    }
    boolean isComplete =
        new StoreTracer(
                made -> {
                  if (made == kill - 1 && (seed >= 3 || kill % 3 == 2)) {
                    // At the last moment others free what it has just found in use.
                    others.freeAll(space.process(1));
                  }
                  StoreTracer.killAt(made, kill);
                })
            .run(
                space,
                () -> {
                  for (int i = 0; i < OPERATIONS; i++) {
                    TestShard shard = shards.get(random.nextInt(3));
                    int most = i < 40 ? 12 : 2;
                    if (seed == 0) {
                      shard.step(victim, random, most, victim.maxBlockBytes());
                    } else {
                      shard.coarseStep(victim, random, most);
                    }
                  }
                });
    space.dead.add(0);
    String where = "seed=" + seed + " kill=" + kill;
    try {
      repair(space, shards, others, new Random(kill), kill);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(where, e);
    }
    return isComplete;
  }

  private static void repair(
      TestSpace space, List<TestShard> shards, TestShard others, Random random, int kill) {
    ExtentAllocator survivor = space.process(1);
    if (kill % 3 == 1) {
      // Those who do not need the dead process's locks go on before anybody repairs.
      for (int i = 0; i < 12; i++) {
        others.step(survivor, random, 6, survivor.maxBlockBytes());
      }
    }
    for (int process = 1; process < 4; process++) {
      ExtentAllocator allocator = space.process(process);
      int stores = process == 3 ? Integer.MAX_VALUE : random.nextInt(12);
      boolean claimsFirst = random.nextBoolean();
      int repairing = process;
      boolean isDone =
          StoreTracer.killBefore(stores)
              .run(
                  space,
                  () -> {
                    if (claimsFirst) {
                      recoverDead(space, allocator, repairing);
                    }
                    for (TestShard shard : shards) {
                      shard.repair(allocator);
                    }
                    recoverDead(space, allocator, repairing);
                  });
      if (isDone) {
        TestOracle.check(space, allocator, shards);
        for (int i = 0; i < 6; i++) {
          shards.get(random.nextInt(4)).step(allocator, random, 20, allocator.maxBlockBytes());
        }
        TestOracle.drain(space, allocator, shards);
        return;
      }
      space.dead.add(process);
    }
  }

  private static void recoverDead(TestSpace space, ExtentAllocator allocator, int below) {
    for (int slot = 0; slot < below; slot++) {
      allocator.recoverClaims(slot, 0);
    }
  }
}
