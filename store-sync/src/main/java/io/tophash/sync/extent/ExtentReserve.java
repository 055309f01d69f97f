package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.BLOCKS;
import static io.tophash.sync.format.ExtentLayout.FREE;
import static io.tophash.sync.format.ExtentLayout.SPARE;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.ExtentLayout.kind;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.sync.format.ExtentLayout;

/**
 * The reserve: extents that are written and kept for <i>exchanges</i>, which are allocations after
 * which a block of at least the same size is freed. So a sealed segment can be copied, and one with
 * deleted entries rebuilt, however full the file is. Why so few extents are enough is argued in
 * docs/durability.md, "The reserve".
 *
 * <p>Other allocations of blocks for segments are refused while the reserve is not complete: they
 * would use up what the exchanges have given back. One word of the file says whether it is: a
 * version, which whoever takes of the reserve moves on, and the bit "complete", which whoever has
 * counted the spare extents sets by a compare-and-set, so that nobody says it of an older count.
 *
 * <p>Thread-safe, lock-free.
 */
final class ExtentReserve {
  /** Units of the largest block that a segment is meant to have. */
  static final int SEGMENT_UNITS = 63;

  /** So many blocks for segments an extent of the reserve has at least. */
  private static final int BLOCKS_EACH = 4;

  /** Rounds in a row that kept an extent without one more being there: the file is damaged. */
  private static final int MAX_IDLE = 1_000;

  private final ExtentTable table;
  private final ExtentClaims claims;
  private final ExtentSearch search;
  // Sizes of blocks, by units, that the reserve was complete for when it was counted last.
  private volatile boolean[] known = new boolean[ExtentLayout.UNITS + 1];
  private volatile Thread user;

  ExtentReserve(ExtentTable table, ExtentClaims claims, ExtentSearch search) {
    this.table = table;
    this.claims = claims;
    this.search = search;
  }

  /** Extents that a store with blocks of these sizes keeps. */
  private static int needed(boolean[] sizes) {
    int small = 0;
    int large = 0;
    for (int units = 0; units < sizes.length; units++) {
      if (sizes[units]) {
        small += units <= SEGMENT_UNITS ? 1 : 0;
        large += units <= SEGMENT_UNITS ? 0 : 1;
      }
    }
    return 1 + small / BLOCKS_EACH + large;
  }

  /**
   * Sees to it that the reserve is complete, before an allocation that is no exchange.
   *
   * @param units size of the block that is wanted, 0 of a run
   * @throws StoreFullException if it is not and cannot be made so
   */
  void ensure(int units) {
    long word = table.epochs.reserve();
    boolean isForSegments = units != 0 && units <= SEGMENT_UNITS;
    // A larger block takes nothing of what exchanges have given back.
    if (isForSegments
        ? !Epochs.isReserveComplete(word) || !known[units]
        : !Epochs.wasReserveComplete(word)) {
      complete(units);
    }
  }

  /**
   * Before an exchange: what has become free since others took of the reserve belongs to that, and
   * must not become blocks of one size for good.
   */
  void refill() {
    long before = table.epochs.reserve();
    if (Epochs.isReserveComplete(before) || !Epochs.wasReserveComplete(before)) {
      return;
    }
    Count count = new Count(0);
    for (int i = 0; i < MAX_IDLE && count.spares < needed(count.sizes) && count.free != 0; i++) {
      table.keep(count.free);
      count = new Count(0);
    }
    if (count.spares >= needed(count.sizes) && table.epochs.setReserveComplete(before)) {
      known = count.sizes;
    }
  }

  private void complete(int units) {
    int most = 0;
    int idle = 0;
    while (true) {
      long before = table.epochs.reserve();
      Count count = new Count(units);
      idle = count.spares > most ? 0 : idle + 1;
      most = Math.max(most, count.spares);
      if (idle > MAX_IDLE) {
        throw new CorruptStoreException(
            "extents", 0, "extents that are kept for the reserve are not found there");
      }
      if (count.spares >= needed(count.sizes)) {
        if (table.epochs.setReserveComplete(before)) {
          known = count.sizes;
          return;
        }
      } else if (count.free != 0) {
        table.keep(count.free);
      } else {
        claims.openSpare(search.nextUnready());
      }
    }
  }

  /** One pass over the state words. */
  private final class Count {
    final boolean[] sizes = new boolean[ExtentLayout.UNITS + 1];
    int spares;
    int free; // the first one, 0 if there is none

    Count(int units) {
      sizes[units] = units != 0;
      for (int window = 0; window < table.windowCount(); window++) {
        if (table.isOpen(window)) {
          int first = table.firstOf(window);
          for (int extent = first + 1; extent < first + table.perWindow(); extent++) {
            add(extent, table.word(extent));
          }
        }
      }
    }

    private void add(int extent, int word) {
      switch (kind(word)) {
        case SPARE -> spares++;
        case FREE -> free = free == 0 ? extent : free;
        case BLOCKS -> sizes[ExtentBlocks.unitsOf(extent, word)] = true;
        default -> {
          // Of a claim comes one of these, or it is nobody's business.
        }
      }
    }
  }

  /** Lets the exchanges of this thread take of the reserve while an action runs. */
  void use(Runnable action) {
    user = Thread.currentThread();
    try {
      action.run();
    } finally {
      user = null;
    }
  }

  /** True if this thread may take of the reserve. */
  boolean isUser() {
    return user == Thread.currentThread();
  }

  /**
   * Takes a block of a spare extent.
   *
   * @return its position; 0 if there is no such extent
   */
  long take(int units, int ownerId, long note) {
    int size = units;
    boolean[] sizes = new Count(units).sizes;
    for (int larger = units + 1; larger <= SEGMENT_UNITS; larger++) {
      size = sizes[larger] ? larger : size; // as large as any segment has it, so all can use it
    }
    for (int window = 0; window < table.windowCount(); window++) {
      int first = table.firstOf(window);
      for (int i = 1; table.isOpen(window) && i < table.perWindow(); i++) {
        int word = table.word(first + i);
        if (kind(word) == SPARE && claims.openForBlocks(first + i, word, size)) {
          CrashPoint.reached("reserve.taken");
          long position = search.takeFrom(first + i, size, ownerId, note);
          if (position != 0) {
            return position;
          }
        }
      }
    }
    return 0;
  }

  /**
   * Moves the spare extents towards the start of the file, for its only user, before its end is cut
   * off.
   */
  void moveDown() {
    int free = 1;
    for (int extent = table.extentCount() - 1; extent > 0; extent--) {
      if (isKind(extent, SPARE)) {
        while (free < extent && !isKind(free, FREE)) {
          free++;
        }
        if (free >= extent) {
          return;
        }
        table.compareAndSet(free, ExtentLayout.word(FREE, 0), ExtentLayout.word(SPARE, 0));
        CrashPoint.reached("reserve.moved");
        table.compareAndSet(extent, ExtentLayout.word(SPARE, 0), ExtentLayout.word(FREE, 0));
      }
    }
  }

  private boolean isKind(int extent, int kind) {
    return !table.isFirst(extent)
        && table.isOpen(table.window(extent))
        && kind(table.word(extent)) == kind;
  }

  /** True if the extent can be taken for whatever is wanted, or is kept. */
  static boolean isEmpty(int word) {
    return kind(word) == FREE || kind(word) == UNREADY || kind(word) == SPARE;
  }
}
