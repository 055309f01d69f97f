package io.tophash.core.fault;

import io.tophash.core.codec.Codec;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Values of the golden files, by codec. Must not be changed. */
public final class GoldenCodecs {
  /** An object with a codec of its own. */
  public record Point(int x, int y) {}

  /** That codec. */
  public static final Codec<Point> POINT =
      Codec.of(
          "point",
          point -> ByteBuffer.allocate(8).putInt(point.x()).putInt(point.y()).array(),
          bytes -> {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new Point(buffer.getInt(), buffer.getInt());
          });

  private GoldenCodecs() {}

  public static UUID uuid(int i, int version) {
    return new UUID(i * 0x9E3779B97F4A7C15L, version);
  }

  public static byte[] array(int i, int version) {
    return Content.bytes(i, version, 90_000).array();
  }

  public static TimeUnit unit(int i, int version) {
    return TimeUnit.values()[(i + version) % 7];
  }
}
