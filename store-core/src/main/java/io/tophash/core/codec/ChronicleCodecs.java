package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Supplier;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.bytes.BytesMarshallable;

/**
 * Codecs for types of Chronicle Bytes, which is an optional dependency: this class is the only one
 * that needs it, so who does not call it need not have the library.
 *
 * <p>Which JVM flags Chronicle needs is its own affair and changes with its releases. The codec
 * keeps to its on-heap buffers; with these, types that implement {@code readMarshallable} and
 * {@code writeMarshallable} themselves run without any flag on Java 17 and 25 (chronicle-bytes
 * 2026.4; Java 25 prints a warning). Types that leave the two to Chronicle's default are accessed
 * by reflection and need the flags of its documentation.
 */
public final class ChronicleCodecs {
  private ChronicleCodecs() {}

  /**
   * Objects that write and read themselves. A write marshals the object twice, for its size and for
   * its bytes; both must give the same number of bytes. A read fills a fresh object.
   *
   * <p>As a key, a type must write equal objects as equal bytes. The codec is stateless; it may be
   * shared between threads as far as {@code factory} may.
   *
   * @param type names the format in the file; {@code "chronicle:"} with its name is the identity
   * @param factory makes the objects that reads fill
   */
  // Chronicle's types are part of this method only: who calls it has them.
  @SuppressWarnings("exports")
  public static <T extends BytesMarshallable> Codec<T> bytesMarshallable(
      Class<T> type, Supplier<? extends T> factory) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(factory, "factory");
    return new MarshallableCodec<>("chronicle:" + type.getName(), factory);
  }

  private static final class MarshallableCodec<T extends BytesMarshallable> implements Codec<T> {
    private final String id;
    private final Supplier<? extends T> factory;

    MarshallableCodec(String id, Supplier<? extends T> factory) {
      this.id = id;
      this.factory = factory;
    }

    @Override
    public String id() {
      return id;
    }

    private static byte[] toBytes(BytesMarshallable value) {
      Bytes<byte[]> bytes = Bytes.allocateElasticOnHeap(128);
      value.writeMarshallable(bytes);
      return bytes.toByteArray();
    }

    @Override
    public int size(T value) {
      return toBytes(Objects.requireNonNull(value, "value")).length;
    }

    @Override
    public void write(T value, ByteBuffer target) {
      target.put(toBytes(Objects.requireNonNull(value, "value")));
    }

    @Override
    public T read(ByteBuffer source) {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      T value = factory.get();
      value.readMarshallable(Bytes.wrapForRead(bytes));
      return value;
    }

    @Override
    public String toString() {
      return "Codec[" + id + "]";
    }
  }
}
