package io.tophash.core.fault;

import io.tophash.core.Store;
import io.tophash.core.codec.Codec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToIntBiFunction;

/** A subject of either kind of store, but for the way to open it. */
public abstract class Content<K, V> implements Subject<K, V> {
  private final String name;
  private final boolean isChecked;
  private final int keys;
  private final IntFunction<K> key;
  private final Value<V> value;
  private final List<String> points;
  protected final Codec<K> keyCodec;
  protected final Codec<V> valueCodec;

  /** Makes the values of the keys. */
  @FunctionalInterface
  public interface Value<V> {
    V of(int i, int version);
  }

  protected Content(
      String name,
      boolean isChecked,
      int keys,
      Codec<K> keyCodec,
      Codec<V> valueCodec,
      IntFunction<K> key,
      Value<V> value,
      List<String> points) {
    this.name = name;
    this.isChecked = isChecked;
    this.keys = keys;
    this.keyCodec = keyCodec;
    this.valueCodec = valueCodec;
    this.key = key;
    this.value = value;
    this.points = points;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int keys() {
    return keys;
  }

  @Override
  public K key(int i) {
    return key.apply(i);
  }

  @Override
  public V value(int i, int version) {
    return value.of(i, version);
  }

  @Override
  public V decode(ByteBuffer encoded) {
    return valueCodec.read(encoded);
  }

  @Override
  public boolean isChecked() {
    return isChecked;
  }

  @Override
  public List<String> crashPoints() {
    return points;
  }

  /** Text that says whose it is. */
  public static String text(int i, int version) {
    return version + " of " + i + " " + "abcdefghijklmnop".substring(i % 16);
  }

  /** Bytes that say whose they are: a few, or more for one key of twenty. */
  public static ByteBuffer bytes(int i, int version, int large) {
    int size = 12 + (i % 20 == 7 ? large / (1 + i / 20 % 4) : i * 7 % 300);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    bytes.putInt(i).putInt(version);
    while (bytes.hasRemaining()) {
      bytes.put((byte) (bytes.position() * 31 + i * 7 + version));
    }
    return bytes.flip();
  }

  /** A store of either kind. */
  public record OpenStore<K, V>(
      Map<K, V> map,
      Store store,
      Function<List<K>, Map<K, V>> many,
      ToIntBiFunction<K, ByteBuffer> copy)
      implements Subject.Opened<K, V> {
    @Override
    public Map<K, V> getAll(List<K> keys) {
      return many.apply(keys);
    }

    @Override
    public int getInto(K key, ByteBuffer target) {
      return copy.applyAsInt(key, target);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
