package io.tophash.sync;

import io.tophash.core.codec.Codec;
import io.tophash.sync.attach.CacheSettings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Opens a {@link CacheStore}. The bounds are those of a new cache; one that is there keeps its own.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class CacheStoreBuilder<K, V>
    extends SyncBuilder<CacheStore<K, V>, CacheStoreBuilder<K, V>> {
  /** The smallest bound in bytes. */
  public static final long MIN_BYTES = 2 << 20;

  private final Codec<K> keys;
  private final Codec<V> values;
  private long maxBytes = Long.MAX_VALUE;
  private long maxEntries = Long.MAX_VALUE;
  private LongSupplier nowMs = InstantSource.system()::millis;

  CacheStoreBuilder(Codec<K> keys, Codec<V> values) {
    super(keys, values);
    this.keys = keys;
    this.values = values;
  }

  /**
   * The file of a new cache never takes more bytes than this.
   *
   * @throws IllegalArgumentException if it is less than {@link #MIN_BYTES}
   */
  @Override
  public CacheStoreBuilder<K, V> maxBytes(long bytes) {
    if (bytes < MIN_BYTES) {
      throw new IllegalArgumentException(
          "a cache needs at least " + MIN_BYTES + " bytes, maxBytes=" + bytes);
    }
    maxBytes = bytes;
    return this;
  }

  /**
   * A new cache never has more entries than this.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public CacheStoreBuilder<K, V> maxEntries(long entries) {
    if (entries <= 0) {
      throw new IllegalArgumentException("maxEntries must be positive, maxEntries=" + entries);
    }
    maxEntries = entries;
    return this;
  }

  /**
   * The clock by which entries expire, in milliseconds since 1970. The first opener's in this JVM
   * counts. Default: the wall clock.
   */
  public CacheStoreBuilder<K, V> clock(LongSupplier clock) {
    nowMs = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /** Up to so many values are kept on the heap: see {@link SyncStoreBuilder#heapEntries}. */
  public CacheStoreBuilder<K, V> heapEntries(int entries) {
    return heapLevel(entries);
  }

  @Override
  CacheSettings cacheSettings() {
    return new CacheSettings(maxBytes, maxEntries, nowMs);
  }

  @Override
  protected CacheStoreBuilder<K, V> self() {
    return this;
  }

  @Override
  protected CacheStore<K, V> open(Path path, boolean temporary) {
    Attachment attachment = Attachment.open(request(path, temporary));
    return new CacheStore<>(attachment, behindHeapLevel(attachment.entries(keys, values)));
  }
}
