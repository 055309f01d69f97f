package io.tophash.core.alloc;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SizeClasses;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import java.util.Arrays;

/**
 * The blocks of the size classes: chooses the span that the next one is taken from, and gives a
 * span back when it is empty. The bitmaps are the only truth; what is kept for each class, here and
 * in the header, are hints, on which only speed depends.
 */
final class SmallBlocks {
  /** Page heads that a search for a span with free blocks looks at. */
  private static final int SPAN_SEARCH_LIMIT = 1024;

  /** Spans of the right class that it looks into; each may be a cache miss. */
  private static final int SPAN_PROBE_LIMIT = 8;

  private final MappedMemory memory;
  private final PagePool pages;
  private final PageTable table;
  private final SpanBlocks blocks;
  // Per class: the page of the span that blocks are taken from (0: none); the page of a span where
  // a block was freed lately; where the last search ended.
  private final long[] current = new long[SizeClasses.count()];
  private final long[] lastFreed = new long[SizeClasses.count()];
  private final long[] searchFrom = new long[SizeClasses.count()];

  SmallBlocks(MappedMemory memory, PagePool pages, SpanBlocks blocks) {
    this.memory = memory;
    this.pages = pages;
    this.table = pages.table();
    this.blocks = blocks;
  }

  /** Allocates a block; its position is noted before. */
  long allocate(int sizeClass, int note) {
    long page = current[sizeClass];
    int block = page == 0 ? -1 : blocks.firstFree(page, sizeClass);
    if (block < 0) {
      page = spanWithRoom(sizeClass);
      block = blocks.firstFree(page, sizeClass);
      current[sizeClass] = page;
    }
    return take(page, sizeClass, block, note);
  }

  /**
   * Allocates the lowest free block below a span, in a new span if the pages there are free.
   *
   * @param search per class, the page from which on a block may be free; moved on
   * @return 0 if there is none
   */
  long allocateBelow(int sizeClass, long spanPage, int note, long[] search) {
    long page = search[sizeClass];
    int count = SizeClasses.spanPages(sizeClass);
    while (page < spanPage && !hasRoom(page, sizeClass) && !pages.isFreeRun(page, count)) {
      page += table.stride(page);
    }
    search[sizeClass] = page;
    if (page < spanPage && table.isFree(page)) {
      makeSpan(page, sizeClass);
    }
    return page >= spanPage ? 0 : take(page, sizeClass, blocks.firstFree(page, sizeClass), note);
  }

  private long take(long page, int sizeClass, int block, int note) {
    long position = SpanBlocks.position(page, sizeClass, block);
    memory.putLongRelease(0, note, position);
    CrashPoint.reached("block.noted");
    blocks.set(page, block, true);
    CrashPoint.reached("block.allocated");
    addFree(sizeClass, -1);
    return position;
  }

  private long spanWithRoom(int sizeClass) {
    long freed = lastFreed[sizeClass];
    lastFreed[sizeClass] = 0;
    if (freed != 0 && hasRoom(freed, sizeClass)) {
      return freed;
    }
    // Worth a search only if a good part of the class is free.
    if (free(sizeClass) > total(sizeClass) / 16) {
      long found = searchSpan(sizeClass);
      if (found != 0) {
        return found;
      }
    }
    try {
      return newSpan(sizeClass);
    } catch (StoreFullException e) {
      long found = free(sizeClass) > 0 ? searchAllSpans(sizeClass) : 0;
      if (found == 0) {
        throw e;
      }
      return found;
    }
  }

  /** A span of the class with a free block, or 0: for when the file cannot grow. */
  private long searchAllSpans(int sizeClass) {
    for (long page = 0; page < pages.limit(); page += table.stride(page)) {
      if (hasRoom(page, sizeClass)) {
        return page;
      }
    }
    return 0;
  }

  private boolean hasRoom(long page, int sizeClass) {
    int head = table.head(page);
    return head != 0
        && SpanLayout.sizeClass(head) == sizeClass
        && blocks.firstFree(page, sizeClass) >= 0;
  }

  private long searchSpan(int sizeClass) {
    long page = searchFrom[sizeClass];
    int probes = 0;
    for (int looked = 0; looked < SPAN_SEARCH_LIMIT && probes < SPAN_PROBE_LIMIT; looked++) {
      if (page >= pages.limit()) {
        page = 0;
      }
      int head = table.head(page);
      long next = page + table.stride(page);
      if (head != 0 && SpanLayout.sizeClass(head) == sizeClass) {
        probes++;
        if (blocks.firstFree(page, sizeClass) >= 0) {
          searchFrom[sizeClass] = next;
          return page;
        }
      }
      page = next;
    }
    searchFrom[sizeClass] = page;
    return 0;
  }

  private long newSpan(int sizeClass) {
    long page = pages.findOrExtend(SizeClasses.spanPages(sizeClass));
    makeSpan(page, sizeClass);
    return page;
  }

  private void makeSpan(long page, int sizeClass) {
    int count = SizeClasses.spanPages(sizeClass);
    pages.clean(page, count, SizeClasses.bitmapBytes(sizeClass));
    pages.makeSpan(page, count, sizeClass);
    addTotal(sizeClass, SizeClasses.blockCount(sizeClass));
    addFree(sizeClass, SizeClasses.blockCount(sizeClass));
  }

  /** Frees an allocated block of the span that begins at this page. */
  void free(long page, int sizeClass, int block) {
    blocks.set(page, block, false);
    CrashPoint.reached("block.freed");
    addFree(sizeClass, 1);
    if (current[sizeClass] != page) {
      if (blocks.isEmpty(page, sizeClass)) {
        releaseSpan(page, sizeClass);
      } else {
        lastFreed[sizeClass] = page;
      }
    }
  }

  private void releaseSpan(long page, int sizeClass) {
    if (lastFreed[sizeClass] == page) {
      lastFreed[sizeClass] = 0;
    }
    pages.freeSpan(page);
    addTotal(sizeClass, -SizeClasses.blockCount(sizeClass));
    addFree(sizeClass, -SizeClasses.blockCount(sizeClass));
  }

  /** Gives the spans back that blocks are taken from, as far as they are empty. */
  void releaseEmptySpans() {
    for (int c = 1; c < current.length; c++) {
      long page = current[c];
      if (page != 0 && blocks.isEmpty(page, c)) {
        current[c] = 0;
        releaseSpan(page, c);
      }
    }
  }

  /** The next block of the class comes from a new span. */
  void beginSpan(int sizeClass) {
    current[sizeClass] = newSpan(sizeClass);
  }

  /** Forgets the hints. */
  void forgetSpans() {
    Arrays.fill(current, 0);
    Arrays.fill(lastFreed, 0);
    Arrays.fill(searchFrom, 0);
  }

  /** Every span was freed. */
  void freedAll() {
    forgetSpans();
    memory.zero(HeaderLayout.CLASS_COUNTS, 16 * SizeClasses.count());
  }

  private static int counts(int sizeClass) {
    return HeaderLayout.CLASS_COUNTS + 16 * sizeClass;
  }

  private long free(int sizeClass) {
    return memory.getLong(0, counts(sizeClass));
  }

  private long total(int sizeClass) {
    return memory.getLong(0, counts(sizeClass) + 8);
  }

  private void addFree(int sizeClass, int blocks) {
    memory.putLong(0, counts(sizeClass), free(sizeClass) + blocks);
  }

  private void addTotal(int sizeClass, int blocks) {
    memory.putLong(0, counts(sizeClass) + 8, total(sizeClass) + blocks);
  }
}
