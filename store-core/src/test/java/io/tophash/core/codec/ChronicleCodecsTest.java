package io.tophash.core.codec;

import static io.tophash.core.codec.CodecAssert.assertRefusesNull;
import static io.tophash.core.codec.CodecAssert.decode;
import static io.tophash.core.codec.CodecAssert.encode;
import static io.tophash.core.codec.CodecAssert.roundTrip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.testing.ChildJvm;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Objects that marshal themselves through Chronicle Bytes, in a JVM without any flag. */
@Tag("contract")
class ChronicleCodecsTest {
  /** A type that writes its own fields, as Chronicle advises for speed. */
  static final class Quote implements BytesMarshallable {
    private long time;
    private double price;
    private String symbol = "";

    Quote() {}

    Quote(long time, double price, String symbol) {
      this.time = time;
      this.price = price;
      this.symbol = symbol;
    }

    @Override
    public void readMarshallable(BytesIn<?> in) {
      time = in.readLong();
      price = in.readDouble();
      symbol = in.readUtf8();
    }

    @Override
    public void writeMarshallable(BytesOut<?> out) {
      out.writeLong(time);
      out.writeDouble(price);
      out.writeUtf8(symbol);
    }
  }

  private static final Codec<Quote> CODEC =
      ChronicleCodecs.bytesMarshallable(Quote.class, Quote::new);

  @Test
  void anObjectComesBackWithAllItsFields() {
    for (String symbol : new String[] {"", "ABC", "é漢😀", "x".repeat(5000)}) {
      Quote quote = new Quote(-5, 0.1, symbol);
      Quote back = roundTrip(CODEC, quote);
      assertNotSame(quote, back);
      assertEquals(-5, back.time);
      assertEquals(0.1, back.price);
      assertEquals(symbol, back.symbol);
    }
  }

  @Test
  void theBytesAreThoseThatTheObjectWrote() {
    byte[] expected = new byte[8 + 8 + 1 + 3];
    ByteBuffer.wrap(expected)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(7)
        .putDouble(2.5)
        .put((byte) 3)
        .put(new byte[] {'A', 'B', 'C'});
    assertArrayEquals(expected, encode(CODEC, new Quote(7, 2.5, "ABC")));
    assertEquals("ABC", decode(CODEC, expected).symbol);
  }

  @Test
  void theTypeIsTheIdentityOfTheFormat() {
    assertEquals("chronicle:" + Quote.class.getName(), CODEC.id());
    assertEquals(Codec.VARIABLE, CODEC.fixedSize());
    assertEquals("Codec[" + CODEC.id() + "]", CODEC.toString());
  }

  @Test
  void nullIsRefused() {
    assertRefusesNull(CODEC);
    assertThrows(
        NullPointerException.class, () -> ChronicleCodecs.bytesMarshallable(null, Quote::new));
    assertThrows(
        NullPointerException.class, () -> ChronicleCodecs.bytesMarshallable(Quote.class, null));
  }

  /** Uses the other codecs in a JVM that has no Chronicle. */
  static final class WithoutChronicle {
    public static void main(String[] args) {
      ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      Codecs.int64().write(42L, buffer);
      System.out.println("read " + Codecs.int64().read(buffer.flip()));
      try {
        System.out.println(Class.forName("net.openhft.chronicle.bytes.Bytes"));
      } catch (ClassNotFoundException e) {
        System.out.println("no Chronicle");
      }
    }
  }

  @Test
  void theOtherCodecsNeedNoChronicle() {
    String classPath =
        Arrays.stream(ChildJvm.classPath().split(File.pathSeparator))
            .filter(entry -> !entry.contains("chronicle"))
            .collect(Collectors.joining(File.pathSeparator));
    assertTrue(ChildJvm.classPath().contains("chronicle-bytes"));
    try (ChildJvm child = ChildJvm.start(List.of("-cp", classPath), WithoutChronicle.class)) {
      assertEquals("read 42\nno Chronicle", child.readAll());
      child.assertSucceeds();
    }
  }
}
