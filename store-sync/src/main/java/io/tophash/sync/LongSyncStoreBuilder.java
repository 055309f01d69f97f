package io.tophash.sync;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;

/** Opens a {@link LongSyncStore}. */
public final class LongSyncStoreBuilder extends SyncBuilder<LongSyncStore, LongSyncStoreBuilder> {
  private long missingValue;

  LongSyncStoreBuilder() {
    super(Codecs.int64(), Codecs.int64());
  }

  /** What {@link LongSyncStore#get(long)} and the like return for an absent key. Default: 0. */
  public LongSyncStoreBuilder missingValue(long value) {
    missingValue = value;
    return this;
  }

  @Override
  protected LongSyncStoreBuilder self() {
    return this;
  }

  @Override
  protected LongSyncStore open(Path path, boolean temporary) {
    return new LongSyncStore(Attachment.open(request(path, temporary)), missingValue);
  }
}
