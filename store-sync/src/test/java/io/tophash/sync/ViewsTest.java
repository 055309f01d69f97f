package io.tophash.sync;

import io.tophash.core.StoreMap;
import io.tophash.core.codec.Codec;
import io.tophash.core.testing.ViewsCases;
import org.junit.jupiter.api.Tag;

/** The views of a {@code SyncStore}. */
@Tag("fast")
@Tag("contract")
class ViewsTest extends ViewsCases {
  @Override
  protected <K, V> StoreMap<K, V> open(Codec<K> keys, Codec<V> values) {
    return SyncStore.builder(keys, values).windowBytes(1 << 20).shards(1).openTemporary();
  }
}
