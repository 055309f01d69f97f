package io.tophash.core.alloc;

import static io.tophash.core.format.SpanLayout.PAGE_BYTES;
import static io.tophash.core.format.SpanLayout.PAGE_SHIFT;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;

/**
 * The pages of the file: extends the file when {@link PageSearch} finds no run of free ones, makes
 * runs into spans. The head words of the page tables are the only truth; a span exists from the
 * store of its head word to the store of zero there.
 *
 * <p>What this object keeps on the heap are hints of constant size.
 */
final class PagePool {
  /** Pages by which the file grows at least (256 KiB), unless the size limit is nearer. */
  private static final int GROWTH_PAGES = 16;

  private final StoreFile file;
  private final WrittenEnd end;
  private final MappedMemory memory;
  private final PageTable table;
  private final PageSearch search;
  private final Reach reach;
  private long limit;
  private long freshPage;
  private long freePages;

  PagePool(StoreFile file, MappedMemory memory) {
    this.memory = memory;
    this.table = new PageTable(memory);
    this.search = new PageSearch(table);
    this.reach = new Reach(memory);
    this.file = file;
    this.end = new WrittenEnd(file, memory.getLong(0, HeaderLayout.LIMIT_PAGES) << PAGE_SHIFT);
    reload();
  }

  /** Reads anew what the header says. */
  void reload() {
    putLimit(memory.getLong(0, HeaderLayout.LIMIT_PAGES));
    freshPage = memory.getLong(0, HeaderLayout.FRESH_PAGE);
    freePages = Math.max(0, memory.getLong(0, HeaderLayout.FREE_PAGES));
    search.freedAll();
    if (limit < 1 || limit > file.length() >>> PAGE_SHIFT) {
      throw new CorruptStoreException(
          "header",
          HeaderLayout.LIMIT_PAGES,
          "the file was truncated, fileBytes=" + file.length() + " neededPages=" + limit);
    }
    if (freshPage < 1) {
      throw new CorruptStoreException(
          "header", HeaderLayout.FRESH_PAGE, "no such page, freshPage=" + freshPage);
    }
    if (memory.getLong(0, HeaderLayout.SUMS) != 0) {
      return; // its tail is what a close has left, until it is cut
    }
    checkTail(file.length() >>> PAGE_SHIFT);
    if (!file.isReadOnly()) {
      cutTail();
    }
  }

  /** What is behind the limit may be sparse, or hold old bytes, and would pass for zeros. */
  void cutTail() {
    end.cut(limitBytes());
  }

  /** What a killed process left behind the limit belongs to nobody. */
  private void checkTail(long filePages) {
    for (long page = limit; page < filePages; page++) {
      int head = table.head(page);
      if (head != 0 && SpanLayout.sizeClass(head) != SpanLayout.CLASS_RESERVED) {
        throw new CorruptStoreException(
            "header",
            HeaderLayout.LIMIT_PAGES,
            "a page behind the limit is in use, limit=" + limit + " page=" + page);
      }
    }
  }

  /** Makes the first window's reserved pages in a new file. */
  static void format(StoreFile file, MappedMemory memory) {
    PageTable table = new PageTable(memory);
    new WrittenEnd(file, 0).ensure((long) table.reservedPages(0) << PAGE_SHIFT);
    int reserved = table.reserve(0);
    memory.putLong(0, HeaderLayout.FRESH_PAGE, reserved);
    memory.putLongRelease(0, HeaderLayout.LIMIT_PAGES, reserved);
  }

  long limit() {
    return limit;
  }

  private void putLimit(long pages) {
    limit = pages;
    reach.putLimit(pages << PAGE_SHIFT);
  }

  long limitBytes() {
    return reach.limitBytes();
  }

  Reach reach() {
    return reach;
  }

  long freePages() {
    return freePages;
  }

  PageTable table() {
    return table;
  }

  /** First page of the span that the page belongs to, or -1 if it is free or not there. */
  long headPage(long page) {
    return page < 0 || page >= limit ? -1 : table.headPage(page);
  }

  /** True if so many pages from here on are free and lie in one window. */
  boolean isFreeRun(long page, int pages) {
    long end = page + pages;
    if (end > limit || table.windowStart(page) != table.windowStart(end - 1)) {
      return false;
    }
    while (page < end && table.isFree(page)) {
      page++;
    }
    return page == end;
  }

  /** First page of a run of free pages below the limit, or -1 if a bounded search found none. */
  long findFree(int pages) {
    return freePages < pages ? -1 : search.find(pages, limit);
  }

  /**
   * First page of a run of free pages; extends the file if a bounded search finds none.
   *
   * @throws StoreFullException if the file cannot grow and has no such run
   */
  long findOrExtend(int pages) {
    long page = findFree(pages);
    if (page >= 0) {
      return page;
    }
    try {
      return extend(pages);
    } catch (StoreFullException e) {
      // Only now is it worth to look everywhere.
      long anywhere = search.findAnywhere(pages, limit);
      if (anywhere < 0) {
        throw e;
      }
      return anywhere;
    }
  }

  /** Extends the file so that a run of this many pages is free, and returns its first page. */
  private long extend(int pages) {
    long start = runStart(pages);
    long runEnd = start + pages;
    long windowEnd = table.windowStart(start) + table.windowPages();
    long comfortable = Math.min(Math.max(runEnd, limit + GROWTH_PAGES), windowEnd);
    if (end.bytes() >>> PAGE_SHIFT < runEnd) {
      try {
        end.ensure(comfortable << PAGE_SHIFT);
      } catch (StoreFullException e) {
        end.ensure(runEnd << PAGE_SHIFT);
      }
    }
    long newLimit = Math.min(comfortable, end.bytes() >>> PAGE_SHIFT);
    end.ensure(newLimit << PAGE_SHIFT); // what was written ahead need not be mapped
    reserveTables(limit, runEnd);
    CrashPoint.reached("extend.written");
    freePages += newLimit - limit;
    putLimit(newLimit);
    memory.putLong(0, HeaderLayout.FREE_PAGES, freePages);
    memory.putLongRelease(0, HeaderLayout.LIMIT_PAGES, limit);
    CrashPoint.reached("extend.limited");
    return start;
  }

  /** One step of writing zeros ahead; true if {@link #extend} for this run needs to write none. */
  boolean extendStep(int pages) {
    return end.growStep(runStart(pages) + pages << PAGE_SHIFT);
  }

  // A run lies in one window, behind the window's page table, and begins with the free pages that
  // are already at the end of the file.
  private long runStart(int pages) {
    long start = limit;
    long windowPages = table.windowPages();
    while ((start & windowPages - 1) != 0 && limit - start < pages && table.isFree(start - 1)) {
      start--;
    }
    long room = windowPages - (start & windowPages - 1);
    if (room < pages) {
      start += room;
    }
    if ((start & windowPages - 1) == 0 && start > 0) {
      start += table.reservedPages(start);
    }
    return start;
  }

  private void reserveTables(long from, long to) {
    long windowPages = table.windowPages();
    long first = (from + windowPages - 1) & -windowPages;
    for (long page = first; page < to; page += windowPages) {
      freePages -= table.reserve(page);
    }
  }

  /**
   * Zeros the run if it may hold old bytes, and notes that it is no longer fresh.
   *
   * @param bytes how much of the run must be zero
   */
  void clean(long page, int pages, long bytes) {
    if (page < freshPage) {
      // In pages first: of a damaged file the number in the header may be any.
      long used = Math.min(bytes, Math.min(freshPage - page, pages) << PAGE_SHIFT);
      memory.zero(page << PAGE_SHIFT, Math.toIntExact(used));
    }
    touch(page, pages);
  }

  /** Notes that the run may be written from now on. */
  void touch(long page, int pages) {
    if (page + pages > freshPage) {
      freshPage = page + pages;
      memory.putLongRelease(0, HeaderLayout.FRESH_PAGE, freshPage);
      // What is written into the run must not come before: it would pass for zeros.
      MappedMemory.storeStoreFence();
    }
  }

  /** Makes a run of free pages a span; the head word is the commit. */
  void makeSpan(long page, int pages, int sizeClass) {
    table.putSpan(page, pages, sizeClass);
    freePages = Math.max(0, freePages - pages);
    memory.putLong(0, HeaderLayout.FREE_PAGES, freePages);
  }

  /** Frees a span. */
  void freeSpan(long page) {
    // The hint first: if a kill leaves it too high that costs a search, too low the pages.
    freePages += SpanLayout.count(table.head(page));
    memory.putLong(0, HeaderLayout.FREE_PAGES, freePages);
    table.clearSpan(page);
    // The pages may be written again from here on, also where a bitmap was.
    MappedMemory.storeStoreFence();
    CrashPoint.reached("span.freed");
    search.freed(page);
  }

  /** Frees every span; may be repeated after a kill. */
  void freeAll() {
    long free = 0;
    long windowPages = table.windowPages();
    for (long start = 0; start < limit; start += windowPages) {
      long from = start + table.reservedPages(start);
      long to = Math.min(limit, start + windowPages);
      if (to > from) {
        table.clearAll(from, to);
        free += to - from;
      }
    }
    freePages = free;
    search.freedAll();
    memory.putLong(0, HeaderLayout.FREE_PAGES, freePages);
  }

  /** Gives free pages at the end of the file, behind a position, back to the file system. */
  void trim(long inUse) {
    long lowest = inUse + PAGE_BYTES - 1 >>> PAGE_SHIFT;
    long page = limit;
    while (page > 0 && table.isFree(page - 1)) {
      page--;
    }
    page = Math.max(headEnd(page), Math.min(lowest, limit));
    if (page < limit) {
      freePages = Math.max(0, freePages - freeBehind(page));
      putLimit(page);
      search.freed(limit);
      memory.putLongRelease(0, HeaderLayout.LIMIT_PAGES, limit);
      memory.putLong(0, HeaderLayout.FREE_PAGES, freePages);
      CrashPoint.reached("trim.limit");
    }
    end.cut(limitBytes());
    CrashPoint.reached("trim.truncated");
    // Only now: what is cut off holds no zeros before it is gone.
    if (freshPage > limit) {
      freshPage = limit;
      memory.putLongRelease(0, HeaderLayout.FRESH_PAGE, freshPage);
    }
  }

  private long freeBehind(long page) {
    long windowPages = table.windowPages();
    long pages = limit - page;
    for (long w = page + windowPages - 1 & -windowPages; w < limit; w += windowPages) {
      pages -= table.reservedPages(w);
    }
    return pages;
  }

  // The table of a window stays with the window, so a window that holds nothing else goes whole.
  private long headEnd(long end) {
    long windowPages = table.windowPages();
    long page = end;
    while (page > windowPages
        && page - table.windowStart(page - 1) == table.reservedPages(windowPages)) {
      page = table.windowStart(page - 1);
      while (page > 0 && table.isFree(page - 1)) {
        page--;
      }
    }
    return page;
  }

  /** Bytes of a page run. */
  static long bytes(int pages) {
    return (long) pages * PAGE_BYTES;
  }
}
