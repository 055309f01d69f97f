package io.tophash.sync.attach;

import io.tophash.core.codec.Codec;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.lifecycle.OpenRequest;
import io.tophash.sync.checkpoint.Level;
import io.tophash.sync.format.LogLayout;
import io.tophash.sync.format.RegionLayout;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What is asked of a concurrent store when it is opened. */
public final class SyncRequest extends OpenRequest {
  /** The usual lock timeout is meant, or that of who has the store open in this JVM already. */
  public static final long ANY_LOCK_TIMEOUT = 0;

  /** The engine chooses the number of shards. */
  public static final int SHARDS_BY_ENGINE = -1;

  /** Largest block of a segment, unless a test wants another. */
  public static final long MAX_SEGMENT_BYTES = 63 << 10;

  private static final long LOCK_TIMEOUT_MS = 10_000;
  private static final int INLINE_BYTES = 8;

  /** How long an operation waits for a lock, at least 1, or {@link #ANY_LOCK_TIMEOUT}. */
  public long lockTimeoutMs = ANY_LOCK_TIMEOUT;

  /** log2 of a new store's number of shards, or {@link #SHARDS_BY_ENGINE}. */
  public int shardShift = SHARDS_BY_ENGINE;

  /** Largest block of a segment. */
  public long maxSegmentBytes = MAX_SEGMENT_BYTES;

  /** Size of a file of the log, unless a test wants another. */
  public int logFileBytes = LogLayout.FILE_BYTES;

  /** The least durability that is wanted; null for what the file says. */
  public Level durability;

  /**
   * How a change of the log is made again in a store that is being attached: takes an encoded key
   * and its value, null to remove it.
   */
  public Function<TableParts, BiConsumer<byte[], byte[]>> changes;

  /** How many values are kept on the heap. */
  public int heapEntries;

  /** Of a cache; null for any other store. */
  public CacheSettings cache;

  public SyncRequest(Codec<?> keyCodec, Codec<?> valueCodec) {
    super(keyCodec, valueCodec);
  }

  @Override
  public SyncRequest at(Path file, boolean isTemporary) {
    return (SyncRequest) super.at(file, isTemporary);
  }

  /** The lock timeout, half of for ever at most: so a time from now still is a time to come. */
  public long lockTimeoutNanos() {
    long ms = lockTimeoutMs == ANY_LOCK_TIMEOUT ? LOCK_TIMEOUT_MS : lockTimeoutMs;
    return Math.min(Long.MAX_VALUE / 2, TimeUnit.MILLISECONDS.toNanos(ms));
  }

  /** True if keys and values of these fixed sizes stand in their cells. */
  public static boolean isInline(StoreHeader header) {
    return fitsCell(header.keyFixedBytes) && fitsCell(header.valueFixedBytes);
  }

  private static boolean fitsCell(int fixedBytes) {
    return fixedBytes >= 0 && fixedBytes <= INLINE_BYTES;
  }

  /** The header that a new store gets. */
  StoreHeader newHeader() {
    int usual = cache == null ? RegionLayout.MAX_SHARD_SHIFT : cache.shardShift();
    StoreHeader header =
        newHeader(HeaderLayout.KIND_SYNC, shardShift == SHARDS_BY_ENGINE ? usual : shardShift);
    return cache == null ? header : header.asCache();
  }

  /**
   * Refuses a store that was made otherwise.
   *
   * @throws IncompatibleStoreException names what differs
   */
  void check(StoreHeader header) {
    if (header.kind != HeaderLayout.KIND_SYNC) {
      throw new IncompatibleStoreException(
          "the file is a HashStore; open it with HashStore.builder, or copy it with `tophash"
              + " export` and `tophash load --kind sync`, store="
              + path);
    }
    if (header.isCache() != (cache != null)) {
      throw new IncompatibleStoreException(
          (header.isCache()
                  ? "the file is a cache; open it with TophashCache.builder, store="
                  : "the file is no cache; open it with SyncStore.builder, store=")
              + path);
    }
    checkCodecs(header);
    if (header.shardShift() > RegionLayout.MAX_SHARD_SHIFT
        || header.windowShift < RegionLayout.MIN_WINDOW_SHIFT) {
      throw new IncompatibleStoreException(
          "the store has a geometry that this release does not read, store="
              + path
              + " shardShift="
              + header.shardShift()
              + " windowShift="
              + header.windowShift);
    }
    if (shardShift != SHARDS_BY_ENGINE) {
      require("number of shards (log2)", header.shardShift(), shardShift);
    }
  }

  /**
   * Refuses, for a further opener of this JVM, what holds for all and is another for the first one.
   *
   * @throws IllegalArgumentException names what differs
   */
  void checkBeside(SyncRequest first) {
    if (maxBytes != ANY_LENGTH && maxBytes != first.maxBytes) {
      throw refusal("maxBytes", first.maxBytes, maxBytes);
    }
    long present = first.lockTimeoutNanos();
    if (lockTimeoutMs != ANY_LOCK_TIMEOUT && lockTimeoutNanos() != present) {
      throw refusal("lockTimeout in ms", present / 1_000_000, lockTimeoutNanos() / 1_000_000);
    }
  }

  private IllegalArgumentException refusal(String what, long present, long requested) {
    return new IllegalArgumentException(
        "the store is already open in this process with another "
            + what
            + ", which holds for all; ask for the same one, or for none, or close the first one,"
            + " store="
            + path
            + " open="
            + present
            + " requested="
            + requested);
  }
}
