package io.tophash.sync.extent;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;

/**
 * Which block a request gets: where it is looked for, in which order, and when the reserve is drawn
 * on. Lock-free, as {@link ExtentAllocator}.
 */
final class BlockChoice {
  private final MappedMemory memory;
  private final ExtentRuns runs;
  private final ExtentSearch search;
  private final ExtentReserve reserve; // null if none is kept

  BlockChoice(MappedMemory memory, ExtentRuns runs, ExtentSearch search, ExtentReserve reserve) {
    this.memory = memory;
    this.runs = runs;
    this.search = search;
    this.reserve = reserve;
  }

  /**
   * Takes a block.
   *
   * @param limit extent below which it must end; {@code Integer.MAX_VALUE} if there is none
   * @param exchanges true if the caller frees another one of its size afterwards
   * @param note where its position stands when this returns; 0 if there is none
   * @return its position, or 0
   */
  long take(int limit, long bytes, boolean exchanges, int ownerId, long note) {
    long position = 0;
    try {
      search.sweep();
      int units = BlockSizes.units(bytes);
      if (reserve != null && exchanges) {
        reserve.refill();
      } else if (reserve != null) {
        reserve.ensure(units);
      }
      position =
          units != 0
              ? takeBlock(limit, units, exchanges, ownerId, note)
              : takeRun(limit, (int) BlockSizes.runLength(bytes), ownerId, note);
    } catch (StoreFullException e) {
      memory.putLongRelease(note, 0, 0);
      throw e;
    }
    // Whatever else was thrown: a block may be taken, and the note is how it is found.
    if (position == 0) {
      memory.putLongRelease(note, 0, 0);
    }
    return position;
  }

  private long takeBlock(int limit, int units, boolean exchanges, int ownerId, long note) {
    if (limit != Integer.MAX_VALUE) {
      return search.takeBelow(limit, units, ownerId, note);
    }
    // An exchange that took a larger block beside one of its size that waits for a checkpoint would
    // leave fewer and fewer of the larger ones.
    if (reserve == null || !exchanges) {
      return search.take(units, ExtentLayout.UNITS, ownerId, note);
    }
    if (!reserve.isUser()) {
      return search.take(units, units, ownerId, note);
    }
    try {
      int largest = Math.max(units, ExtentReserve.SEGMENT_UNITS);
      return search.take(units, largest, ownerId, note);
    } catch (StoreFullException e) {
      long position = reserve.take(units, ownerId, note);
      // What is left is the room of large records.
      return position != 0 ? position : search.take(units, ExtentLayout.UNITS, ownerId, note);
    }
  }

  private long takeRun(int limit, int length, int ownerId, long note) {
    if (limit == Integer.MAX_VALUE) {
      return runs.take(length, ownerId, note);
    }
    try {
      return runs.takeBelow(limit, length, true, ownerId, note);
    } catch (StoreFullException e) {
      return runs.takeBelow(limit, length, false, ownerId, note);
    }
  }
}
