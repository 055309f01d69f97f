package io.tophash.sync;

import io.tophash.core.CrashStores;
import io.tophash.core.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;

/** Opens stores as the tests with damaged files need them: small segments, known hashes. */
public final class FaultStores {
  private static final int SHARDS = 2;
  private static final int WINDOW_BYTES = 1 << 20;
  private static final long MAX_BYTES = 8 << 20;
  private static final long SEGMENT_BYTES = 4096;

  // A damaged lock word may name this very process.
  private static final Duration LOCK_TIMEOUT = Duration.ofMillis(50);

  private FaultStores() {}

  private static <S, B extends SyncBuilder<S, B>> S open(B builder, Path path, boolean readOnly) {
    return builder
        .hashes(CrashStores.hash(-1))
        .shards(SHARDS)
        .maxSegmentBytes(SEGMENT_BYTES)
        .windowBytes(WINDOW_BYTES)
        .maxBytes(MAX_BYTES)
        .lockTimeout(LOCK_TIMEOUT)
        .readOnly(readOnly)
        .open(path);
  }

  /** A store of any kind. */
  public static <K, V> SyncStore<K, V> typed(
      Codec<K> keys, Codec<V> values, Path path, boolean readOnly) {
    return open(SyncStore.builder(keys, values), path, readOnly);
  }

  /** A store of longs. */
  public static LongSyncStore longs(Path path, boolean readOnly) {
    return open(SyncStore.longs().missingValue(-1), path, readOnly);
  }
}
