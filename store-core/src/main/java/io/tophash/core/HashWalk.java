package io.tophash.core;

import io.tophash.core.map.EntryWalk;
import io.tophash.core.table.ChainCursor;
import io.tophash.core.table.Table;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One walk over the entries of a store, chain by chain. The keys of a chain are decoded when the
 * walk reaches it; if anything changes before they are all delivered, the rest is looked up again
 * by key, so that what was deleted is not delivered and what was updated shows its latest value.
 */
final class HashWalk<K, V> implements EntryWalk<K, V> {
  private final HashEntries<K, V> entries;
  private final StoreEngine engine;
  private final EntryTable<K, V> cells;
  private final Table table;
  private final ChainCursor cursor;
  private Object[] chainKeys = new Object[16];
  private long[] chainHashes = new long[16];
  private int index;
  private int size;
  private long stamp;
  private K key;
  private V value;
  private long stampOfValue;

  HashWalk(HashEntries<K, V> entries, StoreEngine engine, EntryTable<K, V> cells) {
    this.entries = entries;
    this.engine = engine;
    this.cells = cells;
    this.table = engine.table;
    engine.beginIterate();
    this.cursor = new ChainCursor(table, ThreadLocalRandom.current().nextLong());
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean advance() {
    engine.beginIterate();
    try {
      while (true) {
        while (index < size) {
          int i = index++;
          K candidate = (K) chainKeys[i];
          V found =
              stamp == table.modifications()
                  ? cells.valueAt(cursor.cell(i), chainHashes[i])
                  : entries.get(candidate);
          if (found != null) {
            key = candidate;
            value = found;
            stampOfValue = table.modifications();
            return true;
          }
        }
        if (!nextChain()) {
          return false;
        }
      }
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    }
  }

  private boolean nextChain() {
    if (!cursor.next()) {
      return false;
    }
    // Until all is decoded: after an exception the walk goes on behind the damaged chain.
    size = 0;
    index = 0;
    int keys = cursor.size();
    if (chainKeys.length < keys) {
      chainKeys = Arrays.copyOf(chainKeys, keys * 2);
      chainHashes = new long[keys * 2];
    }
    cells.touch(cursor);
    for (int i = 0; i < keys; i++) {
      chainHashes[i] = cells.hashAt(cursor.cell(i));
      chainKeys[i] = cells.keyAt(cursor.cell(i), chainHashes[i]);
    }
    size = keys;
    stamp = table.modifications();
    return true;
  }

  @Override
  public K key() {
    return key;
  }

  @Override
  public V value() {
    return value;
  }

  /**
   * {@inheritDoc} If there is no next one, the entry is delivered as it was reached, because {@code
   * hasNext} has promised one.
   */
  @Override
  public void refresh() {
    if (stampOfValue == table.modifications()) {
      return;
    }
    V latest = entries.get(key);
    if (latest != null) {
      value = latest;
    } else {
      advance();
    }
  }
}
