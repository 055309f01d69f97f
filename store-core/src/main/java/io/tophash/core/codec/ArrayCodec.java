package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A codec that has the encoded bytes in an array at once, without counting them first. The stores
 * then call {@link #toArray} instead of {@link #size} and {@link #write}; all three must agree.
 *
 * @param <T> type of the keys or values
 */
public interface ArrayCodec<T> extends Codec<T> {
  /**
   * The encoded value. The caller neither changes nor keeps the array, so it may be the value's
   * own.
   *
   * @throws NullPointerException if the value is null
   */
  byte[] toArray(T value);

  /**
   * Encodes into an array of the caller, where that is as fast.
   *
   * @return size of the encoded value; -1 if nothing was done, as there is too little room or
   *     {@link #toArray(Object)} suits this value better. The array may have been written to
   * @throws NullPointerException if the value is null
   */
  default int toArray(T value, byte[] target, int offset) {
    return -1;
  }

  /**
   * Reads a value from an array that is the codec's from now on: it may become a part of the value.
   * Agrees with {@link #read}.
   */
  default T ofArray(byte[] encoded) {
    return read(ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN));
  }
}
