package io.tophash.core.codec;

import static io.tophash.core.codec.CodecAssert.assertRefusesNull;
import static io.tophash.core.codec.CodecAssert.encode;
import static io.tophash.core.codec.CodecAssert.roundTrip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Agrona's buffers: in a JVM that has opened what they need, and in one that has not. */
@Tag("fast")
@Tag("contract")
class AgronaCodecsTest {
  private static boolean isOpened() {
    return Object.class.getModule().isOpen("jdk.internal.misc", UnsafeApi.class.getModule());
  }

  @Test
  void buffersComeBackOrTheMissingFlagIsNamed() {
    if (isOpened()) {
      assertEveryKindOfBufferComesBackAsAFreshOne();
    } else {
      assertTheMissingFlagIsNamed();
    }
  }

  private static void assertTheMissingFlagIsNamed() {
    for (int i = 0; i < 2; i++) { // a class that failed to load fails in another way the next time
      IllegalStateException e =
          assertThrows(IllegalStateException.class, AgronaCodecs::directBuffer);
      assertTrue(
          e.getMessage().contains("--add-opens java.base/jdk.internal.misc=ALL-UNNAMED"),
          e.getMessage());
    }
  }

  private static void assertEveryKindOfBufferComesBackAsAFreshOne() {
    Codec<DirectBuffer> codec = AgronaCodecs.directBuffer();
    assertEquals("bytes", codec.id());
    assertEquals(Codec.VARIABLE, codec.fixedSize());
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    ExpandableArrayBuffer expandable = new ExpandableArrayBuffer(9);
    expandable.putBytes(0, bytes);
    DirectBuffer[] buffers = {
      new UnsafeBuffer(bytes),
      new UnsafeBuffer(ByteBuffer.allocateDirect(9).put(bytes).flip()),
      new UnsafeBuffer(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 1, 9),
      expandable
    };
    for (DirectBuffer buffer : buffers) {
      assertArrayEquals(bytes, encode(codec, buffer));
      DirectBuffer back = assertInstanceOf(UnsafeBuffer.class, roundTrip(codec, buffer));
      assertEquals(new UnsafeBuffer(bytes), back);
      assertEquals(9, back.capacity());
    }
    assertEquals(0, roundTrip(codec, new UnsafeBuffer(new byte[0])).capacity());
    assertRefusesNull(codec);
  }
}
