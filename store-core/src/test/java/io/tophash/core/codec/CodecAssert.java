package io.tophash.core.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Calls a codec as a store does. */
final class CodecAssert {
  private static final byte GUARD = 0x5A;
  private static final int BEFORE = 3;
  private static final int AFTER = 9;

  private CodecAssert() {}

  /** The bytes that the codec writes, into heap and direct memory, between guards. */
  static <T> byte[] encode(Codec<T> codec, T value) {
    int size = codec.size(value);
    assertTrue(codec.fixedSize() == Codec.VARIABLE || codec.fixedSize() == size, "the fixed size");
    byte[] written = null;
    for (ByteBuffer memory :
        List.of(
            ByteBuffer.allocate(BEFORE + size + AFTER),
            ByteBuffer.allocateDirect(BEFORE + size + AFTER))) {
      while (memory.hasRemaining()) {
        memory.put(GUARD);
      }
      ByteBuffer target = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      codec.write(value, target.limit(BEFORE + size).position(BEFORE));
      assertEquals(BEFORE + size, target.position(), "bytes written and size");
      byte[] bytes = new byte[memory.capacity()];
      memory.clear().get(bytes);
      for (int i = 0; i < bytes.length; i++) {
        assertTrue(i >= BEFORE && i < BEFORE + size || bytes[i] == GUARD, "written elsewhere");
      }
      byte[] encoded = Arrays.copyOfRange(bytes, BEFORE, BEFORE + size);
      assertTrue(written == null || Arrays.equals(written, encoded), "heap and direct memory");
      written = encoded;
    }
    if (codec instanceof ArrayCodec) {
      assertArrayEquals(written, ((ArrayCodec<T>) codec).toArray(value), "written and in an array");
    }
    return written;
  }

  /** What the codec reads from a read-only view between other bytes. */
  static <T> T decode(Codec<T> codec, byte[] bytes) {
    ByteBuffer memory = ByteBuffer.allocateDirect(BEFORE + bytes.length + AFTER);
    memory.position(BEFORE).put(bytes).clear();
    ByteBuffer source = memory.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    T value = codec.read(source.limit(BEFORE + bytes.length).position(BEFORE));
    // What was read must not lead back to the store's memory.
    for (int i = 0; i < memory.capacity(); i++) {
      memory.put(i, GUARD);
    }
    return value;
  }

  static <T> T roundTrip(Codec<T> codec, T value) {
    byte[] bytes = encode(codec, value);
    T back = decode(codec, bytes);
    assertArrayEquals(bytes, encode(codec, back));
    return back;
  }

  static <T> void assertRefusesNull(Codec<T> codec) {
    assertThrows(NullPointerException.class, () -> codec.size(null));
    assertThrows(
        NullPointerException.class,
        () -> codec.write(null, ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN)));
    if (codec instanceof ArrayCodec) {
      assertThrows(NullPointerException.class, () -> ((ArrayCodec<T>) codec).toArray(null));
    }
  }
}
