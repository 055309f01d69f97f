package io.tophash.sync;

import io.tophash.core.StoreBuilder;
import io.tophash.core.codec.Codec;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.map.Entries;
import io.tophash.sync.attach.CacheSettings;
import io.tophash.sync.attach.SyncRequest;
import io.tophash.sync.entry.HeapLevel;
import io.tophash.sync.entry.RecordEntries;
import io.tophash.sync.entry.Tables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * What the builders of concurrent stores share. A builder may be used again; it is not thread-safe.
 *
 * @param <S> the store that is opened
 * @param <B> the builder itself
 */
public abstract class SyncBuilder<S, B extends SyncBuilder<S, B>> extends StoreBuilder<S, B> {
  private static final long MIN_WINDOW_BYTES = 1 << 20;

  private final SyncRequest request;

  SyncBuilder(Codec<?> keys, Codec<?> values) {
    this(
        new SyncRequest(
            Objects.requireNonNull(keys, "keys"), Objects.requireNonNull(values, "values")));
  }

  private SyncBuilder(SyncRequest request) {
    super(request, MIN_WINDOW_BYTES);
    this.request = request;
  }

  /**
   * How long an operation waits for a lock whose owner lives but does not go on, as when it was
   * stopped, before it throws {@link io.tophash.core.errors.StoreTimeoutException}. A lock whose
   * owner died is taken over within milliseconds, whatever this is; within two seconds if that
   * process cannot be seen from here, as it ran in another container. Not stored in the file.
   * Default: 10 seconds. It holds for all who have the store open for writing in this JVM; who asks
   * for another one than the first is refused with an {@link IllegalArgumentException}, as for
   * {@link #maxBytes}.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public B lockTimeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("lockTimeout must be positive, lockTimeout=" + timeout);
    }
    request.lockTimeoutMs = Math.max(1, saturatedMs(timeout));
    return self();
  }

  /**
   * The least durability that is wanted. A new store gets it; an existing one that is less durable
   * is made so, for all who have it open. One that is more durable stays as it is, and the log says
   * so: to lower it, ask for that with {@link SyncStore#durability(Durability)}. Of no concern to
   * who opens a store read-only. Default: {@link Durability#PROCESS} for a new store, and whatever
   * the file says.
   */
  public B durability(Durability level) {
    request.durability = level.level();
    return self();
  }

  /** Replaces the hash function: for tests, which need collisions. */
  B hashes(KeyHash.Factory factory) {
    request.hashes = factory;
    return self();
  }

  /** Sets the number of shards of a new store, a power of two: for tests, which need contention. */
  B shards(int count) {
    if (Integer.bitCount(count) != 1 || count < 0) {
      throw new IllegalArgumentException("shards must be a power of two, shards=" + count);
    }
    request.shardShift = Integer.numberOfTrailingZeros(count);
    return self();
  }

  /**
   * Sets the largest block of a segment, for this attachment: for tests, which want rebuilds and
   * splits all the time.
   */
  B maxSegmentBytes(long bytes) {
    request.maxSegmentBytes = bytes;
    return self();
  }

  /**
   * Sets the size of a file of the log, for this attachment: for tests, which want many of them.
   */
  B logFileBytes(int bytes) {
    request.logFileBytes = bytes;
    return self();
  }

  /** How many values are kept on the heap. */
  B heapLevel(int entries) {
    if (entries < 0) {
      throw new IllegalArgumentException(
          "heapEntries must not be negative, heapEntries=" + entries);
    }
    request.heapEntries = entries;
    return self();
  }

  /** The entries behind the heap level that was asked for, if they are records. */
  <K, V> Entries<K, V> behindHeapLevel(Entries<K, V> entries) {
    if (request.heapEntries == 0 || !(entries instanceof RecordEntries)) {
      return entries;
    }
    RecordEntries<K, V> records = (RecordEntries<K, V>) entries;
    return records.behind(new HeapLevel<>(records, request.heapEntries));
  }

  /** What makes the store a cache; null if it is none. */
  CacheSettings cacheSettings() {
    return null;
  }

  SyncRequest request(Path path, boolean temporary) {
    SyncRequest asked = request.at(path, temporary);
    asked.cache = cacheSettings();
    asked.changes = Tables::changesOf;
    if (asked.cache != null && asked.durability != null && asked.durability.logs()) {
      throw new IllegalArgumentException(
          "a cache does not log its changes; POWER_LOSS is the most durable that it can be, store="
              + path);
    }
    return asked;
  }
}
