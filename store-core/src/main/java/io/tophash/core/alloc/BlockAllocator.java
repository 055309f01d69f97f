package io.tophash.core.alloc;

import static io.tophash.core.format.SpanLayout.PAGE_BYTES;
import static io.tophash.core.format.SpanLayout.PAGE_SHIFT;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SizeClasses;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import java.util.function.LongConsumer;

/**
 * Blocks in the file, in the manner of Go's mspan: small blocks of one size class share a span with
 * a bitmap, large blocks have a span of their own.
 *
 * <p>The bitmaps and the head words of spans are the only truth: a block is allocated iff its bit
 * (a large block: its head word) is set, and each of these changes by one aligned store. Before
 * that store the position is noted in a word of the caller's choice in the header; so a kill
 * between allocation and first use leaves the note, and the next open frees the block. Everything
 * else (counters, cursors) are hints, on which only speed depends.
 *
 * <p>Not thread-safe. Amortised O(1); a search for free space is bounded, after which the file
 * grows.
 */
public final class BlockAllocator {
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

  /** Attaches to the allocator of a store that was formatted. */
  public BlockAllocator(StoreFile file, MappedMemory memory) {
    this.memory = memory;
    this.pages = new PagePool(file, memory);
    this.table = pages.table();
    this.blocks = new SpanBlocks(memory);
  }

  /** Makes the allocator's structures in a new file. */
  public static void format(MappedMemory memory) {
    PagePool.format(memory);
  }

  /** Bytes of the file that are in use or may be handed out without growing it. */
  public long limitBytes() {
    return pages.limitBytes();
  }

  /** Bytes of whole free pages below the limit; a hint after a kill. */
  public long freeBytes() {
    return pages.freePages() << PAGE_SHIFT;
  }

  /**
   * Allocates a block.
   *
   * @param bytes how many bytes it must hold at least
   * @param note position of the word that takes the block's position before it is allocated
   * @return its position, a multiple of 16; the bytes there are undefined
   * @throws StoreFullException if there is no room; nothing changed
   */
  public long allocate(long bytes, int note) {
    int sizeClass = sizeClass(bytes);
    return sizeClass == SpanLayout.CLASS_LARGE
        ? allocateLarge(pagesFor(bytes), note, 0)
        : allocateSmall(sizeClass, note);
  }

  /** As {@link #allocate}, and the first {@code bytes} of the block are zero. */
  public long allocateZeroed(long bytes, int note) {
    if (sizeClass(bytes) == SpanLayout.CLASS_LARGE) {
      return allocateLarge(pagesFor(bytes), note, bytes);
    }
    long block = allocate(bytes, note);
    memory.zero(block, (int) bytes);
    return block;
  }

  /**
   * One bounded step towards {@link #allocateZeroed} of a large block without a pause: writes a
   * piece of zeros behind the end of the file unless there is room already.
   *
   * @return true if the allocation needs to write no more to the file
   */
  public boolean prepareStep(long bytes) {
    int count = pagesFor(bytes);
    return sizeClass(bytes) != SpanLayout.CLASS_LARGE
        || pages.findFree(count) >= 0
        || pages.extendStep(count);
  }

  /** True if a large block of this size fits without growing the file. */
  public boolean hasFree(long bytes) {
    return pages.findFree(pagesFor(bytes)) >= 0;
  }

  // In a store with small windows a span of the class may be longer than a window.
  private int sizeClass(long bytes) {
    int sizeClass = SizeClasses.of(bytes);
    return SizeClasses.spanPages(sizeClass) <= table.maxRun() ? sizeClass : SpanLayout.CLASS_LARGE;
  }

  private int pagesFor(long bytes) {
    long count = (bytes + PAGE_BYTES - 1) >>> PAGE_SHIFT;
    if (count > table.maxRun()) {
      throw new StoreFullException(
          "no block of this size fits a window of the store; copy the entries to a store with larger"
              + " windows, bytes="
              + bytes
              + " windowBytes="
              + memory.windowBytes());
    }
    return (int) count;
  }

  private long findPages(int count) {
    long page = pages.findFree(count);
    if (page >= 0) {
      return page;
    }
    try {
      return pages.extend(count);
    } catch (StoreFullException e) {
      // Only now is it worth to look everywhere.
      long anywhere = pages.findFreeAnywhere(count);
      if (anywhere < 0) {
        throw e;
      }
      return anywhere;
    }
  }

  private long allocateLarge(int count, int note, long zeroBytes) {
    long page = findPages(count);
    if (zeroBytes > 0) {
      pages.clean(page, count, zeroBytes);
    } else {
      pages.touch(page, count);
    }
    long position = page << PAGE_SHIFT;
    memory.putLongRelease(0, note, position);
    pages.makeSpan(page, count, SpanLayout.CLASS_LARGE);
    return position;
  }

  private long allocateSmall(int sizeClass, int note) {
    long page = current[sizeClass];
    int block = page == 0 ? -1 : blocks.firstFree(page, sizeClass);
    if (block < 0) {
      page = spanWithRoom(sizeClass);
      block = blocks.firstFree(page, sizeClass);
      current[sizeClass] = page;
    }
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
    int count = SizeClasses.spanPages(sizeClass);
    long page = findPages(count);
    pages.clean(page, count, SizeClasses.bitmapBytes(sizeClass));
    pages.makeSpan(page, count, sizeClass);
    addTotal(sizeClass, SizeClasses.blockCount(sizeClass));
    addFree(sizeClass, SizeClasses.blockCount(sizeClass));
    return page;
  }

  /**
   * Frees a block.
   *
   * @throws CorruptStoreException if no allocated block begins at this position
   */
  public void free(long position) {
    if (!freeIfAllocated(position)) {
      throw new CorruptStoreException("block", position, "a block is freed that is not allocated");
    }
  }

  /** Frees the block that begins at this position if there is one; may be repeated. */
  public boolean freeIfAllocated(long position) {
    int block = locate(position);
    if (block < 0) {
      return false;
    }
    long page = pages.headPage(position >>> PAGE_SHIFT);
    int sizeClass = SpanLayout.sizeClass(table.head(page));
    if (sizeClass == SpanLayout.CLASS_LARGE) {
      pages.freeSpan(page);
      return true;
    }
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
    return true;
  }

  private void releaseSpan(long page, int sizeClass) {
    if (lastFreed[sizeClass] == page) {
      lastFreed[sizeClass] = 0;
    }
    pages.freeSpan(page);
    addTotal(sizeClass, -SizeClasses.blockCount(sizeClass));
    addFree(sizeClass, -SizeClasses.blockCount(sizeClass));
  }

  /** Number of the allocated block that begins exactly here, or -1. */
  private int locate(long position) {
    long page = pages.headPage(position >>> PAGE_SHIFT);
    if (page < 0) {
      return -1;
    }
    int sizeClass = SpanLayout.sizeClass(table.head(page));
    if (sizeClass == SpanLayout.CLASS_LARGE) {
      return position == page << PAGE_SHIFT ? 0 : -1;
    }
    if (sizeClass >= SizeClasses.count()) {
      return -1;
    }
    int block = SpanBlocks.number(page, sizeClass, position);
    return block >= 0 && blocks.isAllocated(page, block) ? block : -1;
  }

  /** True if an allocated block begins at this position. */
  public boolean isAllocated(long position) {
    return locate(position) >= 0;
  }

  /** Size of the allocated block that begins at this position, in bytes; 0 if there is none. */
  public long blockBytes(long position) {
    if (locate(position) < 0) {
      return 0;
    }
    int head = table.head(pages.headPage(position >>> PAGE_SHIFT));
    int sizeClass = SpanLayout.sizeClass(head);
    return sizeClass == SpanLayout.CLASS_LARGE
        ? PagePool.bytes(SpanLayout.count(head))
        : SizeClasses.blockBytes(sizeClass);
  }

  /** Frees all blocks at once; may be repeated after a kill. */
  public void freeAll() {
    pages.freeAll();
    java.util.Arrays.fill(current, 0);
    java.util.Arrays.fill(lastFreed, 0);
    java.util.Arrays.fill(searchFrom, 0);
    memory.zero(HeaderLayout.CLASS_COUNTS, 16 * SizeClasses.count());
  }

  /**
   * Gives free pages at the end of the file back to the file system.
   *
   * @param inUse nothing below this position is cut off, whatever the page table says: a damaged
   *     one must not take the file away from under its bucket array
   */
  public void trim(long inUse) {
    for (int c = 1; c < current.length; c++) {
      long page = current[c];
      if (page != 0 && blocks.isEmpty(page, c)) {
        current[c] = 0;
        releaseSpan(page, c);
      }
    }
    pages.trim(inUse);
  }

  /** Calls the consumer with the position of each allocated block, in the order of positions. */
  public void forEachBlock(LongConsumer consumer) {
    for (long page = 0; page < pages.limit(); page += table.stride(page)) {
      int head = table.head(page);
      int sizeClass = SpanLayout.sizeClass(head);
      if (head == 0 || sizeClass >= SizeClasses.count()) {
        continue;
      }
      if (sizeClass == SpanLayout.CLASS_LARGE) {
        consumer.accept(page << PAGE_SHIFT);
        continue;
      }
      for (int block = 0; block < SizeClasses.blockCount(sizeClass); block++) {
        if (blocks.isAllocated(page, block)) {
          consumer.accept(SpanBlocks.position(page, sizeClass, block));
        }
      }
    }
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
