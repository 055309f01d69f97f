package io.tophash.sync;

import io.tophash.core.codec.Codec;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Opens a {@link SyncStore}.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public final class SyncStoreBuilder<K, V>
    extends SyncBuilder<SyncStore<K, V>, SyncStoreBuilder<K, V>> {
  private final Codec<K> keys;
  private final Codec<V> values;

  SyncStoreBuilder(Codec<K> keys, Codec<V> values) {
    this.keys = Objects.requireNonNull(keys, "keys");
    this.values = Objects.requireNonNull(values, "values");
  }

  @Override
  protected SyncStoreBuilder<K, V> self() {
    return this;
  }

  @Override
  protected SyncStore<K, V> open(Path path, boolean temporary) {
    Attachment attachment = Attachment.open(request(keys, values, path, temporary));
    return new SyncStore<>(attachment, attachment.entries(keys, values));
  }
}
