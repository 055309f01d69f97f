package io.tophash.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture of pages and spans, and the size classes. */
@Tag("contract")
class SpanLayoutTest {
  private static final int MAX_PAGES = (1 << 24) - 1;

  @Test
  void theConstantsAreThoseOfTheFormat() {
    assertEquals(14, SpanLayout.PAGE_SHIFT);
    assertEquals(16384, SpanLayout.PAGE_BYTES);
    assertEquals(0, SpanLayout.CLASS_LARGE);
    assertEquals(63, SpanLayout.CLASS_RESERVED);
    assertEquals(32768, SizeClasses.MAX_BLOCK_BYTES);
  }

  @Test
  void theBitsOfThePageWordsArePinned() {
    assertEquals(0x4000_0001, SpanLayout.head(0, 1));
    assertEquals(0x7F00_0012, SpanLayout.head(63, 18));
    assertEquals(0x4100_0000 | MAX_PAGES, SpanLayout.head(1, MAX_PAGES));
    assertEquals(0x8000_0007, SpanLayout.inner(7));
  }

  @Test
  void aHeadGivesBackItsClassAndItsPages() {
    for (int sizeClass = 0; sizeClass < 64; sizeClass++) {
      for (int pages : new int[] {1, 2, 255, 65536, MAX_PAGES}) {
        int word = SpanLayout.head(sizeClass, pages);
        assertTrue(SpanLayout.isHead(word));
        assertFalse(SpanLayout.isInner(word));
        assertEquals(sizeClass, SpanLayout.sizeClass(word));
        assertEquals(pages, SpanLayout.count(word));
      }
    }
  }

  @Test
  void anInnerPageGivesBackItsDistance() {
    for (int distance : new int[] {1, 2, 65535, MAX_PAGES}) {
      int word = SpanLayout.inner(distance);
      assertTrue(SpanLayout.isInner(word));
      assertFalse(SpanLayout.isHead(word));
      assertEquals(distance, SpanLayout.count(word));
    }
  }

  @Test
  void aFreePageIsNeitherHeadNorInner() {
    assertFalse(SpanLayout.isHead(0));
    assertFalse(SpanLayout.isInner(0));
  }

  @ParameterizedTest
  @CsvSource({"20,2,1", "24,2,1", "26,2,1", "27,3,2", "28,5,4", "30,17,16"})
  void theFirstPagesOfAWindowHoldItsTable(int windowShift, int inFirst, int inLater) {
    assertEquals(16384, SpanLayout.tableOffset(0));
    assertEquals(0, SpanLayout.tableOffset(1));
    assertEquals(inFirst, SpanLayout.reservedPages(0, windowShift));
    assertEquals(inLater, SpanLayout.reservedPages(1, windowShift));
    assertEquals(inLater, SpanLayout.reservedPages(4711, windowShift));
    long tableBytes = 4L << (windowShift - 14);
    assertTrue(16384 + tableBytes <= (long) inFirst << 14, "the table overlaps the first span");
    assertTrue(tableBytes <= (long) inLater << 14, "the table overlaps the first span");
  }

  @Test
  void everySizeGetsTheSmallestClassThatHoldsIt() {
    for (int bytes = 0; bytes <= SizeClasses.MAX_BLOCK_BYTES; bytes++) {
      int sizeClass = SizeClasses.of(bytes);
      assertTrue(sizeClass >= 1 && sizeClass < SizeClasses.count());
      int block = SizeClasses.blockBytes(sizeClass);
      int size = bytes;
      assertTrue(block >= bytes, () -> "too small for bytes=" + size);
      assertTrue(
          sizeClass == 1 || SizeClasses.blockBytes(sizeClass - 1) < bytes,
          () -> "a smaller class would hold bytes=" + size);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {32769, 65536, 1L << 31, 1L << 40})
  void whatIsLargerGetsPagesOfItsOwn(long bytes) {
    assertEquals(SpanLayout.CLASS_LARGE, SizeClasses.of(bytes));
  }

  @Test
  void theStepsAreSixteenBytesThenAQuarterOfEachDoubling() {
    assertEquals(41, SizeClasses.count());
    assertTrue(SizeClasses.count() <= SpanLayout.CLASS_RESERVED);
    for (int c = 1; c <= 8; c++) {
      assertEquals(16 * c, SizeClasses.blockBytes(c));
    }
    for (int c = 9; c < SizeClasses.count(); c++) {
      int before = SizeClasses.blockBytes(c - 1);
      assertEquals(before + Integer.highestOneBit(before) / 4, SizeClasses.blockBytes(c));
    }
    assertEquals(SizeClasses.MAX_BLOCK_BYTES, SizeClasses.blockBytes(SizeClasses.count() - 1));
  }

  @Test
  void atMostAFifthOfABlockIsUnused() {
    for (int bytes = 1; bytes <= SizeClasses.MAX_BLOCK_BYTES; bytes++) {
      int unused = SizeClasses.blockBytes(SizeClasses.of(bytes)) - bytes;
      int size = bytes;
      assertTrue(unused < 16 || unused * 5 < bytes + unused, () -> "bytes=" + size);
    }
  }

  @Test
  void aSpanHoldsItsBitmapAndItsBlocksWithLittleWaste() {
    for (int c = 1; c < SizeClasses.count(); c++) {
      int span = SizeClasses.spanPages(c) * SpanLayout.PAGE_BYTES;
      int blocks = SizeClasses.blockCount(c);
      int used = SizeClasses.bitmapBytes(c) + blocks * SizeClasses.blockBytes(c);
      int sizeClass = c;
      assertTrue(blocks >= 1);
      assertTrue(used <= span, () -> "the blocks overrun the span, class=" + sizeClass);
      assertTrue(SizeClasses.bitmapBytes(c) * 8 >= blocks, () -> "bitmap, class=" + sizeClass);
      assertEquals(0, SizeClasses.bitmapBytes(c) % 16);
      assertEquals(0, SizeClasses.blockBytes(c) % 16);
      int unused = span - blocks * SizeClasses.blockBytes(c);
      assertTrue(unused * 8 <= span, () -> "waste, class=" + sizeClass);
      assertTrue(SizeClasses.spanPages(c) <= 16, "a span fits the smallest window");
    }
  }
}
