package io.tophash.sync.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.format.RegionLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several threads of two processes at once, each for a shard of its own. */
@Tag("fast")
@Tag("race")
class ConcurrentAllocatorTest {
  @TempDir Path directory;

  private static void work(TestSpace space, int threads, int steps, long maxBytes)
      throws InterruptedException, ExecutionException {
    ExtentAllocator[] processes = {space.process(0), space.process(1)};
    List<TestShard> shards = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        TestShard shard = new TestShard(space, 7 * i);
        shard.markStep = 8 << 10;
        shards.add(shard);
        ExtentAllocator allocator = processes[i % 2];
        Random random = new Random(i);
        futures.add(
            executor.submit(
                () -> {
                  for (int n = 0; n < steps; n++) {
                    shard.step(allocator, random, n % 400 < 200 ? 12 : 2, maxBytes);
                  }
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } finally {
      executor.shutdownNow();
    }
    TestOracle.check(space, processes[0], shards);
    TestOracle.drain(space, processes[1], shards);
  }

  @Test
  void blocksNeverOverlapInASmallFullFile() throws Exception {
    try (TestSpace space = new TestSpace(directory, 21)) {
      space.limit = 2 << 20;
      work(space, 5, 30_000, 400_000);
    }
  }

  @Test
  void blocksNeverOverlapInAFileThatGrows() throws Exception {
    try (TestSpace space = new TestSpace(directory, 20)) {
      work(space, 4, 6_000, 767 << 10);
    }
  }

  @Test
  void worksOnAStoreFile() {
    try (StoreFile file = StoreFile.createShared(directory.resolve("shared.tph"), 64 << 20)) {
      MappedMemory memory = file.map(20);
      Space space = Space.of(file, memory);
      space.ready(0, RegionLayout.EXTENT_BYTES);
      ExtentAllocator.format(memory);
      Claimants alone =
          new Claimants() {
            @Override
            public int slot() {
              return 0;
            }

            @Override
            public long incarnation() {
              return 1;
            }

            @Override
            public boolean isAlive(int slot, long incarnation) {
              return true;
            }
          };
      ExtentAllocator allocator = new ExtentAllocator(space, alone, Quota.NONE, false);
      long note = RegionLayout.shard(2) + TestShard.NOTES[0];
      int blocks = 0;
      for (int i = 0; i < 100; i++) {
        long position = allocator.allocate(1000 * i, 2, note);
        memory.putLong(position, 0, i);
        memory.putLongRelease(note, 0, 0);
        blocks++;
      }
      int[] found = {0};
      allocator.report().forEachBlock((position, bytes, owner) -> found[0]++);
      assertEquals(blocks, found[0]);
      long end = allocator.report().endOfUsed();
      assertEquals(end, allocator.tail().cut());
      file.truncate(end);
      assertEquals(end, file.length());
      long position = allocator.allocate(700 << 10, 2, note);
      memory.putLong(position + (700 << 10) - 8, 0, 5);
    }
  }
}
