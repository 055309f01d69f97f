package io.tophash.core.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("contract")
class SumsLayoutTest {
  @Test
  void theSumsBeginWithThoseOfTheHeaderAndTheDirectories() {
    Fields.of(SumsLayout.class)
        .intAt("HEADER", 0)
        .intAt("DIRECTORY", 4)
        .intAt("OLD_DIRECTORY", 8)
        .intAt("GROUPS", 12)
        .intAt("OLD_GROUPS", 16)
        .field("SUMS", 20, 4, 4)
        .fillNoMoreThan(0, 24);
  }

  @Test
  void theWordHasLengthAndChecksum() {
    for (int checksum : new int[] {0, 1, -1, Integer.MIN_VALUE}) {
      long word = SumsLayout.word(checksum, 123_456);
      assertEquals(123_456, SumsLayout.bytes(word));
      assertEquals(checksum, SumsLayout.checksum(word));
    }
    assertEquals(3 * 16_384, SumsLayout.position(3));
    assertEquals(-1, SumsLayout.position(0));
    assertEquals(-1, SumsLayout.position(Long.MAX_VALUE));
  }
}
