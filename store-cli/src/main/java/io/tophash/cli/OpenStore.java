package io.tophash.cli;

import io.tophash.core.HashStore;
import io.tophash.core.HashStoreBuilder;
import io.tophash.core.StoreInfo;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.UnsettledStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An open store with the text forms of its keys and values. */
final class OpenStore implements AutoCloseable {
  final HashStore<byte[], byte[]> map;
  final TextForm keys;
  final TextForm values;

  private OpenStore(HashStore<byte[], byte[]> map, TextForm keys, TextForm values) {
    this.map = map;
    this.keys = keys;
    this.values = values;
  }

  /**
   * Opens an existing store for reading. If its last writer was killed in the middle of an
   * operation, a read-only opener is refused; then the store is opened for writing once, which
   * settles that operation, provided that the file may be written.
   */
  static OpenStore toRead(Path path, Console console) {
    StoreInfo info = infoOfHashStore(path);
    try {
      return open(info, true);
    } catch (UnsettledStoreException e) {
      if (!Files.isWritable(path)) {
        throw e;
      }
      open(info, false).close();
      console.note(
          "the last writer was killed in the middle of an operation, which is settled now, store="
              + path);
      return open(info, true);
    }
  }

  /** Opens an existing store to change it. */
  static OpenStore toWrite(Path path) {
    return open(infoOfHashStore(path), false);
  }

  /**
   * Prepares to put entries into a store, which is made if it is not there. Nothing is opened or
   * made before {@link Plan#open}, so that keys and values can be checked first.
   *
   * @param keyCodec codec of the keys, null for what the store has, or utf8
   * @param valueCodec likewise
   */
  static Plan toPut(Path path, CodecName keyCodec, CodecName valueCodec) {
    StoreInfo info = isThere(path) ? infoOfHashStore(path) : null;
    TextForm keys = form(keyCodec, info == null ? null : keys(info));
    TextForm values = form(valueCodec, info == null ? null : values(info));
    if (!keys.isWritable() || !values.isWritable()) {
      throw new CliException(
          ExitCode.STORE,
          "the store has a codec that only the program that made it can write, store="
              + path
              + " keyCodec="
              + keys.codec().id()
              + " valueCodec="
              + values.codec().id());
    }
    return new Plan(path, keys, values);
  }

  /** A store that is about to be opened, or made, to put entries into it. */
  record Plan(Path path, TextForm keys, TextForm values) {
    /**
     * Opens the store.
     *
     * @param expectedEntries hint for a new store
     * @param maxBytes the file grows no further
     */
    OpenStore open(long expectedEntries, long maxBytes) {
      HashStoreBuilder<byte[], byte[]> builder =
          HashStore.builder(keys.codec(), values.codec())
              .expectedEntries(expectedEntries)
              .maxBytes(maxBytes);
      return new OpenStore(builder.open(path), keys, values);
    }
  }

  private static boolean isThere(Path path) {
    try {
      return Files.exists(path) && !(Files.isRegularFile(path) && Files.size(path) == 0);
    } catch (IOException e) {
      throw new StoreException("cannot read the size of the store, store=" + path, e);
    }
  }

  private static TextForm form(CodecName asked, TextForm stored) {
    if (asked != null) {
      return asked.form();
    }
    return stored != null ? stored : CodecName.UTF8.form();
  }

  private static StoreInfo infoOfHashStore(Path path) {
    StoreInfo info = StoreInfo.read(path);
    if (info.kind() != StoreInfo.Kind.HASH) {
      throw new IncompatibleStoreException(
          "the store is a SyncStore, which this command does not open, store=" + path);
    }
    return info;
  }

  private static OpenStore open(StoreInfo info, boolean readOnly) {
    TextForm keys = keys(info);
    TextForm values = values(info);
    HashStore<byte[], byte[]> map =
        HashStore.builder(keys.codec(), values.codec()).readOnly(readOnly).open(info.store());
    return new OpenStore(map, keys, values);
  }

  private static TextForm keys(StoreInfo info) {
    return TextForm.of(info.keyCodec(), info.keyFixedBytes());
  }

  private static TextForm values(StoreInfo info) {
    return TextForm.of(info.valueCodec(), info.valueFixedBytes());
  }

  @Override
  public void close() {
    map.close();
  }
}
