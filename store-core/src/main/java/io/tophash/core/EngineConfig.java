package io.tophash.core;

import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.table.TableContext;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a builder asks for: the header that a new store gets, the one that an old store must have.
 */
record EngineConfig(
    Path path,
    boolean temporary,
    boolean readOnly,
    long expectedEntries,
    long maxBytes,
    boolean verifyReads,
    int windowShift,
    String keyCodec,
    int keyFixedBytes,
    String valueCodec,
    int valueFixedBytes,
    KeyHash.Factory hashes,
    VerifyProgress verifyProgress) {

  BucketLayout layout() {
    return new BucketLayout(keyFixedBytes, valueFixedBytes);
  }

  /** The sealed part of a new store's header. */
  StoreHeader newHeader() {
    return new StoreHeader(
        HeaderLayout.KIND_HASH,
        windowShift,
        TableContext.chunkShift(layout().bytes(), windowShift),
        keyFixedBytes,
        valueFixedBytes,
        hashes.name(),
        keyCodec,
        valueCodec,
        System.currentTimeMillis(),
        ThreadLocalRandom.current().nextLong());
  }

  /**
   * Refuses a store that was made otherwise.
   *
   * @throws IncompatibleStoreException names what differs
   */
  void check(StoreHeader header) {
    require("kind of store", header.kind, HeaderLayout.KIND_HASH);
    require("key codec", header.keyCodec, keyCodec);
    require("value codec", header.valueCodec, valueCodec);
    require("encoded key size", header.keyFixedBytes, keyFixedBytes);
    require("encoded value size", header.valueFixedBytes, valueFixedBytes);
    require("hash function", header.hashName, hashes.name());
  }

  private void require(String what, Object stored, Object requested) {
    if (!stored.equals(requested)) {
      throw new IncompatibleStoreException(
          String.format(
              "the store was made with another %s; open it as it was made, or copy it with `tophash"
                  + " export` and `tophash load`, store=%s stored=%s requested=%s",
              what, path, stored, requested));
    }
  }
}
