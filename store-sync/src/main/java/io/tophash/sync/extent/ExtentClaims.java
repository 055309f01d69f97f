package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.BLOCKS;
import static io.tophash.sync.format.ExtentLayout.CLAIMED;
import static io.tophash.sync.format.ExtentLayout.CLOSING;
import static io.tophash.sync.format.ExtentLayout.FREE;
import static io.tophash.sync.format.ExtentLayout.MAYBE_ROOM;
import static io.tophash.sync.format.ExtentLayout.RESERVED;
import static io.tophash.sync.format.ExtentLayout.SPARE;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.ExtentLayout.kind;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.ProcessLayout;
import io.tophash.sync.format.RegionLayout;
import java.util.concurrent.locks.LockSupport;

/**
 * Claims: an extent, or a window's table, that one process has for itself for a moment. While that
 * process lives nobody else touches it; so others go round it, and a stopped process costs them
 * nothing but the extent. What a dead one has claimed is put back by whoever meets it:
 *
 * <ul>
 *   <li>{@code CLAIMED} becomes {@code UNREADY}, which is always true: the next one to take the
 *       extent writes it with zeros, whatever it was before;
 *   <li>{@code CLOSING} becomes {@code BLOCKS}, or {@code RUN}, what it was. How long the run was
 *       says the mark in its first extent, which stands there until that is free.
 * </ul>
 *
 * <p>The claim of a window's table is taken over as it is, so that the window words stay in order.
 *
 * <p>Thread-safe, lock-free.
 */
final class ExtentClaims {
  private static final int WAITS = 50;
  private static final long WAIT_NANOS = 200_000;

  private final ExtentTable table;
  private final MappedMemory memory;
  private final Claimants claimants;
  private final int claim;
  private volatile int outwaited; // window that was waited for in vain

  ExtentClaims(ExtentTable table, Claimants claimants) {
    this.table = table;
    this.memory = table.memory;
    this.claimants = claimants;
    this.claim = ExtentLayout.claimed(claimants.slot(), claimants.incarnation());
  }

  /** This process's claim. All its threads use the same word, and each knows which are its own. */
  int claim() {
    return claim;
  }

  /** This process's word for an extent that it looks through. */
  int closing(int units) {
    return ExtentLayout.closing(units, claimants.slot(), claimants.incarnation());
  }

  /** True if the word is a claim of a process that is dead for certain. */
  boolean isDead(int word) {
    int slot = ExtentLayout.slot(word);
    if (slot >= RegionLayout.PROCESS_COUNT) {
      return true;
    }
    // The word has some bits of the incarnation only. A claim of a living process is always one of
    // the incarnation that stands in its row.
    long incarnation =
        memory.getLongVolatile(RegionLayout.process(slot), ProcessLayout.INCARNATION);
    return !ExtentLayout.isOfIncarnation(word, incarnation)
        || !claimants.isAlive(slot, incarnation);
  }

  /** Puts back the claim of a dead process. */
  void recover(int extent, int word) {
    table.compareAndSet(extent, word, recovered(extent, word));
    table.epochs.reserveTaken(); // it may have been of the reserve
  }

  private int recovered(int extent, int word) {
    if (kind(word) == CLAIMED) {
      return ExtentLayout.word(UNREADY, 0);
    }
    if (ExtentLayout.units(word) != 0) {
      return ExtentLayout.word(BLOCKS, ExtentLayout.units(word)) | MAYBE_ROOM;
    }
    table.map(extent);
    long mark = memory.getLong(ExtentTable.position(extent), ExtentLayout.MARK);
    return ExtentLayout.word(ExtentLayout.RUN, ExtentLayout.markedLength(mark));
  }

  /** True if the word is a claim of any kind. */
  static boolean isClaim(int word) {
    return kind(word) == CLAIMED || kind(word) == CLOSING;
  }

  /**
   * Takes an extent for blocks. The header is zeroed and marked under the claim, so all its blocks
   * are free when the state word says that there are any.
   *
   * @param word FREE, UNREADY, or of an exchange SPARE
   * @return false if somebody else was faster
   * @throws StoreFullException if the extent is not in the file and there is no room for it
   */
  boolean openForBlocks(int extent, int word, int units) {
    if (!table.compareAndSet(extent, word, claim)) {
      return false;
    }
    int next = word;
    try {
      if (kind(word) == SPARE) {
        table.epochs.reserveTaken(); // killed before this: so says who puts the claim back
      }
      if (kind(word) == UNREADY) {
        CrashPoint.reached("extent.claimed");
        table.space.ready(ExtentTable.position(extent), RegionLayout.EXTENT_BYTES);
        table.epochs.putFull(false);
      } else {
        table.map(extent);
        memory.zero(ExtentTable.position(extent), ExtentLayout.UNIT_BYTES);
      }
      long position = ExtentTable.position(extent);
      long mark = ExtentLayout.mark(table.epochs.storeId(), position, units);
      memory.putLong(position, ExtentLayout.MARK, mark);
      next = ExtentLayout.word(BLOCKS, units) | MAYBE_ROOM;
    } finally {
      table.compareAndSet(extent, claim, next);
    }
    return true;
  }

  /**
   * Makes an extent that was not written yet one of the reserve. Nothing happens if somebody else
   * was faster.
   *
   * @throws StoreFullException if it is not in the file and there is no room for it
   */
  void openSpare(int extent) {
    int unready = ExtentLayout.word(UNREADY, 0);
    if (!table.compareAndSet(extent, unready, claim)) {
      return;
    }
    int next = unready;
    try {
      CrashPoint.reached("reserve.claimed");
      table.space.ready(ExtentTable.position(extent), RegionLayout.EXTENT_BYTES);
      next = ExtentLayout.word(SPARE, 0);
    } finally {
      table.compareAndSet(extent, claim, next);
    }
  }

  /**
   * Makes the table of one more window.
   *
   * @throws StoreFullException if there is no room for it
   */
  void openWindow() {
    for (int window = 1; window < RegionLayout.MAX_WINDOWS; window++) {
      int word = table.windowWord(window);
      // To make yet another window beside one that is being made costs a window of file length, so
      // it is worth a wait; but a stopped process must not make it a long one.
      if (window != outwaited && kind(word) == CLAIMED && !isDead(word)) {
        word = awaitWindow(window, word);
        if (kind(word) == RESERVED) {
          return;
        }
      }
      if (kind(word) == UNREADY || kind(word) == CLAIMED && isDead(word)) {
        if (table.compareAndSetWindow(window, word, claim)) {
          makeTable(window);
        }
        return; // or somebody else makes one
      }
    }
    throw new StoreFullException(
        "the store has as many windows as there can be, windows="
            + RegionLayout.MAX_WINDOWS
            + " windowBytes="
            + memory.windowBytes());
  }

  private int awaitWindow(int window, int claimed) {
    int word = claimed;
    for (int i = 0; i < WAITS && word == claimed; i++) {
      LockSupport.parkNanos(WAIT_NANOS);
      word = table.windowWord(window);
    }
    if (word == claimed) {
      outwaited = window;
    }
    return word;
  }

  private void makeTable(int window) {
    int next = ExtentLayout.claimed(ExtentLayout.NOBODY, 0);
    try {
      long position = ExtentTable.position(table.firstOf(window));
      table.space.ready(position, RegionLayout.EXTENT_BYTES);
      next = ExtentLayout.word(RESERVED, 0);
    } finally {
      table.compareAndSetWindow(window, claim, next);
    }
  }

  /** Puts back all claims of a process that is dead for certain. */
  void recoverAll(int slot, long incarnation) {
    for (int window = 0; window < table.windowCount(); window++) {
      if (table.isOpen(window)) {
        int first = table.firstOf(window);
        for (int extent = first + 1; extent < first + table.perWindow(); extent++) {
          int word = table.word(extent);
          if (isClaim(word)
              && ExtentLayout.slot(word) == slot
              && ExtentLayout.isOfIncarnation(word, incarnation)) {
            recover(extent, word);
          }
        }
      }
    }
  }

  /** True if the extent can be taken as it is. */
  static boolean isUnused(int word) {
    return kind(word) == FREE || kind(word) == UNREADY;
  }
}
