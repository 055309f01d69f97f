package io.tophash.core.alloc;

import static io.tophash.core.format.SpanLayout.PAGE_SHIFT;

import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;

/** The page words of all windows: which pages belong to which span. Stateless. */
final class PageTable {
  private final MappedMemory memory;
  private final int pagesPerWindowShift;

  PageTable(MappedMemory memory) {
    this.memory = memory;
    this.pagesPerWindowShift = Long.numberOfTrailingZeros(memory.windowBytes()) - PAGE_SHIFT;
  }

  long windowPages() {
    return 1L << pagesPerWindowShift;
  }

  /** First page of the window that the page lies in. */
  long windowStart(long page) {
    return page & -windowPages();
  }

  /** Pages of the header and of the table at the start of this window. */
  int reservedPages(long windowStart) {
    return SpanLayout.reservedPages(
        (int) (windowStart >>> pagesPerWindowShift), pagesPerWindowShift + PAGE_SHIFT);
  }

  /** Pages of the longest run that a window can hold, behind its table. */
  int maxRun() {
    return (int) windowPages() - reservedPages(windowPages());
  }

  private long wordPosition(long page) {
    long start = windowStart(page);
    int window = (int) (start >>> pagesPerWindowShift);
    return (start << PAGE_SHIFT) + SpanLayout.tableOffset(window) + 4 * (page - start);
  }

  // What the first pages of a window are is known: a damaged word must not give the header away.
  private int word(long page) {
    long start = windowStart(page);
    int reserved = reservedPages(start);
    int inWindow = (int) (page - start);
    if (inWindow < reserved) {
      return inWindow == 0
          ? SpanLayout.head(SpanLayout.CLASS_RESERVED, reserved)
          : SpanLayout.inner(inWindow);
    }
    return memory.getInt(wordPosition(page), 0);
  }

  /** The page's word if it is the head of a span, else 0. */
  int head(long page) {
    int word = word(page);
    return SpanLayout.isHead(word) ? word : 0;
  }

  /** First page of the span that the page belongs to, or -1 if the page is free. */
  long headPage(long page) {
    int word = word(page);
    if (SpanLayout.isHead(word)) {
      return page;
    }
    if (!SpanLayout.isInner(word)) {
      return -1;
    }
    long candidate = page - SpanLayout.count(word);
    if (candidate < 0) {
      return -1;
    }
    int head = head(candidate);
    return head != 0 && SpanLayout.count(head) > page - candidate ? candidate : -1;
  }

  boolean isFree(long page) {
    return headPage(page) < 0;
  }

  /** Number of pages from {@code page} to the end of its span; 1 for a free page. */
  int stride(long page) {
    int head = head(page);
    return head == 0 ? 1 : Math.max(1, SpanLayout.count(head));
  }

  /** Makes free pages of one window a span; the head word is the commit. */
  void putSpan(long page, int pages, int sizeClass) {
    long firstWord = wordPosition(page);
    for (int i = 1; i < pages; i++) {
      memory.putInt(firstWord, 4 * i, SpanLayout.inner(i));
    }
    CrashPoint.reached("span.filled");
    memory.putIntRelease(firstWord, 0, SpanLayout.head(sizeClass, pages));
    CrashPoint.reached("span.made");
  }

  /** Makes the pages of the header and of the table of a window a span that is never freed. */
  int reserve(long windowStart) {
    int reserved = reservedPages(windowStart);
    putSpan(windowStart, reserved, SpanLayout.CLASS_RESERVED);
    return reserved;
  }

  /** Frees the span that begins at this page. */
  void clearSpan(long page) {
    memory.putIntRelease(wordPosition(page), 0, 0);
  }

  /** Frees all pages from one to another of the same window. */
  void clearAll(long from, long to) {
    memory.zero(wordPosition(from), (int) (4 * (to - from)));
  }
}
