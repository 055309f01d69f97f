package io.tophash.sync.extent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.ShardLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A shard as the allocator sees it: the notes are in the file; the links are a list here, which
 * stands for the directory. Each block is filled with marks that nobody else writes.
 */
final class TestShard {
  static final int[] NOTES = {
    ShardLayout.NEW_BLOCK_0,
    ShardLayout.NEW_BLOCK_1,
    ShardLayout.NEW_DIRECTORY,
    ShardLayout.NEW_LARGE,
    ShardLayout.OLD_BLOCK_0,
    ShardLayout.OLD_BLOCK_1,
    ShardLayout.OLD_DIRECTORY,
    ShardLayout.OLD_LARGE
  };

  private static final int[] COARSE = {
    85 << 10, 127 << 10, 85 << 10, 255 << 10, 127 << 10, 400_000, 60_000, 700_000, 1024
  };

  /** A linked block. */
  record Block(long position, long bytes, long mark) {}

  final int id;
  final List<Block> linked = new ArrayList<>();
  int markStep = 512;
  private final MappedMemory memory;
  private long marks;

  TestShard(TestSpace space, int id) {
    this.memory = space.memory();
    this.id = id;
  }

  long note(int field) {
    return RegionLayout.shard(id) + field;
  }

  /** Allocates, fills and links a block; false if there is no room. */
  boolean allocate(ExtentAllocator allocator, long bytes) {
    return allocate(allocator, bytes, Long.MAX_VALUE, (int) (marks % 4));
  }

  boolean allocate(ExtentAllocator allocator, long bytes, long limit, int noteIndex) {
    long note = note(NOTES[noteIndex]);
    long position;
    try {
      position =
          limit == Long.MAX_VALUE
              ? allocator.allocate(bytes, id, note)
              : allocator.allocateBelow(limit, bytes, id, note);
    } catch (StoreFullException e) {
      assertEquals(0, memory.getLong(note, 0));
      return false;
    }
    assertEquals(position, memory.getLong(note, 0));
    if (position == 0) {
      return false;
    }
    long got = allocator.sizeOf(position);
    assertTrue(got >= bytes && got >= 1024, () -> "asked " + bytes + " got " + got);
    assertTrue(position + got <= limit);
    Block block = new Block(position, got, (long) id << 32 | ++marks);
    for (long at = position; at < position + got; at += markStep) {
      memory.putLong(at, 0, ~block.mark());
      memory.putLong(at, 8, 0); // where a stray owner word would go unnoticed otherwise
      memory.putLong(at, 504, block.mark());
    }
    linked.add(block);
    memory.putLongRelease(note, 0, 0);
    return true;
  }

  void free(ExtentAllocator allocator, int index) {
    Block block = linked.get(index);
    check(allocator, block);
    int field = NOTES[4 + (int) (block.mark() % 4)];
    memory.putLongRelease(note(field), 0, block.position());
    linked.set(index, linked.get(linked.size() - 1));
    linked.remove(linked.size() - 1);
    allocator.free(block.position(), id, note(field));
    assertEquals(0, memory.getLong(note(field), 0));
  }

  void freeAll(ExtentAllocator allocator) {
    while (!linked.isEmpty()) {
      free(allocator, linked.size() - 1);
    }
  }

  /** One random step. */
  void step(ExtentAllocator allocator, Random random, int most, long maxBytes) {
    if (linked.size() >= most || !linked.isEmpty() && random.nextInt(5) < 2) {
      free(allocator, random.nextInt(linked.size()));
    } else {
      allocate(allocator, size(random, maxBytes));
    }
  }

  /** One random step with few sizes, of which few go into an extent, so that it is often full. */
  void coarseStep(ExtentAllocator allocator, Random random, int most) {
    if (linked.size() >= most || !linked.isEmpty() && random.nextInt(5) < 2) {
      free(allocator, random.nextInt(linked.size()));
    } else {
      allocate(allocator, COARSE[random.nextInt(COARSE.length)]);
    }
  }

  static long size(Random random, long maxBytes) {
    int bits = 64 - Long.numberOfLeadingZeros(maxBytes - 1);
    return 1
        + (long) (random.nextDouble() * Math.min(maxBytes, 1L << 6 + random.nextInt(bits - 5)));
  }

  private void check(ExtentAllocator allocator, Block block) {
    assertTrue(allocator.isOwned(block.position(), id), () -> "lost " + block + " of " + id);
    for (long at = block.position(); at < block.position() + block.bytes(); at += markStep) {
      assertEquals(~block.mark(), memory.getLong(at, 0), "overwritten at " + at);
      assertEquals(0, memory.getLong(at, 8), "overwritten at " + at);
      assertEquals(block.mark(), memory.getLong(at, 504), "overwritten at " + at);
    }
  }

  void checkAll(ExtentAllocator allocator) {
    linked.forEach(block -> check(allocator, block));
  }

  /** What the repair does with the notes. */
  void repair(ExtentAllocator allocator) {
    for (int field : NOTES) {
      long position = memory.getLong(note(field), 0);
      if (linked.stream().anyMatch(block -> block.position() == position)) {
        memory.putLongRelease(note(field), 0, 0);
      } else {
        allocator.freeIfOwned(position, id, note(field));
      }
    }
  }
}
