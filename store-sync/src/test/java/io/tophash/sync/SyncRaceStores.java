package io.tophash.sync;

import io.tophash.core.codec.Codecs;

/** Opens stores as the cases of jcstress need them: one shard, segments that are often rebuilt. */
public final class SyncRaceStores {
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int RECORD_SEGMENT_BYTES = 3_000;
  private static final int LONG_SEGMENT_BYTES = 500;
  private static final int HEAP_ENTRIES = 1 << 12;

  private SyncRaceStores() {}

  private static <S, B extends SyncBuilder<S, B>> B with(B builder, int segmentBytes) {
    return builder.shards(1).windowBytes(WINDOW_BYTES).maxSegmentBytes(segmentBytes);
  }

  private static <S, B extends SyncBuilder<S, B>> S open(B builder, int segmentBytes) {
    return with(builder, segmentBytes).openTemporary();
  }

  private static SyncStoreBuilder<Long, byte[]> recordBuilder() {
    return with(SyncStore.builder(Codecs.int64(), Codecs.bytes()), RECORD_SEGMENT_BYTES);
  }

  /** A store of the record kind, once more, with values on the heap. */
  public static SyncStore<Long, byte[]> behindHeap(SyncStore<Long, byte[]> store) {
    return recordBuilder().heapEntries(HEAP_ENTRIES).open(store.path());
  }

  /** The same, whose heap level is broken. */
  public static SyncStore<Long, byte[]> behindBlindHeap(SyncStore<Long, byte[]> store) {
    return BlindStores.open(
        recordBuilder(), Codecs.int64(), Codecs.bytes(), store.path(), HEAP_ENTRIES);
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
