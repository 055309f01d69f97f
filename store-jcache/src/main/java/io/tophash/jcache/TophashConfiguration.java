package io.tophash.jcache;

import io.tophash.cache.TophashCache;
import io.tophash.cache.TophashCacheBuilder;
import io.tophash.core.codec.Codec;
import io.tophash.sync.Durability;
import java.io.ObjectInputFilter;
import java.util.Objects;
import java.util.function.Function;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.MutableConfiguration;

/**
 * A configuration that says also what JCache has no words for: how keys and values are written, the
 * bounds, tags. Everything has a default, so that a {@link MutableConfiguration} will do.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class TophashConfiguration<K, V> extends MutableConfiguration<K, V> {
  private static final long serialVersionUID = 1L;

  private transient Codec<K> keyCodec;
  private transient Codec<V> valueCodec;
  private transient ObjectInputFilter serialFilter;
  private transient Function<? super K, String> tags;
  private Long maxBytes;
  private Long maxEntries;
  private Integer heapEntries;
  private transient Durability durability;

  /** A configuration in which nothing is set. */
  public TophashConfiguration() {}

  /** A copy of a configuration, be it of this class or another. */
  public TophashConfiguration(CompleteConfiguration<K, V> other) {
    super(other);
    if (other instanceof TophashConfiguration<K, V> ours) {
      keyCodec = ours.keyCodec;
      valueCodec = ours.valueCodec;
      serialFilter = ours.serialFilter;
      tags = ours.tags;
      maxBytes = ours.maxBytes;
      maxEntries = ours.maxEntries;
      heapEntries = ours.heapEntries;
      durability = ours.durability;
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

  /**
   * Bound of the file of a new cache in bytes, null for none. At the bound, entries go that were
   * not read for long. It stands in the file: a cache that is there keeps its own.
   *
   * @throws IllegalArgumentException if it is less than 2 MiB
   */
  public TophashConfiguration<K, V> setMaxBytes(Long bytes) {
    if (bytes != null && bytes < TophashCacheBuilder.MIN_BYTES) {
      throw new IllegalArgumentException(
          "a cache needs at least " + TophashCacheBuilder.MIN_BYTES + " bytes, maxBytes=" + bytes);
    }
    maxBytes = bytes;
    return this;
  }

  /**
   * Bound of the number of entries of a new cache, null for none; as {@link #setMaxBytes}.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public TophashConfiguration<K, V> setMaxEntries(Long entries) {
    if (entries != null && entries <= 0) {
      throw new IllegalArgumentException("maxEntries must be positive, maxEntries=" + entries);
    }
    maxEntries = entries;
    return this;
  }

  /**
   * How many values each process keeps on its heap in front of the file, null for none. They are
   * never stale, whichever process changes them.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public TophashConfiguration<K, V> setHeapEntries(Integer entries) {
    if (entries != null && entries < 0) {
      throw new IllegalArgumentException(
          "heapEntries must not be negative, heapEntries=" + entries);
    }
    heapEntries = entries;
    return this;
  }

  /** The least durability that is wanted, null for what the file says. */
  public TophashConfiguration<K, V> setDurability(Durability level) {
    durability = level;
    return this;
  }

  /**
   * The tag of each key's values, null for none; all values of a tag go at once with {@link
   * TophashCache#invalidateTag} of the cache that {@code unwrap} gives.
   */
  public TophashConfiguration<K, V> setTags(Function<? super K, String> ofKey) {
    tags = ofKey;
    return this;
  }

  /** See {@link #setMaxBytes}. */
  public Long getMaxBytes() {
    return maxBytes;
  }

  /** See {@link #setMaxEntries}. */
  public Long getMaxEntries() {
    return maxEntries;
  }

  /** See {@link #setHeapEntries}. */
  public Integer getHeapEntries() {
    return heapEntries;
  }

  /** See {@link #setDurability}. */
  public Durability getDurability() {
    return durability;
  }

  /** See {@link #setTags}. */
  public Function<? super K, String> getTags() {
    return tags;
  }

  /** Tells the builder what is set here, but for codecs and expiry. */
  void applyTo(TophashCacheBuilder<K, V> builder) {
    if (maxBytes != null) {
      builder.maxBytes(maxBytes);
    }
    if (maxEntries != null) {
      builder.maxEntries(maxEntries);
    }
    if (heapEntries != null) {
      builder.heapEntries(heapEntries);
    }
    if (durability != null) {
      builder.durability(durability);
    }
    if (tags != null) {
      builder.tags(tags);
    }
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
        && Objects.equals(serialFilter, that.serialFilter)
        && Objects.equals(tags, that.tags)
        && Objects.equals(maxBytes, that.maxBytes)
        && Objects.equals(maxEntries, that.maxEntries)
        && Objects.equals(heapEntries, that.heapEntries)
        && Objects.equals(durability, that.durability);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
