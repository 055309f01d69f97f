package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.CLAIMED;
import static io.tophash.sync.format.ExtentLayout.CLOSING;
import static io.tophash.sync.format.ExtentLayout.FREE;
import static io.tophash.sync.format.ExtentLayout.RESERVED;
import static io.tophash.sync.format.ExtentLayout.RUN;
import static io.tophash.sync.format.ExtentLayout.RUN_INNER;
import static io.tophash.sync.format.ExtentLayout.SPARE;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.ExtentLayout.kind;
import static io.tophash.sync.format.RegionLayout.EXTENT_BYTES;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.LaneLayout;
import io.tophash.sync.format.OwnerWord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongBinaryOperator;
import java.util.function.LongConsumer;

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

  private void forEachOwner(int extent, int units, LongConsumer owners) {
    table.map(extent);
    for (int block = 0; block < ExtentLayout.blockCount(units); block++) {
      owners.accept(memory.getLongAcquire(ExtentTable.position(extent), ExtentLayout.owner(block)));
    }
  }

  /** Shows the owner word and the size of each block of an extent that holds some, or is a run. */
  private void forEachOwner(int extent, LongBinaryOperator owners) {
    int word = table.word(extent);
    if (ExtentBlocks.hasBlocks(word)) {
      int units = ExtentBlocks.unitsOf(extent, word);
      long bytes = (long) units << ExtentLayout.UNIT_SHIFT;
      forEachOwner(extent, units, owner -> owners.applyAsLong(owner, bytes));
    } else if (ExtentRuns.isRun(word)) {
      table.map(extent);
      long owner = memory.getLongAcquire(ExtentTable.position(extent), ExtentLayout.owner(0));
      owners.applyAsLong(owner, runBytes(extent, word));
    }
  }

  private long runBytes(int extent, int word) {
    int length = ExtentLayout.low(word);
    if (kind(word) != RUN) {
      long mark = memory.getLong(ExtentTable.position(extent), ExtentLayout.MARK);
      length = ExtentLayout.markedLength(mark);
    }
    return BlockSizes.runBytes(length);
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

  /** Number of extents of the reserve. */
  public int spareExtents() {
    int[] count = {0};
    forEachExtent(extent -> count[0] += kind(table.word(extent)) == SPARE ? 1 : 0);
    return count[0];
  }

  /** Size of all blocks in use. */
  public long usedBytes() {
    long[] used = {0};
    forEachBlock((position, bytes, ownerId) -> used[0] += bytes);
    return used[0];
  }

  /** Size of all free extents, those of the reserve too, and of all blocks that can be taken. */
  public long freeBytes() {
    long reuseBelow = table.epochs.reuseBelow();
    long[] free = {0};
    forEachExtent(
        extent -> {
          free[0] += ExtentReserve.isEmpty(table.word(extent)) ? EXTENT_BYTES : 0;
          forEachOwner(
              extent,
              (owner, bytes) -> free[0] += OwnerWord.isTakeable(owner, reuseBelow) ? bytes : 0);
        });
    return free[0];
  }

  /** Size of all blocks that are free, but that a checkpoint may still name. */
  public long quarantinedBytes() {
    long reuseBelow = table.epochs.reuseBelow();
    long[] quarantined = {0};
    forEachExtent(
        extent ->
            forEachOwner(
                extent,
                (owner, bytes) ->
                    quarantined[0] += OwnerWord.isQuarantined(owner, reuseBelow) ? bytes : 0));
    return quarantined[0];
  }

  /** True if a block is quarantined that was freed below this number. */
  public boolean hasQuarantined(long below) {
    long reuseBelow = table.epochs.reuseBelow();
    boolean[] has = {false};
    forEachExtent(
        extent ->
            forEachOwner(
                extent,
                (owner, bytes) -> {
                  has[0] |=
                      OwnerWord.isQuarantined(owner, reuseBelow)
                          && OwnerWord.freedIn(owner) < below;
                  return 0;
                }));
    return has[0];
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
                  if (OwnerWord.isUsed(owner)) {
                    visitor.block(position[0], bytes, OwnerWord.owner(owner));
                  }
                  position[0] += bytes;
                });
          } else if (ExtentRuns.isRun(word)) {
            forEachOwner(
                extent,
                (owner, bytes) -> {
                  if (OwnerWord.isUsed(owner)) {
                    long position = base + ExtentLayout.UNIT_BYTES;
                    visitor.block(position, bytes, OwnerWord.owner(owner));
                  }
                  return 0;
                });
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
          } else {
            forEachOwner(extent, (owner, bytes) -> check(problems, extent, owner));
            checkMark(problems, extent, word);
          }
        });
    return problems;
  }

  private boolean isPossible(int extent, int word) {
    int low = ExtentLayout.low(word);
    int index = extent & table.perWindow() - 1;
    switch (kind(word)) {
      case FREE:
      case SPARE:
        return low == 0;
      case ExtentLayout.BLOCKS:
        return low <= ExtentLayout.UNITS && BlockSizes.isSize(low);
      case ExtentLayout.CLOSING:
        return ExtentRuns.isRun(word) || BlockSizes.isSize(ExtentLayout.units(word));
      case CLAIMED:
        return true;
      case RUN:
        return low >= 2
            && index + low <= table.perWindow()
            && (!isUsedRun(extent)
                || table.word(extent + low - 1) == ExtentLayout.word(RUN_INNER, low - 1));
      case RUN_INNER:
        return low >= 1
            && low < index
            && kind(table.word(extent - low)) == RUN
            && ExtentLayout.low(table.word(extent - low)) > low;
      default:
        return false;
    }
  }

  /** False for a run of which a killed process may have given some extents back. */
  private boolean isUsedRun(int extent) {
    table.map(extent);
    long owner = memory.getLongAcquire(ExtentTable.position(extent), ExtentLayout.owner(0));
    return !OwnerWord.isTakeable(owner, table.epochs.reuseBelow());
  }

  private static long check(List<String> problems, int extent, long owner) {
    if (owner != 0
        && (OwnerWord.owner(owner) < 0
            || OwnerWord.owner(owner) > LaneLayout.OWNER
            || OwnerWord.freedIn(owner) != 0
                && OwnerWord.freedIn(owner) <= OwnerWord.bornIn(owner))) {
      add(problems, extent, "impossible owner word 0x" + Long.toHexString(owner));
    }
    return 0;
  }

  private void checkMark(List<String> problems, int extent, int word) {
    long position = ExtentTable.position(extent);
    long id = table.epochs.storeId();
    boolean isRun = ExtentRuns.isRun(word);
    if (isRun || ExtentBlocks.hasBlocks(word)) {
      table.map(extent);
      long wanted =
          isRun
              ? ExtentLayout.runMark(id, position, ExtentLayout.low(word))
              : ExtentLayout.mark(id, position, ExtentLayout.units(word));
      if (memory.getLong(position, ExtentLayout.MARK) != wanted && kind(word) != CLOSING) {
        add(problems, extent, "the mark does not say what the extent is");
      }
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
