package io.tophash.sync.attach;

import io.tophash.core.codec.Codec;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.sync.format.RegionLayout;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** The header that a new store gets, and the one that an old store must have. */
public final class StoreShape {
  private static final int INLINE_BYTES = 8;

  private StoreShape() {}

  /** True if keys and values of these fixed sizes stand in their cells. */
  public static boolean isInline(int keyFixedBytes, int valueFixedBytes) {
    return fitsCell(keyFixedBytes) && fitsCell(valueFixedBytes);
  }

  private static boolean fitsCell(int fixedBytes) {
    return fixedBytes >= 0 && fixedBytes <= INLINE_BYTES;
  }

  public static StoreHeader newHeader(OpenRequest<?, ?> request) {
    StoreHeader header =
        new StoreHeader(
            HeaderLayout.KIND_SYNC,
            request.windowShift(),
            shardShift(request),
            request.keyCodec().fixedSize(),
            request.valueCodec().fixedSize(),
            request.hashes().name(),
            request.keyCodec().id(),
            request.valueCodec().id(),
            System.currentTimeMillis(),
            ThreadLocalRandom.current().nextLong());
    return request.cache() == null ? header : header.asCache();
  }

  private static int shardShift(OpenRequest<?, ?> request) {
    if (request.shardShift() != OpenRequest.SHARDS_BY_ENGINE) {
      return request.shardShift();
    }
    return request.cache() == null ? RegionLayout.MAX_SHARD_SHIFT : request.cache().shardShift();
  }

  /**
   * Refuses a store that was made otherwise.
   *
   * @throws IncompatibleStoreException names what differs
   */
  public static void check(StoreHeader header, OpenRequest<?, ?> request, Path path) {
    if (header.kind != HeaderLayout.KIND_SYNC) {
      throw new IncompatibleStoreException(
          "the file is a HashStore; open it with HashStore.builder, or copy it with `tophash"
              + " export` and `tophash load --kind sync`, store="
              + path);
    }
    if (header.isCache() != (request.cache() != null)) {
      throw new IncompatibleStoreException(
          (header.isCache()
                  ? "the file is a cache; open it with TophashCache.builder, store="
                  : "the file is no cache; open it with SyncStore.builder, store=")
              + path);
    }
    require(path, "key codec", header.keyCodec, request.keyCodec().id());
    require(path, "value codec", header.valueCodec, request.valueCodec().id());
    requireSize(path, "encoded key size", header.keyFixedBytes, request.keyCodec());
    requireSize(path, "encoded value size", header.valueFixedBytes, request.valueCodec());
    require(path, "hash function", header.hashName, request.hashes().name());
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
    if (request.shardShift() != OpenRequest.SHARDS_BY_ENGINE) {
      require(path, "number of shards (log2)", header.shardShift(), request.shardShift());
    }
  }

  private static void requireSize(Path path, String what, int stored, Codec<?> codec) {
    require(path, what, stored, codec.fixedSize());
  }

  private static void require(Path path, String what, Object stored, Object requested) {
    if (!stored.equals(requested)) {
      throw new IncompatibleStoreException(
          String.format(
              "the store was made with another %s; open it as it was made, or copy it with `tophash"
                  + " export` and `tophash load`, store=%s stored=%s requested=%s",
              what, path, stored, requested));
    }
  }
}
