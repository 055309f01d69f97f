package io.tophash.core;

import io.tophash.core.format.EncodedSize;
import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;

/** Copies encoded values into buffers that are the caller's; one without room is unchanged. */
final class CallerBuffer {
  private CallerBuffer() {}

  /** To the target's position, which moves. Returns the size of the value. */
  static int copy(ByteBuffer value, ByteBuffer target) {
    int size = value.remaining();
    if (size > target.remaining()) {
      throw EncodedSize.overRoom(size, target.remaining());
    }
    target.put(value);
    return size;
  }

  /** To an offset in the target. Returns the size of the value. */
  static int copy(ByteBuffer value, MutableDirectBuffer target, int offset) {
    int size = value.remaining();
    if (!target.isExpandable() && size > target.capacity() - offset) {
      throw EncodedSize.overRoom(size, target.capacity() - offset);
    }
    target.putBytes(offset, value, size);
    return size;
  }
}
