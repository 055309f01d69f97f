package io.tophash.core.codec;

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
}
