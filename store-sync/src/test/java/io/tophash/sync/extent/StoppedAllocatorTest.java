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
 * A process is stopped before each single store, another one works on and is never held up, then
 * the first one goes on. The sizes are few and the file is small, so that an extent has become
 * something else meanwhile as often as can be: without the look at the notes this fails.
 */
@Tag("hook")
@Tag("crash")
class StoppedAllocatorTest {
  @TempDir Path directory;

  private List<TestShard> shards(TestSpace space) {
    List<TestShard> shards = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      shards.add(new TestShard(space, i));
    }
    return shards;
  }

  @Test
  void onesThatStopHarmNobody() {
    try (TestSpace space = new TestSpace(directory, 21)) {
      for (int seed = 0; seed < 4; seed++) {
        int stop = 0;
        while (stop(space, seed, stop) > stop) {
          stop += 1 + seed;
        }
        assertTrue(stop > 150, "stores " + stop);
      }
    }
  }

  private int stop(TestSpace space, int seed, int stop) {
    space.reset();
    space.limit = 2 << 20;
    List<TestShard> shards = shards(space);
    shards.get(0).markStep = 1 << 30;
    shards.get(1).markStep = 1 << 30;
    ExtentAllocator stopped = space.process(0);
    ExtentAllocator other = space.process(1);
    Random random = new Random(seed);
    Random otherRandom = new Random(stop);
    for (int i = 0; i < 12; i++) {
      shards.get(2 + i % 2).coarseStep(other, otherRandom, 8);
    }
    StoreTracer tracer =
        new StoreTracer(
            made -> {
              if (made == stop) {
                shards.get(2).freeAll(other);
                shards.get(3).freeAll(other);
                for (int i = 0; i < 20; i++) {
                  // Large ones first, over all that has become free.
                  shards.get(2).allocate(other, i < 4 ? 700_000 >> i / 2 : 127 << 10);
                }
                for (int i = 0; i < 6; i++) {
                  shards.get(3).coarseStep(other, otherRandom, 4);
                }
              }
            });
    tracer.run(
        space,
        () -> {
          for (int i = 0; i < 60; i++) {
            shards.get(i % 2).coarseStep(stopped, random, 4);
          }
        });
    try {
      TestOracle.check(space, stopped, shards);
      TestOracle.drain(space, other, shards);
    } catch (AssertionError e) {
      throw new AssertionError("seed=" + seed + " stop=" + stop, e);
    }
    return tracer.stores;
  }

  @Test
  void twoThatInterruptEachOtherAllTheTimeDoNotMix() {
    try (TestSpace space = new TestSpace(directory, 21)) {
      for (int seed = 0; seed < 40; seed++) {
        space.reset();
        space.limit = 2 << 20;
        List<TestShard> shards = shards(space);
        ExtentAllocator one = space.process(0);
        ExtentAllocator two = space.process(1);
        Random random = new Random(seed);
        shards.forEach(shard -> shard.markStep = 16 << 10);
        StoreTracer tracer =
            new StoreTracer(
                made -> {
                  for (int i = random.nextInt(8) - 4; i > 0; i--) {
                    shards.get(2 + i % 2).coarseStep(two, random, 5);
                  }
                });
        tracer.run(
            space,
            () -> {
              for (int i = 0; i < 150; i++) {
                shards.get(i % 2).coarseStep(one, random, 5);
              }
            });
        TestOracle.check(space, one, shards);
        TestOracle.drain(space, two, shards);
      }
    }
  }
}
