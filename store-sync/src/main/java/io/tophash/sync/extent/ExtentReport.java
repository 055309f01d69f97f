package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.CLAIMED;
import static io.tophash.sync.format.ExtentLayout.FREE;
import static io.tophash.sync.format.ExtentLayout.RESERVED;
import static io.tophash.sync.format.ExtentLayout.RUN;
import static io.tophash.sync.format.ExtentLayout.RUN_INNER;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.ExtentLayout.kind;
import static io.tophash.sync.format.RegionLayout.EXTENT_BYTES;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * What the extents say, for statistics and the verifier. Each figure is read anew, from all tables
 * and headers; while others work it is that of no one moment.
 *
 * <p>Reads only. Thread-safe, wait-free.
 */
public final class ExtentReport {
  private static final int MAX_PROBLEMS = 100;

  private final ExtentTable table;
  private final MappedMemory memory;

  ExtentReport(ExtentTable table) {
    this.table = table;
    this.memory = table.memory;
  }

  /** For one who only reads the file. */
  public ExtentReport(Space space) {
    this(new ExtentTable(space));
  }

  private void forEachExtent(IntConsumer extents) {
    for (int window = 0; window < table.windowCount(); window++) {
      if (table.isOpen(window)) {
        int first = table.firstOf(window);
        for (int extent = first + 1; extent < first + table.perWindow(); extent++) {
          if (kind(table.word(extent)) != UNREADY) {
            extents.accept(extent);
          }
        }
      }
    }
  }

  private void forEachOwner(int extent, int units, IntConsumer owners) {
    table.map(extent);
    for (int block = 0; block < ExtentLayout.blockCount(units); block++) {
      owners.accept(memory.getIntAcquire(ExtentTable.position(extent), ExtentLayout.owner(block)));
    }
  }

  /** Number of extents that are in the file, the reserved ones included. */
  public long extentCount() {
    long[] count = {0};
    forEachExtent(extent -> count[0]++);
    for (int window = 0; window < table.windowCount(); window++) {
      count[0] += table.isOpen(window) ? 1 : 0;
    }
    return count[0];
  }

  /** End of the last extent that is in use. */
  public long endOfUsed() {
    long[] end = {EXTENT_BYTES};
    forEachExtent(
        extent -> {
          if (kind(table.word(extent)) != FREE) {
            end[0] = ExtentTable.position(extent) + EXTENT_BYTES;
          }
        });
    return end[0];
  }

  /** Size of all blocks in use. */
  public long usedBytes() {
    long[] used = {0};
    forEachBlock((position, bytes, ownerId) -> used[0] += bytes);
    return used[0];
  }

  /** Size of all free extents and of all free blocks. */
  public long freeBytes() {
    long[] free = {0};
    forEachExtent(
        extent -> {
          int word = table.word(extent);
          if (kind(word) == FREE) {
            free[0] += EXTENT_BYTES;
          } else if (ExtentBlocks.hasBlocks(word)) {
            int units = ExtentBlocks.unitsOf(extent, word);
            long bytes = (long) units << ExtentLayout.UNIT_SHIFT;
            forEachOwner(extent, units, owner -> free[0] += owner == 0 ? bytes : 0);
          }
        });
    return free[0];
  }

  /** Shows all blocks in use, in the order of their positions. */
  public void forEachBlock(BlockVisitor visitor) {
    forEachExtent(
        extent -> {
          int word = table.word(extent);
          long base = ExtentTable.position(extent);
          if (ExtentBlocks.hasBlocks(word)) {
            int units = ExtentBlocks.unitsOf(extent, word);
            long[] position = {base + ExtentLayout.UNIT_BYTES};
            long bytes = (long) units << ExtentLayout.UNIT_SHIFT;
            forEachOwner(
                extent,
                units,
                owner -> {
                  if (owner != 0) {
                    visitor.block(position[0], bytes, owner - 1);
                  }
                  position[0] += bytes;
                });
          } else if (kind(word) == RUN) {
            table.map(extent);
            visitor.block(
                base + ExtentLayout.UNIT_BYTES,
                BlockSizes.runBytes(ExtentLayout.low(word)),
                memory.getIntAcquire(base, ExtentLayout.owner(0)) - 1);
          }
        });
  }

  /**
   * What cannot be so while nobody else works and all repairs are done; the first hundred problems.
   * Claims are none: they may be those of a stopped process.
   */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (int window = 0; window < table.windowCount(); window++) {
      int word = table.windowWord(window);
      if (word != ExtentLayout.word(RESERVED, 0) && kind(word) != CLAIMED) {
        add(problems, table.firstOf(window), word);
      }
    }
    forEachExtent(
        extent -> {
          int word = table.word(extent);
          if (!isPossible(extent, word)) {
            add(problems, extent, word);
          } else if (ExtentBlocks.hasBlocks(word)) {
            forEachOwner(extent, ExtentLayout.units(word), owner -> check(problems, extent, owner));
          } else if (kind(word) == RUN) {
            table.map(extent);
            long base = ExtentTable.position(extent);
            check(problems, extent, memory.getIntAcquire(base, ExtentLayout.owner(0)));
          }
        });
    return problems;
  }

  private boolean isPossible(int extent, int word) {
    int low = ExtentLayout.low(word);
    int index = extent & table.perWindow() - 1;
    switch (kind(word)) {
      case FREE:
        return word == ExtentLayout.word(FREE, 0);
      case ExtentLayout.BLOCKS:
        return low <= ExtentLayout.UNITS && BlockSizes.isSize(low);
      case ExtentLayout.CLOSING:
        return BlockSizes.isSize(ExtentLayout.units(word));
      case CLAIMED:
        return true;
      case RUN:
        return low >= 2
            && index + low <= table.perWindow()
            && table.word(extent + low - 1) == ExtentLayout.word(RUN_INNER, low - 1);
      case RUN_INNER:
        return low >= 1
            && low < index
            && kind(table.word(extent - low)) == RUN
            && ExtentLayout.low(table.word(extent - low)) > low;
      default:
        return false;
    }
  }

  private static void check(List<String> problems, int extent, int owner) {
    if (owner < 0 || owner > 1 << RegionLayout.MAX_SHARD_SHIFT) {
      add(problems, extent, "impossible owner " + owner);
    }
  }

  private static void add(List<String> problems, int extent, int word) {
    add(problems, extent, "impossible state word 0x" + Integer.toHexString(word));
  }

  private static void add(List<String> problems, int extent, String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add("extent at position=" + ExtentTable.position(extent) + ": " + problem);
    }
  }
}
