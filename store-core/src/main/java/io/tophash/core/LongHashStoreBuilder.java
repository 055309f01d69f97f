package io.tophash.core;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;

/** Opens a {@link LongHashStore}. */
public final class LongHashStoreBuilder extends StoreBuilder<LongHashStore, LongHashStoreBuilder> {
  private long missingValue;

  LongHashStoreBuilder() {}

  /** What {@link LongHashStore#get(long)} and the like return for an absent key. Default: 0. */
  public LongHashStoreBuilder missingValue(long value) {
    missingValue = value;
    return this;
  }

  @Override
  LongHashStoreBuilder self() {
    return this;
  }

  @Override
  LongHashStore open(Path path, boolean temporary) {
    HashStoreBuilder<Long, Long> builder = HashStore.builder(Codecs.int64(), Codecs.int64());
    builder.expectedEntries = expectedEntries;
    builder.readOnly = readOnly;
    builder.maxBytes = maxBytes;
    builder.windowShift = windowShift;
    return new LongHashStore(builder.open(path, temporary), missingValue);
  }
}
