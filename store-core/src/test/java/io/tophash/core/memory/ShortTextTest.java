package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Short texts as numbers, in whatever memory mode the tests run. */
@Tag("contract")
class ShortTextTest {
  private static final String TEXT = "a\u0000\u007F{0123456789:~ @";

  @Test
  void theNumbersAreTheBytesOfTheText() {
    ByteBuffer bytes =
        ByteBuffer.wrap(TEXT.getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at <= TEXT.length() - 8; at++) {
      assertEquals(bytes.getLong(at), ShortText.eight(TEXT, at));
      assertEquals(bytes.getInt(at), ShortText.four(TEXT, at));
    }
  }

  /** The low byte of the last two is that of an ASCII character. */
  @ParameterizedTest
  @ValueSource(chars = {0x80, 0xFF, 0x0141, 0x4E41})
  void oneOtherCharacterIsNoticedWhereverItStands(char other) {
    for (int at = 0; at < 8; at++) {
      String text = "0123456789abcdef".substring(0, at) + other + "0123456789abcdef".substring(at);
      assertEquals(ShortText.NOT_ASCII, ShortText.eight(text, 0));
      if (at < 4) {
        assertEquals(ShortText.NOT_ASCII, ShortText.four(text, 0));
      }
    }
    // Of these eight all are ASCII, in a text that is not.
    String text = "01234567" + other;
    assertEquals(ShortText.eight("01234567", 0), ShortText.eight(text, 0));
  }

  @Test
  void whatIsTooShortIsRefused() {
    assertThrows(IndexOutOfBoundsException.class, () -> ShortText.eight("0123456", 0));
    assertThrows(IndexOutOfBoundsException.class, () -> ShortText.four("0123456", 4));
  }
}
