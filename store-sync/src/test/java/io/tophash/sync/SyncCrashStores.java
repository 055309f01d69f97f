package io.tophash.sync;

import io.tophash.core.CrashStores;
import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.time.Duration;

/** Opens stores as the crash tests need them: few shards, small windows, always the same hashes. */
public final class SyncCrashStores {
  private static final int WINDOW_BYTES = 1 << 20;
  private static final long ALL_BITS = -1;

  /** Has room for the largest batch of the tests, and is soon full. */
  private static final int LOG_FILE_BYTES = 1 << 20;

  private SyncCrashStores() {}

  /** A store of the inline kind. */
  public static SyncStore<Long, Long> longs(
      Path path, int shards, boolean readOnly, Duration lockTimeout) {
    return SyncStore.longs()
        .missingValue(Long.MIN_VALUE)
        .hashes(CrashStores.hash(ALL_BITS))
        .shards(shards)
        .windowBytes(WINDOW_BYTES)
        .logFileBytes(LOG_FILE_BYTES)
        .lockTimeout(lockTimeout)
        .readOnly(readOnly)
        .open(path)
        .asMap();
  }

  /** Lets a store take the checkpoint that is due at a time, if one is. */
  public static void lookAt(SyncStore<?, ?> store, long nanos) {
    store.attachment().core().checkpointer().lookAt(nanos);
  }

  /** A store of the record kind. */
  public static SyncStore<String, byte[]> records(
      Path path, int shards, boolean readOnly, Duration lockTimeout) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .hashes(CrashStores.hash(ALL_BITS))
        .shards(shards)
        .windowBytes(WINDOW_BYTES)
        .logFileBytes(LOG_FILE_BYTES)
        .lockTimeout(lockTimeout)
        .readOnly(readOnly)
        .open(path);
  }
}
