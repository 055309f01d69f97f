package io.tophash.bench.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The keys of records: made from the index of an entry, and as bytes for the stores that want
 * those.
 */
public abstract class KeyForm<K> {
  /** Ints that look random. */
  public static final KeyForm<Integer> INT = new IntKeys();

  /** Strings of 16 characters. */
  public static final KeyForm<String> STRING = new StringKeys();

  private final Class<K> type;
  private final int bytes;

  private KeyForm(Class<K> type, int bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /** The key of an index from 0 on: a new object each time, as far as the JDK makes one. */
  public abstract K key(long index);

  /** Writes the key where the buffer is. */
  public abstract void write(K key, ByteBuffer target);

  /** The key that these bytes are. */
  public abstract K read(byte[] source);

  /** The class of the keys. */
  public final Class<K> type() {
    return type;
  }

  /** Bytes of each key. */
  public final int bytes() {
    return bytes;
  }

  /** One of two things: what fits the form of the keys. The caller knows that it has its type. */
  @SuppressWarnings("unchecked")
  public final <T> T pick(Object forInts, Object forStrings) {
    return (T) (type == Integer.class ? forInts : forStrings);
  }

  private static final class IntKeys extends KeyForm<Integer> {
    IntKeys() {
      super(Integer.class, Integer.BYTES);
    }

    @Override
    public Integer key(long index) {
      // The 32-bit finalizer of MurmurHash3, a bijection.
      int z = (int) index + 1;
      z = (z ^ (z >>> 16)) * 0x85ebca6b;
      z = (z ^ (z >>> 13)) * 0xc2b2ae35;
      return z ^ (z >>> 16);
    }

    @Override
    public void write(Integer key, ByteBuffer target) {
      target.order(ByteOrder.nativeOrder()).putInt(key);
    }

    @Override
    public Integer read(byte[] source) {
      return ByteBuffer.wrap(source).order(ByteOrder.nativeOrder()).getInt();
    }
  }

  private static final class StringKeys extends KeyForm<String> {
    StringKeys() {
      super(String.class, 2 * Long.BYTES);
    }

    @Override
    public String key(long index) {
      return HexFormat.of().toHexDigits(Keys.key(index));
    }

    @Override
    public void write(String key, ByteBuffer target) {
      target.put(key.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public String read(byte[] source) {
      return new String(source, StandardCharsets.ISO_8859_1);
    }
  }
}
