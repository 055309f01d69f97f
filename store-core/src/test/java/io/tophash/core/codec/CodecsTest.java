package io.tophash.core.codec;

import static io.tophash.core.codec.CodecAssert.assertRefusesNull;
import static io.tophash.core.codec.CodecAssert.decode;
import static io.tophash.core.codec.CodecAssert.encode;
import static io.tophash.core.codec.CodecAssert.roundTrip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ready-made codecs: their bytes, which are part of the file format, and the way back. */
@Tag("contract")
class CodecsTest {
  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  @Test
  void theIdentitiesInTheHeaderArePinned() {
    assertEquals("int32", Codecs.int32().id());
    assertEquals("int64", Codecs.int64().id());
    assertEquals("uuid", Codecs.uuid().id());
    assertEquals("utf8", Codecs.utf8().id());
    assertEquals("bytes", Codecs.bytes().id());
    assertEquals("bytes", Codecs.byteBuffer().id());
    assertEquals("enum:java.util.concurrent.TimeUnit", Codecs.enumOf(TimeUnit.class).id());
    assertEquals(4, Codecs.int32().fixedSize());
    assertEquals(8, Codecs.int64().fixedSize());
    assertEquals(16, Codecs.uuid().fixedSize());
    assertEquals(-1, Codecs.utf8().fixedSize());
    assertEquals(-1, Codecs.bytes().fixedSize());
    assertEquals(-1, Codecs.byteBuffer().fixedSize());
    assertEquals(-1, Codecs.enumOf(TimeUnit.class).fixedSize());
  }

  @Test
  void nullIsRefused() {
    assertRefusesNull(Codecs.int32());
    assertRefusesNull(Codecs.int64());
    assertRefusesNull(Codecs.uuid());
    assertRefusesNull(Codecs.utf8());
    assertRefusesNull(Codecs.bytes());
    assertRefusesNull(Codecs.byteBuffer());
    assertRefusesNull(Codecs.enumOf(TimeUnit.class));
    assertRefusesNull(Codec.<Object>of("o", o -> new byte[3], b -> b));
    assertThrows(NullPointerException.class, () -> Codecs.enumOf(null));
    assertThrows(NullPointerException.class, () -> Codec.of(null, o -> new byte[0], b -> b));
    assertThrows(NullPointerException.class, () -> Codec.of("o", null, b -> b));
    assertThrows(NullPointerException.class, () -> Codec.of("o", o -> new byte[0], null));
  }

  @Test
  void numbersAreLittleEndian() {
    assertArrayEquals(hex("04030201"), encode(Codecs.int32(), 0x01020304));
    assertArrayEquals(hex("0807060504030201"), encode(Codecs.int64(), 0x0102030405060708L));
    assertArrayEquals(
        hex("0807060504030201100f0e0d0c0b0a09"),
        encode(Codecs.uuid(), new UUID(0x0102030405060708L, 0x090A0B0C0D0E0F10L)));
  }

  @Test
  void numbersComeBack() {
    for (int i : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x80, 0xFF00}) {
      assertEquals(i, roundTrip(Codecs.int32(), i));
    }
    for (long l : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 31, 0x80}) {
      assertEquals(l, roundTrip(Codecs.int64(), l));
      assertEquals(new UUID(l, ~l), roundTrip(Codecs.uuid(), new UUID(l, ~l)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 100, 70_000})
  void bytesComeBackInAFreshArray(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    assertArrayEquals(bytes, encode(Codecs.bytes(), bytes));
    byte[] back = roundTrip(Codecs.bytes(), bytes);
    assertArrayEquals(bytes, back);
    assertNotSame(bytes, back);
  }

  @Test
  void aBufferIsWrittenFromPositionToLimitAndLeftAsItIs() {
    ByteBuffer value = ByteBuffer.wrap(hex("00010203040506070809")).position(2).limit(7);
    assertArrayEquals(hex("0203040506"), encode(Codecs.byteBuffer(), value));
    assertEquals(2, value.position());
    assertEquals(7, value.limit());
    ByteBuffer back = roundTrip(Codecs.byteBuffer(), value);
    assertEquals(value, back);
    assertEquals(0, back.position());
    assertEquals(5, back.remaining());
    assertEquals(ByteOrder.LITTLE_ENDIAN, back.order());
    ByteBuffer readOnly = ByteBuffer.allocateDirect(3).asReadOnlyBuffer();
    assertEquals(readOnly, roundTrip(Codecs.byteBuffer(), readOnly));
    assertEquals(0, roundTrip(Codecs.byteBuffer(), ByteBuffer.allocate(0)).remaining());
  }

  @Test
  void textIsTheUtf8OfTheJdk() {
    String[] texts = {
      "",
      "a",
      "plain ASCII \0 with a zero and \u007F",
      "\u0080\u07FF Grüße",
      "\u0800\uD7FF\uE000\uFFFF 漢字",
      "\uD800\uDC00\uDBFF\uDFFF 😀",
      "aé漢😀".repeat(1000),
      "\uFEFF byte order mark",
      "?",
      "a question? of eight",
      "what is é?"
    };
    for (String text : texts) {
      assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), encode(Codecs.utf8(), text));
      assertEquals(text, roundTrip(Codecs.utf8(), text));
    }
  }

  @Test
  void everyCodePointComesBack() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        all.appendCodePoint(c);
      }
    }
    String text = all.toString();
    assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), encode(Codecs.utf8(), text));
    assertEquals(text, roundTrip(Codecs.utf8(), text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\uD800", "\uDC00", "a\uD83D", "a\uDE00b", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
  void anUnpairedSurrogateIsRefused(String text) {
    ArrayCodec<String> arrays = (ArrayCodec<String>) Codecs.utf8();
    for (int i = 0; i < 20; i++) {
      String longer = "x".repeat(i) + text + "?".repeat(i % 3);
      assertThrows(IllegalArgumentException.class, () -> arrays.toArray(longer));
    }
    assertThrows(IllegalArgumentException.class, () -> Codecs.utf8().size(text));
    assertThrows(
        IllegalArgumentException.class,
        () -> Codecs.utf8().write(text, ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN)));
  }

  enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "not its name";
      }
    }
  }

  @Test
  void enumConstantsAreStoredByName() {
    Codec<Colour> codec = Codecs.enumOf(Colour.class);
    assertArrayEquals("GREEN".getBytes(StandardCharsets.UTF_8), encode(codec, Colour.GREEN));
    for (Colour colour : Colour.values()) {
      assertSame(colour, roundTrip(codec, colour));
    }
  }

  @Test
  void aConstantThatTheEnumNoLongerHasIsReported() {
    byte[] stored = encode(Codecs.utf8(), "BLUE");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> decode(Codecs.enumOf(Colour.class), stored));
    assertEquals(true, e.getMessage().contains("BLUE"), e.getMessage());
  }

  @Test
  void aCodecOfTwoFunctionsWritesWhatTheyGive() {
    Codec<StringBuilder> codec =
        Codec.of(
            "latin1",
            s -> s.toString().getBytes(StandardCharsets.ISO_8859_1),
            b -> new StringBuilder(new String(b, StandardCharsets.ISO_8859_1)));
    assertEquals("latin1", codec.id());
    assertEquals(Codec.VARIABLE, codec.fixedSize());
    assertArrayEquals(hex("e4f6fc"), encode(codec, new StringBuilder("äöü")));
    assertEquals("äöü", roundTrip(codec, new StringBuilder("äöü")).toString());
    assertEquals(0, roundTrip(codec, new StringBuilder()).length());
  }

  @Test
  void aCodecNamesItselfInMessages() {
    assertEquals("Codec[int64]", Codecs.int64().toString());
    assertEquals("Codec[utf8]", Codecs.utf8().toString());
    assertEquals("Codec[o]", Codec.of("o", o -> new byte[0], b -> b).toString());
    assertNotEquals(Codecs.utf8().id(), Codecs.bytes().id());
  }

  @Test
  void whatNeverChangesIsSaidOfACodec() {
    assertTrue(Codecs.utf8().isImmutable() && Codecs.int64().isImmutable());
    assertTrue(Codecs.uuid().isImmutable() && Codecs.int32().isImmutable());
    assertFalse(Codecs.bytes().isImmutable() || Codecs.byteBuffer().isImmutable());
    assertFalse(Codecs.encoded("any", Codec.VARIABLE).isImmutable());
    assertSame(Codecs.utf8(), Codecs.immutable(Codecs.utf8()));
    Codec<byte[]> said = Codecs.immutable(Codecs.bytes());
    assertTrue(said.isImmutable());
    assertEquals(Codecs.bytes().id(), said.id());
    assertArrayEquals(new byte[] {1, 2, 3}, roundTrip(said, new byte[] {1, 2, 3}));
    assertRefusesNull(said);
    Codec<ByteBuffer> buffers = Codecs.immutable(Codecs.byteBuffer());
    ByteBuffer target = ByteBuffer.allocate(10).position(2);
    buffers.write(ByteBuffer.wrap(new byte[] {7, 8}), target);
    assertEquals(4, target.position());
    assertEquals(ByteBuffer.wrap(new byte[] {7, 8}), buffers.read(target.flip().position(2)));
    byte[] array = ((ArrayCodec<ByteBuffer>) buffers).toArray(ByteBuffer.wrap(new byte[] {7, 8}));
    assertArrayEquals(new byte[] {7, 8}, array);
    assertEquals(ByteBuffer.wrap(array), ((ArrayCodec<ByteBuffer>) buffers).ofArray(array.clone()));
  }
}
