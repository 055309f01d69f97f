package io.tophash.core.codec;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Codecs for the buffers of Agrona.
 *
 * <p>Agrona's buffers work only in a JVM that was started with {@code --add-opens
 * java.base/jdk.internal.misc=ALL-UNNAMED}; without it not even an empty one can be made. So this
 * is the one codec here that needs a JVM flag: who has a buffer to store has set it already.
 * Without the flag, {@link Codecs#byteBuffer} reads and writes the same bytes.
 */
public final class AgronaCodecs {
  private AgronaCodecs() {}

  /**
   * All bytes of a buffer, from index 0 to its capacity; a read returns a fresh {@link
   * UnsafeBuffer} over a fresh array. The same identity as {@link Codecs#bytes}. Stateless; may be
   * shared between threads.
   *
   * @throws IllegalStateException if Agrona's buffers do not work in this JVM; the message names
   *     the flag
   */
  @SuppressWarnings("exports") // of an optional module
  public static Codec<DirectBuffer> directBuffer() {
    return DirectBufferCodec.instance();
  }

  private static final class DirectBufferCodec implements Codec<DirectBuffer> {
    private static final DirectBufferCodec INSTANCE = new DirectBufferCodec();

    static DirectBufferCodec instance() {
      try {
        new UnsafeBuffer(new byte[1]).getByte(0);
      } catch (LinkageError e) {
        throw new IllegalStateException(
            "Agrona's buffers do not work in this JVM: start it with --add-opens"
                + " java.base/jdk.internal.misc=ALL-UNNAMED, or use Codecs.byteBuffer()",
            e);
      }
      return INSTANCE;
    }

    @Override
    public String id() {
      return Codecs.bytes().id();
    }

    @Override
    public int size(DirectBuffer value) {
      return Objects.requireNonNull(value, "value").capacity();
    }

    @Override
    public void write(DirectBuffer value, ByteBuffer target) {
      value.getBytes(0, target, value.capacity());
    }

    @Override
    public DirectBuffer read(ByteBuffer source) {
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      return new UnsafeBuffer(bytes);
    }

    @Override
    public String toString() {
      return "Codec[" + id() + "]";
    }
  }
}
