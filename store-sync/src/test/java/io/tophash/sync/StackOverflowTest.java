package io.tophash.sync;

import io.tophash.core.StoreMap;
import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.StackOverflowCases;
import org.junit.jupiter.api.Tag;

/** A {@code SyncStore} at the end of the stack. */
@Tag("contract")
@Tag("full")
class StackOverflowTest extends StackOverflowCases {
  @Override
  protected StoreMap<String, byte[]> openRecords() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes()).shards(4).openTemporary();
  }

  @Override
  protected StoreMap<Long, Long> openLongs() {
    return SyncStore.builder(Codecs.int64(), Codecs.int64()).shards(4).openTemporary();
  }
}
