package io.tophash.core.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sealed part of the header: its bytes, the way back, and every way to damage it. */
@Tag("contract")
class StoreHeaderTest {
  private static final Path STORE = Path.of("some", "store.tph");

  private static StoreHeader header(int windowShift, int chunkShift, String keyCodec) {
    return new StoreHeader(
        HeaderLayout.KIND_HASH,
        windowShift,
        chunkShift,
        -1,
        8,
        "mix13/xxh3-64",
        keyCodec,
        "int64",
        1_700_000_000_000L,
        0x0123456789ABCDEFL);
  }

  private static byte[] head(StoreHeader header) {
    return Arrays.copyOf(header.toBytes(), HeaderLayout.BYTES);
  }

  private static byte[] goodHead() {
    return head(header(30, 12, "utf8"));
  }

  private static StoreException refused(byte[] head) {
    return assertThrows(StoreException.class, () -> StoreHeader.parse(head, STORE));
  }

  private static void seal(ByteBuffer head) {
    CRC32C crc = new CRC32C();
    crc.update(head.array(), 0, 508);
    head.putInt(508, (int) crc.getValue());
  }

  @Test
  void everyPropertyComesBack() {
    String keyCodec = "é".repeat(60); // the longest identity, 120 bytes
    StoreHeader back = StoreHeader.parse(head(header(16, 0, keyCodec)), STORE);
    assertEquals(HeaderLayout.KIND_HASH, back.kind);
    assertEquals(16, back.windowShift);
    assertEquals(0, back.chunkShift);
    assertEquals(-1, back.keyFixedBytes);
    assertEquals(8, back.valueFixedBytes);
    assertEquals("mix13/xxh3-64", back.hashName);
    assertEquals(keyCodec, back.keyCodec);
    assertEquals("int64", back.valueCodec);
    assertEquals(1_700_000_000_000L, back.createdMs);
    assertEquals(0x0123456789ABCDEFL, back.storeId);
  }

  @Test
  void theBytesAreThoseOfTheFormat() {
    byte[] bytes = header(30, 12, "utf8").toBytes();
    assertEquals(512, bytes.length);
    ByteBuffer expected = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
    expected.put("TOPHASH\0".getBytes(StandardCharsets.US_ASCII));
    expected.putInt(1).putInt(1).putInt(30).putInt(14).putInt(12).putInt(0).putInt(-1).putInt(8);
    expected.putLong(1_700_000_000_000L).putLong(0x0123456789ABCDEFL).putLong(0);
    expected.put((byte) 13).put("mix13/xxh3-64".getBytes(StandardCharsets.US_ASCII));
    expected.position(128).put((byte) 4).put("utf8".getBytes(StandardCharsets.US_ASCII));
    expected.position(256).put((byte) 5).put("int64".getBytes(StandardCharsets.US_ASCII));
    seal(expected);
    assertArrayEquals(expected.array(), bytes);
  }

  @Test
  void aPropertyThatIsNotKnownIsRefused() {
    for (int flags : new int[] {1, 2, 3, 1 << 31}) {
      ByteBuffer head = ByteBuffer.wrap(head(header(30, 12, "utf8")));
      head.order(ByteOrder.LITTLE_ENDIAN).putInt(HeaderLayout.FLAGS, flags);
      seal(head);
      assertThrows(IncompatibleStoreException.class, () -> StoreHeader.parse(head.array(), STORE));
    }
  }

  @Test
  void everyBitThatIsFlippedIsNoticed() {
    for (int bit = 0; bit < 8 * HeaderLayout.SEALED_BYTES; bit++) {
      byte[] head = goodHead();
      head[bit / 8] ^= (byte) (1 << bit % 8);
      StoreException e = refused(head);
      boolean foreign = bit < 64;
      boolean otherVersion = bit > 64 && bit < 64 + 10; // as bit 64 makes version 0
      Class<?> expected =
          foreign || otherVersion ? IncompatibleStoreException.class : CorruptStoreException.class;
      assertEquals(expected, e.getClass(), "bit=" + bit);
    }
  }

  @Test
  void theWordsBehindTheSealedPartAreNotChecked() {
    byte[] head = goodHead();
    Arrays.fill(head, HeaderLayout.SEALED_BYTES, head.length, (byte) 7);
    assertEquals("utf8", StoreHeader.parse(head, STORE).keyCodec);
  }

  @Test
  void aForeignFileIsNamedAsSuch() {
    for (String text : new String[] {"", "TOPHAS", "TOPHASH ", "PK\3\4 and so on", "tophash\0"}) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      assertEquals(IncompatibleStoreException.class, refused(bytes).getClass());
      assertTrue(refused(Arrays.copyOf(bytes, 5000)).getMessage().contains("not a Tophash store"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 511, 512, 4095})
  void aHeaderThatWasCutIsCorrupt(int bytes) {
    StoreException e = refused(Arrays.copyOf(goodHead(), bytes));
    assertEquals(CorruptStoreException.class, e.getClass());
    assertTrue(e.getMessage().contains("truncated"), e.getMessage());
  }

  @Test
  void anotherFormatVersionIsNamed() {
    ByteBuffer head = ByteBuffer.wrap(goodHead()).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(HeaderLayout.VERSION, 2); // whatever its checksum covers
    StoreException e = refused(head.array());
    assertEquals(IncompatibleStoreException.class, e.getClass());
    assertTrue(e.getMessage().contains("version=2 supported=1"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"15,12", "31,12", "-1,12", "30,-1", "30,25"})
  void anImpossibleGeometryIsCorruptThoughItsChecksumIsRight(int windowShift, int chunkShift) {
    StoreException e = refused(head(header(windowShift, chunkShift, "utf8")));
    assertEquals(CorruptStoreException.class, e.getClass());
  }

  @Test
  void anotherPageSizeIsCorruptThoughItsChecksumIsRight() {
    ByteBuffer head = ByteBuffer.wrap(goodHead()).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(HeaderLayout.PAGE_SHIFT, 13);
    seal(head);
    assertEquals(CorruptStoreException.class, refused(head.array()).getClass());
  }

  @Test
  void anIdentityThatIsTooLongIsRefused() {
    StoreHeader header = header(30, 12, "é".repeat(60) + "x");
    assertThrows(IllegalArgumentException.class, header::toBytes);
  }
}
