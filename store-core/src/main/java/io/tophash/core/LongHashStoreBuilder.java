package io.tophash.core;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.util.Objects;

/** Opens a {@link LongHashStore}. */
public final class LongHashStoreBuilder extends StoreBuilder<LongHashStore, LongHashStoreBuilder> {
  private final HashRequest request;
  private long missingValue;

  LongHashStoreBuilder() {
    this(new HashRequest(Codecs.int64(), Codecs.int64()));
  }

  private LongHashStoreBuilder(HashRequest request) {
    super(request, HashStoreBuilder.MIN_WINDOW_BYTES);
    this.request = request;
  }

  /** As {@link HashStoreBuilder#verifyProgress}. */
  public LongHashStoreBuilder verifyProgress(VerifyProgress progress) {
    request.verifyProgress = Objects.requireNonNull(progress, "progress");
    return this;
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
    HashRequest asked = request.at(path, temporary);
    return new LongHashStore(
        HashStoreBuilder.open(asked, Codecs.int64(), Codecs.int64()), missingValue);
  }
}
