package io.tophash.sync.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.RegionLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fast")
@Tag("contract")
class ExtentAllocatorTest {
  @TempDir Path directory;
  private TestSpace space;

  private ExtentAllocator open(int windowShift) {
    space = new TestSpace(directory, windowShift);
    return space.process(0);
  }

  @AfterEach
  void close() {
    if (space != null) {
      space.close();
    }
  }

  private List<TestShard> shards(int count) {
    List<TestShard> shards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shards.add(new TestShard(space, i));
    }
    return shards;
  }

  @Test
  void sizesWasteLessThanAUnitForEachBlockOfAnExtent() {
    int sizes = 0;
    for (int units = 2; units <= ExtentLayout.UNITS; units++) {
      long bytes = ExtentAllocator.blockBytes(units * 1024L);
      assertTrue(bytes >= units * 1024L);
      assertEquals(bytes, ExtentAllocator.blockBytes(units * 1024L - 1023));
      assertTrue(BlockSizes.isSize((int) (bytes / 1024)));
      sizes += bytes == units * 1024L ? 1 : 0;
      int count = ExtentLayout.blockCount((int) (bytes / 1024));
      assertTrue(ExtentLayout.UNITS - count * bytes / 1024 < count);
    }
    assertEquals(29, sizes);
    assertEquals(2048, ExtentAllocator.blockBytes(0));
    assertEquals(2048, ExtentAllocator.blockBytes(1024));
    assertEquals(511 << 10, ExtentAllocator.blockBytes((255 << 10) + 1));
    assertEquals(511 << 10, ExtentAllocator.blockBytes(511 << 10));
    assertEquals(767 << 10, ExtentAllocator.blockBytes((511 << 10) + 1));
  }

  @Test
  void behavesLikeTheModel() {
    for (int windowShift : new int[] {20, 21, 24}) {
      ExtentAllocator allocator = open(windowShift);
      List<TestShard> shards = shards(5);
      Random random = new Random(windowShift);
      for (int i = 0; i < 6000; i++) {
        shards
            .get(random.nextInt(5))
            .step(allocator, random, i % 1000 < 500 ? 60 : 10, allocator.maxBlockBytes());
        if (i % 500 == 0) {
          TestOracle.check(space, allocator, shards);
        }
      }
      TestOracle.drain(space, allocator, shards);
      close();
      directory.resolve("space.tph").toFile().delete();
    }
    space = null;
  }

  @Test
  void spaceOfOneSizeServesEveryOther() {
    ExtentAllocator allocator = open(22);
    space.limit = 4 << 20;
    TestShard shard = new TestShard(space, 3);
    for (long bytes : new long[] {1024, 5000, 60_000, 255 << 10, 3 << 20, 1, 900_000, 130_000}) {
      int count = 0;
      while (shard.allocate(allocator, bytes)) {
        count++;
      }
      long block = ExtentAllocator.blockBytes(bytes);
      long perExtent = Math.max(1, (255 << 10) / block);
      long extents = Math.max(1, block + 1024 >> 18);
      assertEquals(15 / extents * perExtent, count, "blocks of " + bytes);
      TestOracle.check(space, allocator, List.of(shard));
      shard.freeAll(allocator);
      assertEquals(0, allocator.report().usedBytes());
    }
    TestOracle.drain(space, allocator, List.of(shard));
  }

  @Test
  void aFullFileGivesLargerBlocks() {
    ExtentAllocator allocator = open(20);
    space.limit = 1 << 20;
    TestShard shard = new TestShard(space, 0);
    for (int i = 0; i < 3; i++) {
      assertTrue(shard.allocate(allocator, 60_000));
    }
    while (shard.allocate(allocator, 60_000)) {}
    shard.free(allocator, 5);
    assertTrue(shard.allocate(allocator, 10));
    assertEquals(63 << 10, shard.linked.get(shard.linked.size() - 1).bytes());
    assertFalse(shard.allocate(allocator, 10));
    TestOracle.drain(space, allocator, List.of(shard));
  }

  @Test
  void survivesAFullDiskAtEveryGrowth() {
    ExtentAllocator first = open(20);
    for (int fail = 0; fail < 30; fail++) {
      space.reset();
      space.failAt = fail;
      ExtentAllocator allocator = space.process(0);
      List<TestShard> shards = shards(2);
      Random random = new Random(fail);
      for (int i = 0; i < 300; i++) {
        shards.get(i & 1).step(allocator, random, 50, first.maxBlockBytes());
      }
      assertTrue(space.readyCalls > fail, "growths " + space.readyCalls);
      TestOracle.check(space, allocator, shards);
      TestOracle.drain(space, allocator, shards);
    }
  }

  @Test
  void refusesWhatNoWindowHolds() {
    ExtentAllocator allocator = open(20);
    TestShard shard = new TestShard(space, 0);
    assertEquals((768 << 10) - 1024, allocator.maxBlockBytes());
    assertTrue(shard.allocate(allocator, allocator.maxBlockBytes()));
    assertFalse(shard.allocate(allocator, allocator.maxBlockBytes() + 1));
    long note = shard.note(TestShard.NOTES[0]);
    assertThrows(
        StoreFullException.class, () -> allocator.allocate(Long.MAX_VALUE - 5000, 0, note));
  }

  @Test
  void allocatesBelowALimitOnly() {
    ExtentAllocator allocator = open(20);
    TestShard shard = new TestShard(space, 0);
    for (int i = 0; i < 40; i++) {
      shard.allocate(allocator, 60_000);
    }
    shard.allocate(allocator, 600_000);
    assertFalse(shard.allocate(allocator, 60_000, 2 << 20, 1));
    shard.free(allocator, 2);
    assertFalse(shard.allocate(allocator, 60_000, 1 << 18, 1));
    assertTrue(shard.allocate(allocator, 60_000, 1 << 19, 1));
    for (int i = shard.linked.size() - 1; i >= 0; i--) {
      if (shard.linked.get(i).position() < 1 << 19) {
        shard.free(allocator, i);
      }
    }
    assertFalse(shard.allocate(allocator, 300_000, 1 << 20, 3));
    assertTrue(shard.allocate(allocator, 10_000, 1 << 20, 3));
    TestOracle.drain(space, allocator, List.of(shard));
  }

  @Test
  void refusesPositionsThatCannotBe() {
    ExtentAllocator allocator = open(20);
    TestShard shard = new TestShard(space, 0);
    shard.allocate(allocator, 60_000);
    shard.allocate(allocator, 600_000);
    long small = shard.linked.get(0).position();
    long large = shard.linked.get(1).position();
    for (long position : new long[] {1, -1, 1024, small + 1, small - 1, 1L << 40, 1 << 20}) {
      assertThrows(CorruptStoreException.class, () -> allocator.isOwned(position, 0));
      assertThrows(CorruptStoreException.class, () -> allocator.sizeOf(position));
    }
    for (long position : new long[] {small + 1024, small - 1024, large + 1024, large + (1 << 18)}) {
      assertFalse(allocator.isOwned(position, 0));
      assertThrows(CorruptStoreException.class, () -> allocator.sizeOf(position));
      assertThrows(CorruptStoreException.class, () -> allocator.free(position, 0, shard.note(208)));
    }
    assertFalse(allocator.isOwned(small, 1));
    assertFalse(allocator.isOwned(large, 1));
    assertFalse(allocator.freeIfOwned(small, 1, shard.note(208)));
    assertFalse(allocator.freeIfOwned(large, 1, shard.note(208)));
    assertFalse(allocator.freeIfOwned(0, 1, shard.note(208)));
    TestOracle.drain(space, allocator, List.of(shard));
  }

  @Test
  void namesImpossibleStateWords() {
    ExtentAllocator allocator = open(20);
    TestShard shard = new TestShard(space, 0);
    shard.allocate(allocator, 60_000);
    int[] words = {
      ExtentLayout.word(ExtentLayout.FREE, 1),
      ExtentLayout.word(ExtentLayout.BLOCKS, 0),
      ExtentLayout.word(ExtentLayout.BLOCKS, 200),
      ExtentLayout.word(ExtentLayout.RUN, 1),
      ExtentLayout.word(ExtentLayout.RUN, 3),
      ExtentLayout.word(ExtentLayout.RUN_INNER, 1),
      ExtentLayout.word(ExtentLayout.RUN_INNER, 0),
      ExtentLayout.word(ExtentLayout.RESERVED, 0),
      ExtentLayout.word(9, 0)
    };
    for (int word : words) {
      space.memory().putInt(RegionLayout.FIRST_TABLE, 8, word);
      assertEquals(1, allocator.report().problems().size(), Integer.toHexString(word));
    }
    space.memory().putInt(RegionLayout.FIRST_TABLE, 8, 0);
    space.memory().putLong(1 << 18, ExtentLayout.owner(2), 99);
    assertEquals(1, allocator.report().problems().size());
  }
}
