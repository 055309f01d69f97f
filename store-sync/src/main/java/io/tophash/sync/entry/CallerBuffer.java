package io.tophash.sync.entry;

import io.tophash.core.format.EncodedSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/** Copies into buffers that are the caller's. */
public final class CallerBuffer {
  private CallerBuffer() {}

  /** The bytes as a codec expects them. */
  public static ByteBuffer wrap(byte[] encoded) {
    return ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Copies the encoded value of a key into a buffer; the size of the value, -1 if the key is
   * absent.
   */
  public static <K> int getInto(
      TypedTable<K, ?> table, K key, MutableDirectBuffer target, int offset) {
    int room = target.capacity() - offset;
    ByteBuffer inPlace = room < 0 || target.isExpandable() ? null : inPlace(target, offset, room);
    if (inPlace != null) {
      return table.getInto(key, inPlace);
    }
    byte[] encoded = table.getEncoded(key);
    if (encoded == null) {
      return -1;
    }
    if (encoded.length > room && !target.isExpandable()) {
      throw EncodedSize.overRoom(encoded.length, room);
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
