package io.tophash.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The functions over eight bytes at once, against a loop over single bytes. */
@Tag("contract")
class TophashTest {
  private static final int[] CODES = {0, 1, 2, 3, 4, 5, 6, 0x7E, 0x7F, 0x80, 0x81, 0xFE, 0xFF};

  /** Random words, and words of few different bytes that stand next to each other in value. */
  private static LongStream words() {
    Random random = new Random(7);
    LongStream uniform = random.longs(50_000);
    LongStream codes =
        LongStream.generate(
                () -> {
                  long word = 0;
                  for (int i = 0; i < 8; i++) {
                    word = word << 8 | CODES[random.nextInt(CODES.length)];
                  }
                  return word;
                })
            .limit(100_000);
    // A borrow or carry crosses bytes: each byte is the pattern or the pattern with its lowest or
    // highest bit flipped.
    LongStream neighbours =
        LongStream.generate(
                () -> {
                  long word = Tophash.broadcast(random.nextInt(256));
                  return word
                      ^ random.nextLong() & random.nextLong() & 0x0101_0101_0101_0101L
                      ^ random.nextLong() & random.nextLong() & 0x8080_8080_8080_8080L;
                })
            .limit(100_000);
    return LongStream.concat(uniform, LongStream.concat(codes, neighbours));
  }

  private static int byteAt(long word, int cell) {
    return (int) (word >>> 8 * cell & 0xFF);
  }

  @Test
  void theCodesAreThoseOfGo() {
    assertEquals(0, Tophash.EMPTY_REST);
    assertEquals(1, Tophash.EMPTY_ONE);
    assertEquals(2, Tophash.EVACUATED_X);
    assertEquals(3, Tophash.EVACUATED_Y);
    assertEquals(4, Tophash.EVACUATED_EMPTY);
    assertEquals(5, Tophash.MIN_TOPHASH);
  }

  @Test
  void theTophashIsTheTopByteMovedOutOfTheCodes() {
    for (int top = 0; top < 256; top++) {
      long hash = (long) top << 56 | 0x00AB_CDEF_0123_4567L;
      assertEquals(top < 5 ? top + 5 : top, Tophash.of(hash));
    }
  }

  @Test
  void broadcastPutsTheByteInEveryCell() {
    for (int top = 0; top < 256; top++) {
      long word = Tophash.broadcast(top);
      for (int cell = 0; cell < 8; cell++) {
        assertEquals(top, byteAt(word, cell));
      }
    }
  }

  @Test
  void matchMissesNoCellAndItsLowestHitIsTrue() {
    words()
        .forEach(
            word -> {
              for (int i = 0; i < 8; i++) {
                assertMatches(word, byteAt(word, i));
                assertMatches(word, byteAt(word, i) ^ 1);
                assertMatches(word, byteAt(word, i) ^ 0x80);
              }
            });
  }

  private static void assertMatches(long word, int top) {
    long hits = Tophash.match(word, Tophash.broadcast(top));
    assertEquals(0, hits & 0x7F7F_7F7F_7F7F_7F7FL);
    int lowest = -1;
    for (int cell = 7; cell >= 0; cell--) {
      if (byteAt(word, cell) == top) {
        lowest = cell;
        assertTrue((hits >>> 8 * cell + 7 & 1) == 1, () -> describe("missed", word, top));
      }
    }
    int first = hits == 0 ? -1 : Tophash.firstCell(hits);
    assertEquals(lowest, first, () -> describe("lowest hit", word, top));
  }

  private static String describe(String problem, long word, int top) {
    return problem + ", word=" + Long.toHexString(word) + " top=" + Integer.toHexString(top);
  }

  @Test
  void matchEmptyIsExact() {
    words()
        .forEach(
            word -> {
              long expected = 0;
              for (int cell = 0; cell < 8; cell++) {
                if (byteAt(word, cell) <= 1) {
                  expected |= 0x80L << 8 * cell;
                }
              }
              assertEquals(expected, Tophash.matchEmpty(word), () -> Long.toHexString(word));
            });
  }

  @Test
  void matchFullIsExactWhereNothingIsEvacuated() {
    words()
        .forEach(
            word -> {
              long expected = 0;
              long live = word;
              for (int cell = 0; cell < 8; cell++) {
                int top = byteAt(word, cell);
                if (top >= 2 && top <= 4) {
                  live ^= (long) (top ^ 5) << 8 * cell;
                }
                expected |= top >= 2 ? 0x80L << 8 * cell : 0;
              }
              assertEquals(expected, Tophash.matchFull(live));
            });
  }

  @Test
  void firstCellNamesTheLowestHit() {
    for (int cell = 0; cell < 8; cell++) {
      assertEquals(cell, Tophash.firstCell(0x80L << 8 * cell));
      assertEquals(cell, Tophash.firstCell(0x8080_8080_8080_8080L << 8 * cell));
    }
  }

  @Test
  void withChangesOneCellOnly() {
    words()
        .limit(20_000)
        .forEach(
            word -> {
              for (int cell = 0; cell < 8; cell++) {
                int top = (int) (word * 31 >>> 40) & 0xFF;
                long changed = Tophash.with(word, cell, top);
                for (int other = 0; other < 8; other++) {
                  int expected = other == cell ? top : byteAt(word, other);
                  assertEquals(expected, Tophash.at(changed, other));
                }
              }
            });
  }

  @Test
  void aChainEndsWhereTheLastCellIsEmptyRest() {
    words().forEach(word -> assertEquals(byteAt(word, 7) == 0, Tophash.endsChain(word)));
  }

  @Test
  void aChainIsEvacuatedIfItsFirstCellSaysSo() {
    words()
        .forEach(
            word -> {
              int first = byteAt(word, 0);
              assertEquals(first >= 2 && first <= 4, Tophash.isEvacuated(word));
            });
  }
}
