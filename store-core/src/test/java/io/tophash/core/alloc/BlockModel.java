package io.tophash.core.alloc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.memory.HeapBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** The live blocks of an allocator on the heap, each filled with a pattern of its own. */
final class BlockModel {
  private record Block(int bytes, long pattern) {}

  private final AllocatorFixture fixture;
  private final TreeMap<Long, Block> blocks = new TreeMap<>();
  private final List<Long> positions = new ArrayList<>();
  private final byte[] expected = new byte[1 << 20];
  private final byte[] seen = new byte[1 << 20];
  private long nextPattern = 1;
  private long liveBytes;

  BlockModel(AllocatorFixture fixture) {
    this.fixture = fixture;
  }

  int size() {
    return positions.size();
  }

  /** Sum of the bytes that were asked for. */
  long liveBytes() {
    return liveBytes;
  }

  /** Takes in a block that was just allocated: checks where it lies and fills it. */
  void add(long position, int bytes) {
    assertEquals(0, position % 16, "not aligned");
    assertTrue(position >= 0 && position + bytes <= fixture.allocator.limitBytes(), "the limit");
    assertTrue(fixture.allocator.limitBytes() <= fixture.file.length(), "not in the file");
    long windowBytes = fixture.memory.windowBytes();
    long last = position + Math.max(1, bytes) - 1;
    assertEquals(position / windowBytes, last / windowBytes, "straddles two windows");
    Map.Entry<Long, Block> before = blocks.floorEntry(position);
    assertTrue(before == null || before.getKey() + before.getValue().bytes <= position, "overlap");
    Map.Entry<Long, Block> after = blocks.higherEntry(position);
    assertTrue(after == null || position + bytes <= after.getKey(), "overlap");
    Block block = new Block(bytes, nextPattern++);
    assertNull(blocks.put(position, block), "allocated twice");
    positions.add(position);
    liveBytes += bytes;
    fill(block);
    fixture.memory.putBytes(position, expected, 0, bytes);
  }

  private void fill(Block block) {
    long pattern = block.pattern * 0x9E3779B97F4A7C15L;
    for (int i = 0; i < (block.bytes + 7 & -8); i += 8) {
      HeapBytes.putLong(expected, i, pattern + i);
    }
  }

  private void check(long position, Block block) {
    fill(block);
    assertTrue(
        fixture.memory.sameBytes(position, expected, block.bytes),
        () -> "overwritten, position=" + position + " bytes=" + block.bytes);
    assertTrue(fixture.allocator.isAllocated(position));
    long room = fixture.allocator.blockBytes(position);
    assertTrue(room >= block.bytes, "too small");
    Long next = blocks.higherKey(position);
    assertTrue(next == null || position + room <= next, "the room of two blocks overlaps");
  }

  /** Forgets a random block, whose bytes must be as they were written; returns its position. */
  long remove(Random random) {
    int i = random.nextInt(positions.size());
    long position = positions.get(i);
    positions.set(i, positions.get(positions.size() - 1));
    positions.remove(positions.size() - 1);
    Block block = blocks.get(position);
    check(position, block);
    blocks.remove(position);
    liveBytes -= block.bytes;
    return position;
  }

  void clear() {
    blocks.clear();
    positions.clear();
    liveBytes = 0;
  }

  /** Compares everything that the allocator says with what it must be. */
  void checkAll() {
    List<Long> walked = new ArrayList<>();
    fixture.allocator.forEachBlock(walked::add);
    assertArrayEquals(blocks.keySet().toArray(), walked.toArray(), "blocks in the file");
    blocks.forEach(this::check);
    long limit = fixture.allocator.limitBytes();
    assertTrue(liveBytes + fixture.allocator.freeBytes() <= limit, "more free than there is");
    Random random = new Random(liveBytes);
    for (int i = 0; i < 200; i++) {
      long position = (long) (random.nextDouble() * 1.1 * limit) & (i % 2 == 0 ? -16 : -1);
      boolean allocated = blocks.containsKey(position);
      assertEquals(allocated, fixture.allocator.isAllocated(position), "position=" + position);
      assertEquals(allocated, fixture.allocator.blockBytes(position) > 0);
    }
    assertFalse(fixture.allocator.isAllocated(-16));
    assertFalse(fixture.allocator.isAllocated(Long.MIN_VALUE));
    assertFalse(fixture.allocator.isAllocated(Long.MAX_VALUE & -16));
  }

  /** Checks that the first bytes of a block that is not in the model yet are zero. */
  void assertZero(long position, int bytes) {
    fixture.memory.getBytes(position, seen, 0, bytes);
    for (int i = 0; i < bytes; i++) {
      assertEquals(0, seen[i], "not zero");
    }
  }
}
