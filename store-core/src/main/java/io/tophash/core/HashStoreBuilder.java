package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.hash.KeyHash;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Opens a {@link HashStore}.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class HashStoreBuilder<K, V>
    extends StoreBuilder<HashStore<K, V>, HashStoreBuilder<K, V>> {
  /** Smallest window of these stores. */
  static final long MIN_WINDOW_BYTES = 1 << 16;

  private final HashRequest request;
  private final Codec<K> keys;
  private final Codec<V> values;

  HashStoreBuilder(Codec<K> keys, Codec<V> values) {
    this(
        keys,
        values,
        new HashRequest(
            Objects.requireNonNull(keys, "keys"), Objects.requireNonNull(values, "values")));
  }

  private HashStoreBuilder(Codec<K> keys, Codec<V> values, HashRequest request) {
    super(request, MIN_WINDOW_BYTES);
    this.request = request;
    this.keys = keys;
    this.values = values;
  }

  /**
   * Hears how far the verification is that this open makes if the machine stopped while the store
   * was not written back: it takes time in proportion to the store. Default: nobody.
   */
  public HashStoreBuilder<K, V> verifyProgress(VerifyProgress progress) {
    request.verifyProgress = Objects.requireNonNull(progress, "progress");
    return this;
  }

  /** Replaces the hash function: for tests, which need collisions. */
  HashStoreBuilder<K, V> hashes(KeyHash.Factory factory) {
    request.hashes = factory;
    return this;
  }

  @Override
  protected HashStoreBuilder<K, V> self() {
    return this;
  }

  @Override
  protected HashStore<K, V> open(Path path, boolean temporary) {
    return open(request.at(path, temporary), keys, values);
  }

  static <K, V> HashStore<K, V> open(HashRequest request, Codec<K> keys, Codec<V> values) {
    StoreEngine engine = StoreEngine.open(request);
    return new HashStore<>(engine, new HashEntries<>(engine, keys, values));
  }
}
