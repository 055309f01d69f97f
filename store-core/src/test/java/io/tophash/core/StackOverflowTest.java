package io.tophash.core;

import io.tophash.core.testing.StackOverflowCases;
import org.junit.jupiter.api.Tag;

/** A {@code HashStore} at the end of the stack. */
@Tag("contract")
@Tag("full")
class StackOverflowTest extends StackOverflowCases {
  @Override
  protected StoreMap<String, byte[]> openRecords() {
    return HashStore.builder(
            io.tophash.core.codec.Codecs.utf8(), io.tophash.core.codec.Codecs.bytes())
        .windowBytes(1 << 20)
        .openTemporary();
  }

  @Override
  protected StoreMap<Long, Long> openLongs() {
    return HashStore.longs().windowBytes(1 << 20).openTemporary().asMap();
  }
}
