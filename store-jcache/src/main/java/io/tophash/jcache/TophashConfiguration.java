package io.tophash.jcache;

import io.tophash.core.codec.Codec;
import java.io.ObjectInputFilter;
import java.util.Objects;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.MutableConfiguration;

/**
 * A configuration that says also what JCache has no words for: how keys and values are written.
 * Everything has a default, so that a {@link MutableConfiguration} will do.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class TophashConfiguration<K, V> extends MutableConfiguration<K, V> {
  private static final long serialVersionUID = 1L;

  private transient Codec<K> keyCodec;
  private transient Codec<V> valueCodec;
  private transient ObjectInputFilter serialFilter;

  /** A configuration in which nothing is set. */
  public TophashConfiguration() {}

  /** A copy of a configuration, be it of this class or another. */
  public TophashConfiguration(CompleteConfiguration<K, V> other) {
    super(other);
    if (other instanceof TophashConfiguration<K, V> ours) {
      keyCodec = ours.keyCodec;
      valueCodec = ours.valueCodec;
      serialFilter = ours.serialFilter;
    }
  }

  /**
   * How keys are written. Without it: strings, longs, ints, UUIDs, byte arrays and enums by the
   * codecs of {@code Codecs} if the configuration names that type; else each key by its own class,
   * and what is none of these by Java serialization.
   */
  public TophashConfiguration<K, V> setKeyCodec(Codec<K> codec) {
    keyCodec = codec;
    return this;
  }

  /** How values are written; without it as {@link #setKeyCodec} says. */
  public TophashConfiguration<K, V> setValueCodec(Codec<V> codec) {
    valueCodec = codec;
    return this;
  }

  /**
   * Which classes Java serialization may make when it reads this cache. It must be set, here or by
   * the manager's property {@value TophashCacheManager#SERIAL_FILTER} or for the whole JVM ({@code
   * jdk.serialFilter}), before a cache in a directory serializes anything: others may have written
   * there.
   */
  public TophashConfiguration<K, V> setSerialFilter(ObjectInputFilter filter) {
    serialFilter = filter;
    return this;
  }

  /** How keys are written, null if by default. */
  public Codec<K> getKeyCodec() {
    return keyCodec;
  }

  /** How values are written, null if by default. */
  public Codec<V> getValueCodec() {
    return valueCodec;
  }

  /** Which classes may be read, null if nothing was set. */
  public ObjectInputFilter getSerialFilter() {
    return serialFilter;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && other instanceof TophashConfiguration<?, ?> that
        && Objects.equals(keyCodec, that.keyCodec)
        && Objects.equals(valueCodec, that.valueCodec)
        && Objects.equals(serialFilter, that.serialFilter);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
