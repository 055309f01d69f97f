package io.tophash.sync.attach;

import io.tophash.core.VerifyProgress;
import io.tophash.core.codec.Codec;
import io.tophash.core.hash.KeyHash;
import io.tophash.sync.checkpoint.Level;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What a builder asks the engine for.
 *
 * @param path the file
 * @param temporary true to delete it with the attachment's close
 * @param readOnly true to write nothing
 * @param maxBytes the file never grows over this, or {@link #ANY_LENGTH}
 * @param expectedEntries hint for a new store, 0 for none; may be negative or absurd
 * @param windowShift log2 of the size of a new store's windows
 * @param lockTimeoutMs how long an operation waits for a lock, at least 1, or {@link
 *     #ANY_LOCK_TIMEOUT}
 * @param shardShift log2 of a new store's number of shards, or {@link #SHARDS_BY_ENGINE}
 * @param maxSegmentBytes largest block of a segment
 * @param verifyReads true to compare the checksum of each record that is read
 * @param keyCodec how keys are written
 * @param valueCodec how values are written
 * @param hashes the hash function
 * @param verifyProgress hears of the verification after a stop of the machine
 * @param cache of a cache; null for any other store
 * @param durability the least that is wanted; null for what the file says
 */
public record OpenRequest<K, V>(
    Path path,
    boolean temporary,
    boolean readOnly,
    long maxBytes,
    long expectedEntries,
    int windowShift,
    long lockTimeoutMs,
    int shardShift,
    long maxSegmentBytes,
    boolean verifyReads,
    Codec<K> keyCodec,
    Codec<V> valueCodec,
    KeyHash.Factory hashes,
    VerifyProgress verifyProgress,
    CacheSettings cache,
    Level durability) {
  /** The usual lock timeout is meant, or that of who has the store open in this JVM already. */
  public static final long ANY_LOCK_TIMEOUT = 0;

  /** No limit is meant, or that of who has the store open in this JVM already. */
  public static final long ANY_LENGTH = Long.MAX_VALUE;

  private static final long LOCK_TIMEOUT_MS = 10_000;

  /** The engine chooses the number of shards. */
  public static final int SHARDS_BY_ENGINE = -1;

  /** Largest block of a segment, unless a test wants another. */
  public static final long MAX_SEGMENT_BYTES = 63 << 10;

  /** A request that compares checksums, and in which nobody hears of a verification. */
  public OpenRequest(
      Path path,
      boolean temporary,
      boolean readOnly,
      long maxBytes,
      long expectedEntries,
      int windowShift,
      long lockTimeoutMs,
      int shardShift,
      long maxSegmentBytes,
      Codec<K> keyCodec,
      Codec<V> valueCodec,
      KeyHash.Factory hashes) {
    this(
        path,
        temporary,
        readOnly,
        maxBytes,
        expectedEntries,
        windowShift,
        lockTimeoutMs,
        shardShift,
        maxSegmentBytes,
        keyCodec,
        valueCodec,
        hashes,
        null);
  }

  /** The same for a cache, or another store if that is null. */
  public OpenRequest(
      Path path,
      boolean temporary,
      boolean readOnly,
      long maxBytes,
      long expectedEntries,
      int windowShift,
      long lockTimeoutMs,
      int shardShift,
      long maxSegmentBytes,
      Codec<K> keyCodec,
      Codec<V> valueCodec,
      KeyHash.Factory hashes,
      CacheSettings cache) {
    this(
        path,
        temporary,
        readOnly,
        maxBytes,
        expectedEntries,
        windowShift,
        lockTimeoutMs,
        shardShift,
        maxSegmentBytes,
        true,
        keyCodec,
        valueCodec,
        hashes,
        VerifyProgress.NONE,
        cache,
        null);
  }

  /** The lock timeout, half of for ever at most: so a time from now still is a time to come. */
  public long lockTimeoutNanos() {
    long ms = lockTimeoutMs == ANY_LOCK_TIMEOUT ? LOCK_TIMEOUT_MS : lockTimeoutMs;
    return Math.min(Long.MAX_VALUE / 2, TimeUnit.MILLISECONDS.toNanos(ms));
  }
}
