package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.HashStore;
import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codec;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Function;

/** What most tests of the store need. */
public final class Stores {
  /** The smallest windows: a small store has many of them. */
  public static final int SMALL_WINDOW = 1 << 16;

  private Stores() {}

  /** Fails with the findings if an invariant is broken. */
  public static void assertClean(HashStore<?, ?> store) {
    VerifyReport report = store.verify();
    assertTrue(report.isClean(), report::toString);
    assertEquals(store.sizeLong(), report.entries());
  }

  /** Fails unless the store and the model have the same entries, asked one by one and walked. */
  public static <K, V> void assertSame(Map<K, V> model, HashStore<K, V> store) {
    assertEquals(model.size(), store.size());
    model.forEach((key, value) -> assertEquals(value, store.get(key), () -> "key=" + key));
    int[] walked = new int[1];
    store.forEach(
        (key, value) -> {
          assertEquals(model.get(key), value, () -> "key=" + key);
          walked[0]++;
        });
    assertEquals(model.size(), walked[0]);
  }

  /** A key that the identity hash puts into this bucket under this tophash byte. */
  public static long key(int tophash, int serial, long bucket) {
    return (long) tophash << 56 | (long) serial << 32 | bucket;
  }

  /** Writes objects of one size as text that is filled up with spaces. */
  public static Codec<String> fixedText(int bytes) {
    return new Codec<>() {
      @Override
      public String id() {
        return "text" + bytes;
      }

      @Override
      public int fixedSize() {
        return bytes;
      }

      @Override
      public int size(String value) {
        java.util.Objects.requireNonNull(value);
        return bytes;
      }

      @Override
      public void write(String value, ByteBuffer target) {
        for (int i = 0; i < bytes; i++) {
          target.put((byte) (i < value.length() ? value.charAt(i) : ' '));
        }
      }

      @Override
      public String read(ByteBuffer source) {
        assertEquals(bytes, source.remaining());
        byte[] text = new byte[bytes];
        source.get(text);
        return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1).stripTrailing();
      }
    };
  }

  /** A codec whose three calls can be listened to or replaced. */
  public static final class HookedCodec implements Codec<Long> {
    private final int fixedSize;
    public Function<Long, Integer> size;
    public Runnable onWrite = () -> {};
    public Runnable onRead = () -> {};
    public int writtenBytes;

    public HookedCodec(boolean fixed, int bytes) {
      fixedSize = fixed ? bytes : VARIABLE;
      size = value -> bytes;
      writtenBytes = bytes;
    }

    @Override
    public String id() {
      return "hooked";
    }

    @Override
    public int fixedSize() {
      return fixedSize;
    }

    @Override
    public int size(Long value) {
      java.util.Objects.requireNonNull(value);
      return size.apply(value);
    }

    @Override
    public void write(Long value, ByteBuffer target) {
      onWrite.run();
      for (int i = 0; i < writtenBytes; i++) {
        target.put((byte) (i < 8 ? value >>> 8 * i : 0));
      }
    }

    @Override
    public Long read(ByteBuffer source) {
      onRead.run();
      long value = 0;
      for (int i = 0; i < 8; i++) {
        value |= (source.get() & 0xFFL) << 8 * i;
      }
      return value;
    }
  }
}
