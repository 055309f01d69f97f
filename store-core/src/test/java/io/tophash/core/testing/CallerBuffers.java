package io.tophash.core.testing;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A caller's buffer without Agrona's own classes, which need a JVM flag that the default mode does
 * not have.
 */
public final class CallerBuffers {
  private CallerBuffers() {}

  /** A fixed buffer over the array. */
  public static MutableDirectBuffer over(byte[] bytes) {
    return over(bytes, bytes);
  }

  /** The same, but it does not show what it stands over, as one over bare memory. */
  public static MutableDirectBuffer opaque(byte[] bytes) {
    return over(bytes, null);
  }

  private static MutableDirectBuffer over(byte[] bytes, byte[] shown) {
    return (MutableDirectBuffer)
        Proxy.newProxyInstance(
            MutableDirectBuffer.class.getClassLoader(),
            new Class<?>[] {MutableDirectBuffer.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "isExpandable" -> false;
                  case "capacity" -> bytes.length;
                  case "wrapAdjustment" -> 0;
                  case "byteBuffer" -> null;
                  case "byteArray" -> shown;
                  case "checkLimit" -> null;
                  case "putBytes" -> {
                    ByteBuffer source = (ByteBuffer) args[1];
                    source.get(bytes, (int) args[0], (int) args[2]);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(method.toString());
                });
  }
}
