package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.RUN_INNER;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.ExtentLayout.kind;

import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.RegionLayout;

/** The end of the file: what is free there can be given up. */
public final class ExtentTail {
  private final ExtentTable table;
  private final ExtentSearch search;
  private final ExtentReserve reserve;

  ExtentTail(ExtentTable table, ExtentSearch search, ExtentReserve reserve) {
    this.table = table;
    this.search = search;
    this.reserve = reserve;
  }

  /**
   * Frees all extents in which no block is in use or named by a checkpoint. Who freed the last
   * block of one may have been gone when that became takeable. Lock-free; reads all headers.
   */
  public void giveBackEmpty() {
    for (int window = 0; window < table.windowCount(); window++) {
      if (table.isOpen(window)) {
        int first = table.firstOf(window);
        for (int extent = first + 1; extent < first + table.perWindow(); extent++) {
          search.giveBack(extent);
        }
      }
    }
  }

  /**
   * Gives up the free extents at the end, from the last one down; for a caller who has proved that
   * no other process and no other thread uses the file, with all repairs done.
   *
   * @return the new end, down to which the caller may cut the file
   */
  public long cut() {
    reserve.moveDown();
    int window = table.windowCount() - 1;
    try {
      for (; window >= 0; window--) {
        int first = table.firstOf(window);
        if (table.isOpen(window)) {
          for (int extent = first + table.perWindow() - 1; extent > first; extent--) {
            if (!cut(extent)) {
              return ExtentTable.position(extent + 1);
            }
          }
        }
        if (window > 0) {
          table.compareAndSetWindow(
              window, table.windowWord(window), ExtentLayout.word(UNREADY, 0));
        }
      }
    } finally {
      table.recountWindows();
      search.forget();
    }
    return RegionLayout.EXTENT_BYTES;
  }

  private boolean cut(int extent) {
    int word = table.word(extent);
    search.giveBack(kind(word) == RUN_INNER ? extent - ExtentLayout.low(word) : extent);
    word = table.word(extent);
    return ExtentClaims.isUnused(word)
        && table.compareAndSet(extent, word, ExtentLayout.word(UNREADY, 0));
  }
}
