package io.tophash.cache;

import io.tophash.core.codec.ArrayCodec;
import io.tophash.core.codec.Codec;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Writes entries of a cache: the values of a codec behind a header. */
final class StoredCodec<V> implements ArrayCodec<Stored> {
  private final Codec<V> values;
  // The codec again, if it takes arrays.
  private final ArrayCodec<V> arrays;
  private final String id;
  // True if an entry that was decoded once keeps the value, as many callers may get it.
  private boolean keepsDecoded;

  StoredCodec(Codec<V> values) {
    this.values = values;
    this.arrays = values instanceof ArrayCodec ? (ArrayCodec<V>) values : null;
    this.id = values.id();
  }

  @Override
  public String id() {
    return id;
  }

  /** Says before the first use if entries stay on the heap for many callers. */
  void keepDecoded(boolean stay) {
    keepsDecoded = stay && values.isImmutable();
  }

  @Override
  public boolean isImmutable() {
    return true;
  }

  @Override
  public byte[] toArray(Stored stored) {
    return stored.bytes();
  }

  @Override
  public int size(Stored stored) {
    return stored.bytes().length;
  }

  @Override
  public void write(Stored stored, ByteBuffer target) {
    target.put(stored.bytes());
  }

  @Override
  public Stored read(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(bytes);
    return new Stored(bytes);
  }

  @Override
  public Stored ofArray(byte[] encoded) {
    return new Stored(encoded);
  }

  /** A value as it is to be stored; see {@link Stored#header}. */
  Stored encode(V value, long expires, long written, long staleMs, long tag) {
    int size = values.size(value);
    byte[] bytes = Stored.header(expires, written, staleMs, tag, size);
    write(value, bytes, bytes.length - size, size);
    return new Stored(bytes);
  }

  /** The bytes of a value alone. */
  byte[] encodeValue(V value) {
    byte[] bytes = new byte[values.size(value)];
    write(value, bytes, 0, bytes.length);
    return bytes;
  }

  private void write(V value, byte[] bytes, int from, int size) {
    ByteBuffer target = slice(bytes, from, size);
    try {
      values.write(value, target);
    } catch (BufferOverflowException e) {
      throw notAsAnnounced(size, "more");
    }
    if (target.hasRemaining()) {
      throw notAsAnnounced(size, String.valueOf(target.position()));
    }
  }

  private IllegalArgumentException notAsAnnounced(int announced, String written) {
    return new IllegalArgumentException(
        "the codec wrote another number of bytes than it announced, codec="
            + values.id()
            + " announced="
            + announced
            + " written="
            + written);
  }

  @SuppressWarnings("unchecked")
  V decode(Stored stored) {
    if (!keepsDecoded) {
      return read(stored);
    }
    Object decoded = stored.decoded();
    if (decoded == null) {
      decoded = read(stored);
      stored.keepDecoded(decoded);
    }
    return (V) decoded;
  }

  /** Decodes the bytes of a value alone, which nobody else has. */
  V decode(byte[] value) {
    return arrays != null ? arrays.ofArray(value) : values.read(slice(value, 0, value.length));
  }

  private V read(Stored stored) {
    byte[] bytes = stored.bytes();
    int from = stored.payload();
    return arrays != null
        ? arrays.ofArray(Arrays.copyOfRange(bytes, from, bytes.length))
        : values.read(slice(bytes, from, bytes.length - from));
  }

  private static ByteBuffer slice(byte[] bytes, int from, int size) {
    return ByteBuffer.wrap(bytes, from, size).slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
