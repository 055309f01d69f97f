package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Function;

/** The codec behind {@link Codec#of}. */
final class FunctionCodec<T> implements ArrayCodec<T> {
  private final String id;
  private final Function<? super T, byte[]> write;
  private final Function<byte[], T> read;

  FunctionCodec(String id, Function<? super T, byte[]> write, Function<byte[], T> read) {
    this.id = id;
    this.write = write;
    this.read = read;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public byte[] toArray(T value) {
    return write.apply(Objects.requireNonNull(value, "value"));
  }

  @Override
  public int size(T value) {
    return toArray(value).length;
  }

  @Override
  public void write(T value, ByteBuffer target) {
    target.put(toArray(value));
  }

  @Override
  public T read(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    return ofArray(bytes);
  }

  @Override
  public T ofArray(byte[] encoded) {
    return read.apply(encoded);
  }

  @Override
  public String toString() {
    return "Codec[" + id + "]";
  }
}
