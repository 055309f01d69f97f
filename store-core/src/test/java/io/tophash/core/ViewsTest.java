package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.testing.ViewsCases;
import org.junit.jupiter.api.Tag;

/** The views of a {@code HashStore}. */
@Tag("fast")
@Tag("contract")
class ViewsTest extends ViewsCases {
  @Override
  protected <K, V> StoreMap<K, V> open(Codec<K> keys, Codec<V> values) {
    return HashStore.builder(keys, values).windowBytes(1 << 20).openTemporary();
  }
}
