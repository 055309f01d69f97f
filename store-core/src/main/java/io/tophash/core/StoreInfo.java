package io.tophash.core;

import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.memory.StorePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What a store file says about itself: the part of its header that never changes. For programs that
 * open stores whose codecs they do not know beforehand.
 *
 * @param store the file
 * @param kind which store it is
 * @param formatVersion version of the file format
 * @param keyCodec identity of the key codec
 * @param keyFixedBytes encoded size of every key, {@link io.tophash.core.codec.Codec#VARIABLE} if
 *     it varies
 * @param valueCodec identity of the value codec
 * @param valueFixedBytes encoded size of every value, {@link io.tophash.core.codec.Codec#VARIABLE}
 *     if it varies
 * @param hashName name of the hash function
 * @param windowBytes size of the windows in which the file is mapped
 * @param created when the store was made
 */
public record StoreInfo(
    Path store,
    Kind kind,
    int formatVersion,
    String keyCodec,
    int keyFixedBytes,
    String valueCodec,
    int valueFixedBytes,
    String hashName,
    long windowBytes,
    Instant created) {

  /** The kinds of stores. */
  public enum Kind {
    /** A {@link HashStore} or {@link LongHashStore}. */
    HASH,
    /** The concurrent store. */
    SYNC,
    /** A cache over the concurrent store. */
    CACHE
  }

  /**
   * Reads and validates the sealed header of a store. Takes no lock and maps nothing, so it works
   * while the store is open elsewhere too.
   *
   * @throws IncompatibleStoreException if the file is no store, or one of another format version
   * @throws io.tophash.core.errors.CorruptStoreException if its header is damaged
   * @throws StoreException if the file cannot be read
   */
  public static StoreInfo read(Path path) {
    if (!Files.exists(path)) {
      throw new StoreException("there is no such file, store=" + path);
    }
    if (!Files.isRegularFile(path)) {
      throw new StoreException("the path is not a regular file, path=" + path);
    }
    byte[] head;
    try {
      head = StorePaths.readHead(path, HeaderLayout.BYTES);
    } catch (IOException e) {
      throw new StoreException("cannot read the header of the store, store=" + path, e);
    }
    StoreHeader header = StoreHeader.parse(head, path);
    return new StoreInfo(
        path,
        header.isCache() ? Kind.CACHE : kind(header.kind, path),
        HeaderLayout.VERSION_VALUE,
        header.keyCodec,
        header.keyFixedBytes,
        header.valueCodec,
        header.valueFixedBytes,
        header.hashName,
        1L << header.windowShift,
        Instant.ofEpochMilli(header.createdMs));
  }

  private static Kind kind(int kind, Path path) {
    switch (kind) {
      case HeaderLayout.KIND_HASH:
        return Kind.HASH;
      case HeaderLayout.KIND_SYNC:
        return Kind.SYNC;
      default:
        throw new IncompatibleStoreException(
            "the store is of an unknown kind; use a release that reads it, store="
                + path
                + " kind="
                + kind);
    }
  }
}
