package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Function;

/**
 * Turns keys or values into bytes and back. Two keys are the same key iff their bytes are equal, so
 * a key codec writes equal keys as equal bytes. Values are compared by their bytes as well.
 *
 * <p>The buffers that a codec is given are little-endian, are valid during the call only and must
 * not be kept. A codec must not call the store that called it. The ready-made codecs are stateless
 * and may be shared between stores and threads.
 *
 * @param <T> type of the keys or values
 */
public interface Codec<T> {
  /** {@link #fixedSize} of a codec whose values differ in size. */
  int VARIABLE = -1;

  /**
   * The identity of the format, stored in the file: a store opens only with codecs of the same
   * identity as those it was made with. At most 120 bytes in UTF-8.
   */
  String id();

  /** Size of every encoded value in bytes (0 or more), or {@link #VARIABLE}. */
  default int fixedSize() {
    return VARIABLE;
  }

  /**
   * Size of this value when encoded, in bytes.
   *
   * @throws NullPointerException if the value is null
   */
  int size(T value);

  /**
   * Writes the value: exactly {@link #size} bytes, from the buffer's position on.
   *
   * @throws NullPointerException if the value is null
   */
  void write(T value, ByteBuffer target);

  /**
   * True if the objects never change, and are equal, by {@code equals} and {@code hashCode}, iff
   * their bytes are. Then a store that keeps values on the heap may give one object to many callers
   * and threads; else each gets a copy. {@link Codecs#immutable} says it of a codec. Default:
   * false.
   */
  default boolean isImmutable() {
    return false;
  }

  /** Reads a value: all bytes from the buffer's position to its limit. */
  T read(ByteBuffer source);

  /**
   * A codec from two functions over byte arrays, for values of any size.
   *
   * @param id identity of the format; change it when the bytes change their meaning
   * @param write encodes a value
   * @param read decodes a value
   */
  static <T> Codec<T> of(String id, Function<? super T, byte[]> write, Function<byte[], T> read) {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(write, "write");
    Objects.requireNonNull(read, "read");
    return new FunctionCodec<>(id, write, read);
  }
}
