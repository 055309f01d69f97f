package io.tophash.core.format;

/**
 * Pages and spans. The file is a row of pages; each window begins with a table of one int per page.
 * A span is a run of pages: either one large block, or a header with a bitmap and blocks of one
 * size class. The picture is in docs/format.md, "Pages and spans".
 *
 * <p>A page word is 0 (free), a head (first page of a span: class and number of pages) or an inner
 * page (distance to its head). Only heads count: an inner page whose head does not reach it is
 * free.
 */
public final class SpanLayout {
  /** log2 of the page size in bytes. */
  public static final int PAGE_SHIFT = 14;

  /** Page size in bytes. */
  public static final int PAGE_BYTES = 1 << PAGE_SHIFT;

  /** Class of a span that is one large block. */
  public static final int CLASS_LARGE = 0;

  /** Class of the header and of the page tables; never freed. */
  public static final int CLASS_RESERVED = 63;

  private static final int KIND_SHIFT = 30;
  private static final int KIND_HEAD = 1;
  private static final int KIND_INNER = 2;
  private static final int CLASS_SHIFT = 24;
  private static final int COUNT_MASK = (1 << CLASS_SHIFT) - 1;

  private SpanLayout() {}

  /** Word of a span's first page. */
  public static int head(int sizeClass, int pages) {
    return KIND_HEAD << KIND_SHIFT | sizeClass << CLASS_SHIFT | pages;
  }

  /** Word of a later page, {@code distance} pages behind the head. */
  public static int inner(int distance) {
    return KIND_INNER << KIND_SHIFT | distance;
  }

  /** True for the word of a span's first page. */
  public static boolean isHead(int word) {
    return word >>> KIND_SHIFT == KIND_HEAD;
  }

  /** True for the word of a later page. */
  public static boolean isInner(int word) {
    return word >>> KIND_SHIFT == KIND_INNER;
  }

  /** Size class of a head. */
  public static int sizeClass(int head) {
    return head >>> CLASS_SHIFT & 63;
  }

  /** Pages of a head; distance of an inner page. */
  public static int count(int word) {
    return word & COUNT_MASK;
  }

  /** Offset of the page table in its window: behind the header in the first one. */
  public static int tableOffset(int window) {
    return window == 0 ? PAGE_BYTES : 0;
  }

  /** Pages at the start of a window that hold the header and the page table. */
  public static int reservedPages(int window, int windowShift) {
    int tableBytes = 4 << (windowShift - PAGE_SHIFT);
    return (tableOffset(window) + tableBytes + PAGE_BYTES - 1) >>> PAGE_SHIFT;
  }
}
