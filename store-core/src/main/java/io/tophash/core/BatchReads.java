package io.tophash.core;

import io.tophash.core.table.Table;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Looks up many keys of a store in stages, so that the cache misses of a batch overlap. */
final class BatchReads<K, V> {
  private static final int BATCH = 32;

  private final StoreEngine engine;
  private final Table table;
  private final EntryTable<K, V> entries;

  BatchReads(StoreEngine engine, EntryTable<K, V> entries) {
    this.engine = engine;
    this.table = engine.table;
    this.entries = entries;
  }

  Map<K, V> getAll(Collection<? extends K> wanted) {
    Map<K, V> result = new LinkedHashMap<>();
    Object[] batch = new Object[BATCH];
    int n = 0;
    for (K key : wanted) {
      batch[n++] = Objects.requireNonNull(key, "key");
      if (n == BATCH) {
        getBatch(batch, n, result);
        n = 0;
      }
    }
    getBatch(batch, n, result);
    return result;
  }

  @SuppressWarnings("unchecked")
  private void getBatch(Object[] batch, int n, Map<K, V> result) {
    long[] hashes = new long[BATCH];
    engine.beginRead();
    try {
      for (int i = 0; i < n; i++) {
        hashes[i] = entries.hashOf(batch[i]);
      }
      table.touch(hashes, n);
      for (int i = 0; i < n; i++) {
        entries.hashOf(batch[i]);
        long found = entries.find(hashes[i]);
        if (found != Table.ABSENT) {
          result.put((K) batch[i], entries.valueOfFound(found));
        }
      }
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }
}
