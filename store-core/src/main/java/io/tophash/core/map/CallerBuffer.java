package io.tophash.core.map;

import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;

/** Copies encoded values into buffers that are the caller's; one without room is unchanged. */
public final class CallerBuffer {
  private CallerBuffer() {}

  /**
   * Looks whether a value fits.
   *
   * @throws IllegalArgumentException if it does not
   */
  public static void checkRoom(int bytes, int room) {
    if (bytes > room) {
      throw new IllegalArgumentException(
          "the buffer is too small for the value, bytes=" + bytes + " room=" + room);
    }
  }

  /**
   * As {@link Entries#getInto}, to an offset in the target. Allocates nothing that lasts if the
   * target stands over an array or a {@link ByteBuffer} and cannot expand.
   */
  public static int getInto(
      Entries<?, ?> entries, Object key, MutableDirectBuffer target, int offset) {
    int room = target.capacity() - offset;
    ByteBuffer inPlace = room < 0 || target.isExpandable() ? null : inPlace(target, offset, room);
    if (inPlace != null) {
      return entries.getInto(key, inPlace);
    }
    byte[] encoded = entries.getEncoded(key);
    if (encoded == null) {
      return -1;
    }
    if (!target.isExpandable()) {
      checkRoom(encoded.length, room);
    }
    target.putBytes(offset, ByteBuffer.wrap(encoded), encoded.length);
    return encoded.length;
  }

  // What the buffer stands over, from the offset on; null if that is bare memory.
  private static ByteBuffer inPlace(MutableDirectBuffer target, int offset, int room) {
    int start = target.wrapAdjustment() + offset;
    // The array first: a buffer over a ByteBuffer on the heap has both, and counts from the array.
    byte[] array = target.byteArray();
    if (array != null) {
      return ByteBuffer.wrap(array, start, room);
    }
    ByteBuffer buffer = target.byteBuffer();
    return buffer == null ? null : buffer.duplicate().limit(start + room).position(start);
  }
}
