package io.tophash.sync;

import io.tophash.core.codec.Codecs;

/** Opens stores as the cases of jcstress need them: one shard, segments that are often rebuilt. */
public final class SyncRaceStores {
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int RECORD_SEGMENT_BYTES = 3_000;
  private static final int LONG_SEGMENT_BYTES = 500;

  private SyncRaceStores() {}

  private static <S, B extends SyncBuilder<S, B>> S open(B builder, int segmentBytes) {
    return builder
        .shards(1)
        .windowBytes(WINDOW_BYTES)
        .maxSegmentBytes(segmentBytes)
        .openTemporary();
  }

  /** A store of the record kind. */
  public static SyncStore<Long, byte[]> records() {
    return open(SyncStore.builder(Codecs.int64(), Codecs.bytes()), RECORD_SEGMENT_BYTES);
  }

  /** A store of longs. */
  public static LongSyncStore longs(long missingValue) {
    return open(SyncStore.longs().missingValue(missingValue), LONG_SEGMENT_BYTES);
  }
}
