package io.tophash.core;

import io.tophash.core.table.ChainCursor;
import io.tophash.core.table.Table;
import java.util.Arrays;

/**
 * One walk over the entries of a store, chain by chain. The keys of a chain are decoded when the
 * walk reaches it; if anything changes before they are all delivered, the rest is looked up again
 * by key, so that what was deleted is not delivered and what was updated shows its latest value.
 */
final class EntryWalk<K, V> {
  private final HashStore<K, V> store;
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

  EntryWalk(HashStore<K, V> store, ChainCursor cursor) {
    this.store = store;
    this.table = store.engine.table;
    this.cursor = cursor;
  }

  /** Goes to the next entry; false if there is none. */
  @SuppressWarnings("unchecked")
  boolean advance() {
    store.engine.beginIterate();
    try {
      while (true) {
        while (index < size) {
          int i = index++;
          K candidate = (K) chainKeys[i];
          V found =
              stamp == table.modifications()
                  ? store.entries.valueAt(cursor.cell(i), chainHashes[i])
                  : store.get(candidate);
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
      throw store.engine.explain(e);
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
    store.entries.touch(cursor);
    for (int i = 0; i < keys; i++) {
      chainHashes[i] = store.entries.hashAt(cursor.cell(i));
      chainKeys[i] = store.entries.keyAt(cursor.cell(i), chainHashes[i]);
    }
    size = keys;
    stamp = table.modifications();
    return true;
  }

  K key() {
    return key;
  }

  V value() {
    return value;
  }

  /**
   * Brings the entry up to date that was reached by {@code hasNext}, if anything changed since: an
   * update shows its latest value, a deleted entry gives way to the next one. If there is none, the
   * entry is delivered as it was reached, because {@code hasNext} has promised one.
   */
  void refresh() {
    if (stampOfValue == table.modifications()) {
      return;
    }
    V latest = store.get(key);
    if (latest != null) {
      value = latest;
    } else {
      advance();
    }
  }
}
