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

  private final Codec<K> keys;
  private final Codec<V> values;
  private KeyHash.Factory hashes = KeyHash.Factory.STANDARD_FACTORY;

  HashStoreBuilder(Codec<K> keys, Codec<V> values) {
    super(MIN_WINDOW_BYTES);
    this.keys = Objects.requireNonNull(keys, "keys");
    this.values = Objects.requireNonNull(values, "values");
  }

  /** Replaces the hash function: for tests, which need collisions. */
  HashStoreBuilder<K, V> hashes(KeyHash.Factory factory) {
    hashes = factory;
    return this;
  }

  @Override
  protected HashStoreBuilder<K, V> self() {
    return this;
  }

  @Override
  protected HashStore<K, V> open(Path path, boolean temporary) {
    Settings settings = settings();
    EngineConfig config =
        new EngineConfig(
            path,
            temporary,
            settings.readOnly(),
            settings.expectedEntries(),
            settings.maxBytes(),
            settings.verifyReads(),
            settings.windowShift(),
            keys.id(),
            keys.fixedSize(),
            values.id(),
            values.fixedSize(),
            hashes,
            settings.verifyProgress());
    StoreEngine engine = StoreEngine.open(config);
    return new HashStore<>(engine, new HashEntries<>(engine, keys, values));
  }
}
