package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The encoded bytes themselves, under the identity and the fixed size that a store noted: so any
 * store can be opened, whatever its codecs. Who writes must write what that codec would.
 */
record EncodedCodec(String id, int fixedSize) implements ArrayCodec<byte[]> {
  @Override
  public byte[] toArray(byte[] value) {
    return Objects.requireNonNull(value, "value");
  }

  @Override
  public int size(byte[] value) {
    return value.length;
  }

  @Override
  public void write(byte[] value, ByteBuffer target) {
    target.put(value);
  }

  @Override
  public byte[] read(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    return bytes;
  }

  @Override
  public byte[] ofArray(byte[] encoded) {
    return encoded;
  }
}
