package io.tophash.cli;

import io.tophash.cache.TophashCache;
import io.tophash.core.HashStore;
import io.tophash.core.Store;
import io.tophash.core.StoreInfo;
import io.tophash.core.StoreInfo.Kind;
import io.tophash.core.errors.StoreException;
import io.tophash.core.errors.UnsettledStoreException;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** An open store of any kind with the text forms of its keys and values. */
final class OpenStore implements AutoCloseable {
  final Map<byte[], byte[]> map;

  /** The same store. */
  final Store store;

  final TextForm keys;
  final TextForm values;

  /** The same as a cache; null if it is none. */
  final TophashCache<byte[], byte[]> cache;

  private OpenStore(
      Map<byte[], byte[]> map,
      Store store,
      TophashCache<byte[], byte[]> cache,
      TextForm keys,
      TextForm values) {
    this.map = map;
    this.store = store;
    this.cache = cache;
    this.keys = keys;
    this.values = values;
  }

  /**
   * Opens a store of this kind.
   *
   * @param kind which store it is, or will be
   * @param keys how keys are written
   * @param values how values are written
   * @param how what else the builder is told
   * @param path the file
   */
  private static OpenStore open(Kind kind, TextForm keys, TextForm values, Opening how, Path path) {
    switch (kind) {
      case SYNC:
        SyncStore<byte[], byte[]> sync =
            how.applyTo(SyncStore.builder(keys.codec(), values.codec())).open(path);
        return new OpenStore(sync, sync, null, keys, values);
      case CACHE:
        TophashCache<byte[], byte[]> cache =
            how.applyTo(TophashCache.builder(keys.codec(), values.codec())).open(path);
        return new OpenStore(cache.asMap(), cache.store(), cache, keys, values);
      default:
        HashStore<byte[], byte[]> hash =
            how.applyTo(HashStore.builder(keys.codec(), values.codec())).open(path);
        return new OpenStore(hash, hash, null, keys, values);
    }
  }

  /**
   * Stores a value.
   *
   * @return true if the key is new
   */
  boolean set(byte[] key, byte[] value) {
    if (cache != null) {
      return map.put(key, value) == null;
    }
    if (store instanceof SyncStore) {
      // The number of entries is everybody's, so it does not tell what this operation has done.
      if (map.putIfAbsent(key, value) == null) {
        return true;
      }
      ((SyncStore<byte[], byte[]>) map).set(key, value);
      return false;
    }
    long before = store.sizeLong();
    ((HashStore<byte[], byte[]>) map).set(key, value);
    return store.sizeLong() != before;
  }

  /** True if many entries are better stored in one order than in another. */
  boolean hasFillOrder() {
    return cache == null && store instanceof SyncStore;
  }

  /** This order: of a number for each key. */
  long fillOrder(byte[] key) {
    return ((SyncStore<byte[], byte[]>) map).fillOrder(key);
  }

  /**
   * Opens an existing store for reading. If its last writer was killed in the middle of an
   * operation, a read-only opener is refused; then the store is opened for writing once, which
   * settles that operation, provided that the file may be written.
   */
  static OpenStore toRead(Path path, Duration wait, Console console) {
    StoreInfo info = StoreInfo.read(path);
    try {
      return open(info, wait, true);
    } catch (UnsettledStoreException e) {
      if (!Files.isWritable(path)) {
        throw e;
      }
      open(info, wait, false).close();
      console.note(
          "a writer that was killed, or a machine that stopped, left an operation open, which is"
              + " settled now, store="
              + path);
      return open(info, wait, true);
    }
  }

  /**
   * Opens a SyncStore as it is at one moment of this call.
   *
   * @throws CliException if it is a HashStore, which nobody changes meanwhile, or a cache
   */
  static OpenStore toReadSnapshot(Path path, Duration wait) {
    StoreInfo info = StoreInfo.read(path);
    if (info.kind() != Kind.SYNC) {
      throw new CliException(
          ExitCode.USAGE,
          "only a SyncStore has snapshots; leave the option away, store="
              + path
              + " kind="
              + info.kind().name().toLowerCase(Locale.ROOT));
    }
    try (OpenStore store = open(info, wait, false)) {
      SyncStore<byte[], byte[]> then = ((SyncStore<byte[], byte[]>) store.map).snapshot();
      return new OpenStore(then, then, null, store.keys, store.values);
    }
  }

  /**
   * Opens an existing store to back it up. Of a SyncStore only who may write it can take a
   * snapshot, so that the copy has all of it as it was at one moment.
   */
  static OpenStore toBackUp(Path path, Duration wait, Console console) {
    StoreInfo info = StoreInfo.read(path);
    if (info.kind() == Kind.HASH) {
      return toRead(path, wait, console);
    }
    boolean writable = Files.isWritable(path);
    if (!writable) {
      console.note(
          "the store may not be written, so the copy has each entry, but not all of them, as they"
              + " were at one moment, store="
              + path);
    }
    return open(info, wait, !writable);
  }

  /** Opens an existing store so that all of it can be checked. */
  static OpenStore toVerify(Path path, Duration wait, Console console) {
    StoreInfo info = StoreInfo.read(path);
    return info.kind() == Kind.HASH ? toRead(path, wait, console) : open(info, wait, false);
  }

  /** Opens an existing store to change it. */
  static OpenStore toWrite(Path path, Duration wait) {
    return open(StoreInfo.read(path), wait, false);
  }

  /**
   * Prepares to put entries into a store, which is made if it is not there. Nothing is opened or
   * made before {@link Plan#open}, so that keys and values can be checked first.
   *
   * @param wait how long to wait for who has it open
   * @param kind which store, null for what is there, or the usual one
   * @param usual which store is made if nothing is said
   * @param keyCodec codec of the keys, null for what the store has, or utf8
   * @param valueCodec likewise
   */
  static Plan toPut(
      Path path, Duration wait, Kind kind, Kind usual, CodecName keyCodec, CodecName valueCodec) {
    StoreInfo info = isThere(path) ? StoreInfo.read(path) : null;
    if (info != null && kind != null && kind != info.kind()) {
      throw new CliException(
          ExitCode.STORE,
          "the store is there already and of another kind, store="
              + path
              + " kind="
              + info.kind().name().toLowerCase(Locale.ROOT));
    }
    Kind made = info != null ? info.kind() : kind != null ? kind : usual;
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
    return new Plan(path, wait, made, keys, values, info == null, null);
  }

  /**
   * A store that is about to be opened, or made, to put entries into it.
   *
   * @param isNew true if it is made
   * @param durability the least that a SyncStore shall have; null for what its file says
   */
  record Plan(
      Path path,
      Duration patience,
      Kind kind,
      TextForm keys,
      TextForm values,
      boolean isNew,
      Durability durability) {
    // What a store takes that is made as it is made here. It says so itself, but then it is there.
    private static final int MOST_KEY_BYTES = 64 << 10;
    private static final int MOST_VALUE_BYTES = 256 << 20;

    /** The same plan for a store that is at least so durable. */
    Plan durability(Durability level) {
      return new Plan(path, patience, kind, keys, values, isNew, level);
    }

    /**
     * Checks that a new store would take an entry, so that none is made for one that it refuses;
     * and of a SyncStore at all, since its entries wait until it is given them.
     *
     * @throws CliException if it would not
     */
    void checkSizes(byte[] key, byte[] value) {
      if (isNew || kind == Kind.SYNC) {
        checkSize("key", key.length, MOST_KEY_BYTES);
        checkSize("value", value.length, MOST_VALUE_BYTES);
      }
    }

    private static void checkSize(String what, int bytes, int most) {
      if (bytes > most) {
        throw new CliException(
            ExitCode.INPUT,
            "the " + what + " is too large: at most " + most + " bytes, bytes=" + bytes);
      }
    }

    /**
     * Opens the store.
     *
     * @param expectedEntries hint for a new store
     * @param maxBytes the file grows no further
     * @param maxEntries bound of a new cache
     */
    OpenStore open(long expectedEntries, long maxBytes, long maxEntries) {
      Opening how = new Opening(false, patience, expectedEntries, maxBytes, maxEntries, durability);
      return OpenStore.open(kind, keys, values, how, path);
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

  private static OpenStore open(StoreInfo info, Duration wait, boolean readOnly) {
    return open(
        info.kind(), keys(info), values(info), Opening.existing(readOnly, wait), info.store());
  }

  private static TextForm keys(StoreInfo info) {
    return TextForm.of(info.keyCodec(), info.keyFixedBytes());
  }

  private static TextForm values(StoreInfo info) {
    return TextForm.of(info.valueCodec(), info.valueFixedBytes());
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    } else {
      store.close();
    }
  }
}
