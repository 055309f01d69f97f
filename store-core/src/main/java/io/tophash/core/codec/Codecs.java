package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The ready-made codecs. All are stateless and refuse null with {@link NullPointerException}. */
public final class Codecs {
  /** How a value is put into a buffer. */
  @FunctionalInterface
  private interface Writer<T> {
    void write(T value, ByteBuffer target);
  }

  private static final Codec<Integer> INT32 =
      fixed("int32", 4, (v, b) -> b.putInt(v), ByteBuffer::getInt);
  private static final Codec<Long> INT64 =
      fixed("int64", 8, (v, b) -> b.putLong(v), ByteBuffer::getLong);
  private static final Codec<UUID> UUID_CODEC =
      fixed(
          "uuid",
          16,
          (v, b) -> b.putLong(v.getMostSignificantBits()).putLong(v.getLeastSignificantBits()),
          b -> new UUID(b.getLong(), b.getLong()));
  private static final Codec<byte[]> BYTES = new EncodedCodec("bytes", Codec.VARIABLE);
  private static final Codec<ByteBuffer> BYTE_BUFFER =
      new SimpleCodec<>(
          "bytes",
          Codec.VARIABLE,
          false,
          ByteBuffer::remaining,
          (v, b) -> b.put(v.duplicate()),
          b -> ByteBuffer.allocate(b.remaining()).put(b).flip().order(ByteOrder.LITTLE_ENDIAN));

  private Codecs() {}

  /** Integers, 4 bytes. */
  public static Codec<Integer> int32() {
    return INT32;
  }

  /** Longs, 8 bytes: the fastest keys and values. */
  public static Codec<Long> int64() {
    return INT64;
  }

  /** UUIDs, 16 bytes. */
  public static Codec<UUID> uuid() {
    return UUID_CODEC;
  }

  /**
   * Strings as UTF-8. A string with an unpaired surrogate is refused with {@link
   * IllegalArgumentException}, as it would not come back as it went in.
   */
  public static Codec<String> utf8() {
    return Utf8Codec.INSTANCE;
  }

  /** Byte arrays; a read returns a fresh array. */
  public static Codec<byte[]> bytes() {
    return BYTES;
  }

  /**
   * The encoded bytes themselves under the identity and size of another codec: opens any store
   * without knowing its types. Who writes must write what that codec would.
   *
   * @param id identity of that codec
   * @param fixedSize its fixed size, or {@link Codec#VARIABLE}
   */
  public static Codec<byte[]> encoded(String id, int fixedSize) {
    return new EncodedCodec(id, fixedSize);
  }

  /**
   * The bytes between position and limit of a buffer, which a write leaves as they are; a read
   * returns a fresh little-endian heap buffer. The same identity as {@link #bytes}.
   */
  public static Codec<ByteBuffer> byteBuffer() {
    return BYTE_BUFFER;
  }

  /**
   * Enum constants by their name, so that constants can be added and reordered. A stored name that
   * the enum no longer has is an {@link IllegalArgumentException} when it is read.
   */
  public static <E extends Enum<E>> Codec<E> enumOf(Class<E> type) {
    Codec<String> names = utf8();
    return variable(
        "enum:" + type.getName(),
        v -> names.size(v.name()),
        (v, b) -> names.write(v.name(), b),
        b -> Enum.valueOf(type, names.read(b)));
  }

  /**
   * The same codec, of whose objects it is known that they never change and that {@code equals}
   * agrees with their bytes: see {@link Codec#isImmutable}.
   */
  public static <T> Codec<T> immutable(Codec<T> codec) {
    return codec.isImmutable() ? codec : new ImmutableCodec<>(codec);
  }

  private static <T> Codec<T> fixed(
      String id, int bytes, Writer<T> writer, Function<ByteBuffer, T> reader) {
    return new SimpleCodec<>(id, bytes, true, v -> bytes, writer, reader);
  }

  private static <T> Codec<T> variable(
      String id, ToIntFunction<T> size, Writer<T> writer, Function<ByteBuffer, T> reader) {
    return new SimpleCodec<>(id, Codec.VARIABLE, true, size, writer, reader);
  }

  private static final class SimpleCodec<T> implements Codec<T> {
    private final String id;
    private final int fixedSize;
    private final boolean isImmutable;
    private final ToIntFunction<T> size;
    private final Writer<T> writer;
    private final Function<ByteBuffer, T> reader;

    SimpleCodec(
        String id,
        int fixedSize,
        boolean isImmutable,
        ToIntFunction<T> size,
        Writer<T> writer,
        Function<ByteBuffer, T> reader) {
      this.id = id;
      this.fixedSize = fixedSize;
      this.isImmutable = isImmutable;
      this.size = size;
      this.writer = writer;
      this.reader = reader;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public int fixedSize() {
      return fixedSize;
    }

    @Override
    public boolean isImmutable() {
      return isImmutable;
    }

    @Override
    public int size(T value) {
      return size.applyAsInt(Objects.requireNonNull(value, "value"));
    }

    @Override
    public void write(T value, ByteBuffer target) {
      writer.write(value, target);
    }

    @Override
    public T read(ByteBuffer source) {
      return reader.apply(source);
    }

    @Override
    public String toString() {
      return "Codec[" + id + "]";
    }
  }
}
