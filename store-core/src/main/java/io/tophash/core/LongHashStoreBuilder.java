package io.tophash.core;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;

/** Opens a {@link LongHashStore}. */
public final class LongHashStoreBuilder extends StoreBuilder<LongHashStore, LongHashStoreBuilder> {
  private long missingValue;

  LongHashStoreBuilder() {
    super(HashStoreBuilder.MIN_WINDOW_BYTES);
  }

  /** What {@link LongHashStore#get(long)} and the like return for an absent key. Default: 0. */
  public LongHashStoreBuilder missingValue(long value) {
    missingValue = value;
    return this;
  }

  @Override
  protected LongHashStoreBuilder self() {
    return this;
  }

  @Override
  protected LongHashStore open(Path path, boolean temporary) {
    HashStoreBuilder<Long, Long> builder =
        HashStore.builder(Codecs.int64(), Codecs.int64()).settings(settings());
    return new LongHashStore(builder.open(path, temporary), missingValue);
  }
}
