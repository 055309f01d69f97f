package io.tophash.bench.store;

import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.DataType;

/**
 * H2's MVStore: its own data types, and a page cache on the heap for all of the entries. Writes
 * reach the file by its background thread, at the latest after a second.
 */
final class MvFile<K, V> {
  private static final int CACHE_MB = 2048;

  /** So that it is its clock that makes it write, once in a second, and not each MiB of changes. */
  private static final int WRITE_BUFFER_KB = 64 << 10;

  private static final int COMPACT_MS = 30_000;

  final MVMap<K, V> map;
  private final MVStore store;

  MvFile(Path directory, DataType<K> keys, DataType<V> values) {
    store =
        new MVStore.Builder()
            .fileName(directory.resolve("store.mv").toString())
            .cacheSize(CACHE_MB)
            .autoCommitBufferSize(WRITE_BUFFER_KB)
            .open();
    map = store.openMap("entries", new MVMap.Builder<K, V>().keyType(keys).valueType(values));
  }

  /** Gives space of overwritten chunks back, as H2 does when a database is shut down to compact. */
  void settle() {
    store.commit();
    store.compactFile(COMPACT_MS);
  }

  void close() {
    store.close();
  }
}
