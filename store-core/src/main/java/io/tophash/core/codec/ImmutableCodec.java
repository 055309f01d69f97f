package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A codec of which its user knows that its objects never change. */
record ImmutableCodec<T>(Codec<T> codec) implements ArrayCodec<T> {
  @Override
  public String id() {
    return codec.id();
  }

  @Override
  public int fixedSize() {
    return codec.fixedSize();
  }

  @Override
  public boolean isImmutable() {
    return true;
  }

  @Override
  public int size(T value) {
    return codec.size(value);
  }

  @Override
  public byte[] toArray(T value) {
    if (codec instanceof ArrayCodec) {
      return ((ArrayCodec<T>) codec).toArray(value);
    }
    byte[] array = new byte[codec.size(value)];
    ByteBuffer target = ByteBuffer.wrap(array);
    write(value, target);
    if (target.hasRemaining()) {
      throw new IllegalStateException(
          "the codec writes fewer bytes than it announces; mend the codec, codec="
              + id()
              + " announced="
              + array.length
              + " written="
              + target.position());
    }
    return array;
  }

  @Override
  public void write(T value, ByteBuffer target) {
    // The other one sees the room that is its own and nothing around it.
    ByteBuffer own = target.slice().order(ByteOrder.LITTLE_ENDIAN);
    codec.write(value, own);
    target.position(target.position() + own.position());
  }

  @Override
  public T read(ByteBuffer source) {
    return codec.read(source.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
  }

  @Override
  public T ofArray(byte[] encoded) {
    return codec instanceof ArrayCodec
        ? ((ArrayCodec<T>) codec).ofArray(encoded)
        : read(ByteBuffer.wrap(encoded));
  }
}
