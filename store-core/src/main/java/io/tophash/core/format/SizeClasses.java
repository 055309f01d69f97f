package io.tophash.core.format;

/**
 * The block sizes of the allocator: steps of 16 bytes up to 128, then four to each doubling. So of
 * a block either less than 16 bytes or less than a fifth is unused. Class 0 is the large block. The
 * number of pages of a span is the smallest that leaves no more than an eighth of it unused, as in
 * Go's mksizeclasses.
 */
public final class SizeClasses {
  /** Largest block that shares a span, in bytes. */
  public static final int MAX_BLOCK_BYTES = 32 << 10;

  private static final int[] BYTES = sizes();
  private static final int[] PAGES = new int[BYTES.length];
  private static final int[] BLOCKS = new int[BYTES.length];
  private static final int[] HEADER = new int[BYTES.length];

  static {
    for (int c = 1; c < BYTES.length; c++) {
      int pages = 0;
      int span;
      do {
        pages++;
        span = pages << SpanLayout.PAGE_SHIFT;
        HEADER[c] = headerBytes(span / BYTES[c]);
        BLOCKS[c] = (span - HEADER[c]) / BYTES[c];
      } while (span - BLOCKS[c] * BYTES[c] > span / 8);
      PAGES[c] = pages;
    }
  }

  private SizeClasses() {}

  private static int[] sizes() {
    int[] sizes = new int[62];
    int n = 1;
    for (int size = 16; size <= MAX_BLOCK_BYTES; n++) {
      sizes[n] = size;
      int step = Math.max(16, Integer.highestOneBit(size) / 4);
      size += step;
    }
    return java.util.Arrays.copyOf(sizes, n);
  }

  private static int headerBytes(int blocks) {
    return ((blocks + 63) / 64 * 8 + 15) & -16;
  }

  /** Number of classes, with class 0. */
  public static int count() {
    return BYTES.length;
  }

  /** The class of the smallest block that holds {@code bytes}; 0 for a large block. */
  public static int of(long bytes) {
    if (bytes > MAX_BLOCK_BYTES) {
      return SpanLayout.CLASS_LARGE;
    }
    if (bytes <= 128) {
      return bytes <= 16 ? 1 : (int) (bytes + 15) / 16;
    }
    int b = (int) bytes - 1;
    int log = 31 - Integer.numberOfLeadingZeros(b);
    // Class 8 is 128 B; four classes for each power of two from there.
    return 8 + (log - 7) * 4 + (b >>> (log - 2) & 3) + 1;
  }

  /** Size of a block of this class. */
  public static int blockBytes(int sizeClass) {
    return BYTES[sizeClass];
  }

  /** Pages of a span of this class. */
  public static int spanPages(int sizeClass) {
    return PAGES[sizeClass];
  }

  /** Blocks of a span of this class. */
  public static int blockCount(int sizeClass) {
    return BLOCKS[sizeClass];
  }

  /** Size of the bitmap in front of the blocks. */
  public static int bitmapBytes(int sizeClass) {
    return HEADER[sizeClass];
  }
}
