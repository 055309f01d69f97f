package io.tophash.core.table;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.memory.MappedMemory;
import java.util.BitSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Compares the blocks that are reachable with those that are allocated. One walk tells whether they
 * agree; only if not, the windows are looked at one by one, for which the heap has a bit per 16
 * bytes of a window.
 */
final class BlockComparison {
  private final BlockAllocator allocator;
  private final MappedMemory memory;
  private final TableVerifier.Sink sink;
  // Order-free sums over the positions of reachable and of allocated blocks: equal sets, equal
  // sums.
  private long reachableSum;
  private long reachableCount;

  BlockComparison(TableContext context, TableVerifier.Sink sink) {
    this.allocator = context.allocator;
    this.memory = context.memory;
    this.sink = sink;
  }

  /** Takes a block that something refers to. */
  void reached(long block) {
    reachableCount++;
    reachableSum += mix(block);
    if (!allocator.isAllocated(block)) {
      sink.accept("block", block, "it is in use but not allocated");
    }
  }

  private static long mix(long position) {
    long z = position * 0x9E3779B97F4A7C15L;
    return z ^ (z >>> 32);
  }

  /**
   * Compares them, when all were {@link #reached}.
   *
   * @param walk passes all reachable blocks again
   */
  void run(Consumer<LongConsumer> walk) {
    long[] allocated = new long[2];
    allocator.forEachBlock(
        block -> {
          allocated[0]++;
          allocated[1] += mix(block);
        });
    if (allocated[0] == reachableCount && allocated[1] == reachableSum) {
      return;
    }
    for (long start = 0; start < allocator.limitBytes(); start += memory.windowBytes()) {
      compareWindow(start, walk);
    }
  }

  private void compareWindow(long start, Consumer<LongConsumer> walk) {
    long end = start + memory.windowBytes();
    BitSet used = new BitSet((int) (memory.windowBytes() >>> 4));
    walk.accept(
        block -> {
          if (block >= start && block < end) {
            int granule = (int) (block - start >>> 4);
            if (used.get(granule)) {
              sink.accept("block", block, "two references lead to it");
            }
            used.set(granule);
          }
        });
    allocator.forEachBlock(
        block -> {
          if (block >= start && block < end && !used.get((int) (block - start >>> 4))) {
            sink.accept("block", block, "it is allocated but nothing refers to it");
          }
        });
  }
}
