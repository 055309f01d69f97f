package io.tophash.sync.extent;

import static io.tophash.sync.format.RegionLayout.EXTENT_BYTES;
import static io.tophash.sync.format.RegionLayout.EXTENT_SHIFT;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.RegionLayout;

/**
 * The state words of the extents. Each change is one compare-and-set of one word, which is volatile
 * and so comes after all that its process did before.
 *
 * <p>The words of the windows' first extents stand together in the first window and say which
 * windows have a table. They become used in order, and none is ever {@code UNREADY} again while
 * others have the file open: all words behind the first such one are that too.
 *
 * <p>Thread-safe, wait-free.
 */
final class ExtentTable {
  final MappedMemory memory;
  final Space space;
  final Epochs epochs;
  final Quarantine quarantine = new Quarantine();
  private final int windowShift;
  private final int perWindow;
  // Number of window words known to be used: never more than there are.
  private volatile int usedWindows = 1;

  ExtentTable(Space space) {
    this.space = space;
    this.memory = space.memory();
    this.epochs = new Epochs(memory);
    this.windowShift = Long.numberOfTrailingZeros(memory.windowBytes());
    this.perWindow = 1 << windowShift - EXTENT_SHIFT;
  }

  /** Number of extents in a window, the reserved one included. */
  int perWindow() {
    return perWindow;
  }

  /** Position of an extent. */
  static long position(int extent) {
    return (long) extent << EXTENT_SHIFT;
  }

  /** Window of an extent. */
  int window(int extent) {
    return extent >>> windowShift - EXTENT_SHIFT;
  }

  /** Reserved extent of a window. */
  int firstOf(int window) {
    return window << windowShift - EXTENT_SHIFT;
  }

  /** True for the reserved extents. */
  boolean isFirst(int extent) {
    return (extent & perWindow - 1) == 0;
  }

  // --- windows -----------------------------------------------------------------------------------

  /** Number of windows that are there or being made. */
  int windowCount() {
    int count = usedWindows;
    if (count < RegionLayout.MAX_WINDOWS && windowWord(count) != 0) {
      do {
        count++;
      } while (count < RegionLayout.MAX_WINDOWS && windowWord(count) != 0);
      usedWindows = count;
    }
    return count;
  }

  /** For the only user of the file, after it has taken windows away. */
  void recountWindows() {
    usedWindows = 1;
  }

  /** Index behind the last extent that has a state word. */
  int extentCount() {
    return windowCount() * perWindow;
  }

  /** State word of a window's reserved extent. */
  int windowWord(int window) {
    return memory.getIntVolatile(RegionLayout.WINDOWS, 4 * window);
  }

  /** Changes it. */
  boolean compareAndSetWindow(int window, int expected, int word) {
    return memory.compareAndSetInt(RegionLayout.WINDOWS, 4 * window, expected, word);
  }

  /** True if a window has a table; maps it then. */
  boolean isOpen(int window) {
    if (windowWord(window) != ExtentLayout.word(ExtentLayout.RESERVED, 0)) {
      return false;
    }
    map(firstOf(window));
    return true;
  }

  // --- extents -----------------------------------------------------------------------------------

  /** Maps an extent whose state word says, or said, that it is in the file. */
  void map(int extent) {
    long end = position(extent) + EXTENT_BYTES;
    if (memory.mappedBytes() < end) {
      space.mapped(end);
    }
  }

  private int wordOffset(int extent) {
    return RegionLayout.tableOffset(window(extent)) + 4 * (extent & perWindow - 1);
  }

  /** State word of an extent that is not the first of its window, which is open. */
  int word(int extent) {
    return memory.getIntVolatile(position(firstOf(window(extent))), wordOffset(extent));
  }

  /** Changes it. */
  boolean compareAndSet(int extent, int expected, int word) {
    long base = position(firstOf(window(extent)));
    return memory.compareAndSetInt(base, wordOffset(extent), expected, word);
  }

  /** Makes a free extent one of the reserve, if it still is free. */
  void keep(int extent) {
    int free = ExtentLayout.word(ExtentLayout.FREE, 0);
    compareAndSet(extent, free, ExtentLayout.word(ExtentLayout.SPARE, 0));
  }

  /**
   * The extent of a position that was read from the file.
   *
   * @throws CorruptStoreException if no block can be there
   */
  int extentOf(long position) {
    long extent = position >>> EXTENT_SHIFT;
    if (extent >= extentCount()
        || (position & ExtentLayout.UNIT_BYTES - 1) != 0
        || isFirst((int) extent)
        || !isOpen(window((int) extent))) {
      throw new CorruptStoreException("extent table", position, "no block can be here");
    }
    return (int) extent;
  }
}
