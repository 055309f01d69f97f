package io.tophash.core.alloc;

import static io.tophash.core.format.SpanLayout.PAGE_BYTES;
import static io.tophash.core.format.SpanLayout.PAGE_SHIFT;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.format.SizeClasses;
import io.tophash.core.format.SpanLayout;
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
  private final MappedMemory memory;
  private final PagePool pages;
  private final PageTable table;
  private final SpanBlocks blocks;
  private final SmallBlocks small;

  /** Attaches to the allocator of a store that was formatted. */
  public BlockAllocator(StoreFile file, MappedMemory memory) {
    this.memory = memory;
    this.pages = new PagePool(file, memory);
    this.table = pages.table();
    this.blocks = new SpanBlocks(memory);
    this.small = new SmallBlocks(memory, pages, blocks);
  }

  /** Makes the allocator's structures in a new file. */
  public static void format(StoreFile file, MappedMemory memory) {
    PagePool.format(file, memory);
  }

  /** Reads anew what the file says; hints are forgotten, or were checked all along. */
  public void reload() {
    pages.reload();
  }

  /** Gives what a close has left behind the last page back to the file system. */
  public void cutTail() {
    pages.cutTail();
  }

  /** Bytes of the file that are in use or may be handed out without growing it. */
  public long limitBytes() {
    return pages.limitBytes();
  }

  /** How far references may lead. */
  public Reach reach() {
    return pages.reach();
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
        : small.allocate(sizeClass, note);
  }

  /** Forgets which spans blocks are taken from: the next ones come from the lowest free pages. */
  public void beginLow() {
    small.releaseEmptySpans();
    small.forgetSpans();
  }

  /** Makes a new span for blocks of this size, so that they do not go where others of it are. */
  public void beginSpan(long bytes) {
    if (!isLarge(bytes)) {
      small.beginSpan(sizeClass(bytes));
    }
  }

  /** True if a block of this size has pages of its own. */
  public boolean isLarge(long bytes) {
    return sizeClass(bytes) == SpanLayout.CLASS_LARGE;
  }

  /** Where a row of {@link #allocateBelow} has looked so far. */
  public long[] newSearch() {
    return new long[SizeClasses.count()];
  }

  /**
   * As {@link #allocate}, but only in the file as it is, and lower than a block of the same size.
   *
   * @param block that block, allocated
   * @param search from {@link #newSearch}, for one row of calls
   * @return 0 if there is no such place
   */
  public long allocateBelow(long block, long bytes, int note, long[] search) {
    int sizeClass = sizeClass(bytes);
    if (sizeClass != SpanLayout.CLASS_LARGE) {
      return small.allocateBelow(sizeClass, pages.headPage(block >>> PAGE_SHIFT), note, search);
    }
    int count = pagesFor(bytes);
    long page = pages.findFree(count);
    return page < 0 || page << PAGE_SHIFT >= block ? 0 : makeLarge(page, count, note, 0);
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

  private long allocateLarge(int count, int note, long zeroBytes) {
    return makeLarge(pages.findOrExtend(count), count, note, zeroBytes);
  }

  private long makeLarge(long page, int count, int note, long zeroBytes) {
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
    small.free(page, sizeClass, block);
    return true;
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
    small.freedAll();
  }

  /**
   * Gives free pages at the end of the file back to the file system.
   *
   * @param inUse nothing below this position is cut off, whatever the page table says: a damaged
   *     one must not take the file away from under its bucket array
   */
  public void trim(long inUse) {
    small.releaseEmptySpans();
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
}
