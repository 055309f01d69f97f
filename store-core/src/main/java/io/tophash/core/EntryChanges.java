package io.tophash.core;

import io.tophash.core.table.Table;
import java.util.Objects;

/**
 * The changes of a store, one entry each. A change says that it is under way, does its share of a
 * growth, finds the key, and then does what it is for.
 */
final class EntryChanges<K, V> {
  private final StoreEngine engine;
  private final EntryTable<K, V> entries;

  EntryChanges(StoreEngine engine, EntryTable<K, V> entries) {
    this.engine = engine;
    this.entries = entries;
  }

  /** Stores a value; the previous one is decoded only where it is wanted. */
  V store(K key, V value, boolean wantsPrevious) {
    Objects.requireNonNull(value, "value");
    engine.beginWrite();
    try {
      long keyHash = entries.hashOf(key);
      engine.growth.workIfRoom(keyHash);
      long found = entries.find(keyHash);
      V previous = null;
      if (found != Table.ABSENT) {
        if (wantsPrevious) {
          previous = entries.valueOfFound(found);
        }
        entries.overwrite(found, value);
      } else {
        entries.insert(keyHash, value);
      }
      return previous;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  /** Removes a key; the value that it had, or null. */
  V remove(Object key) {
    engine.beginWrite();
    try {
      long found = find(key);
      if (found == Table.ABSENT) {
        return null;
      }
      V previous = entries.valueOfFound(found);
      entries.delete(found);
      return previous;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  /**
   * Removes a key if it has the expected value.
   *
   * @param expected null for any value
   * @return true if it had
   */
  boolean deleteIf(K key, V expected) {
    engine.beginWrite();
    try {
      long found = find(key);
      if (found == Table.ABSENT || expected != null && !entries.isValue(found, expected)) {
        return false;
      }
      entries.delete(found);
      return true;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  /** Gives a key another value if it has the expected one; true if it had. */
  boolean replace(K key, V expected, V value) {
    Objects.requireNonNull(expected, "oldValue");
    Objects.requireNonNull(value, "newValue");
    engine.beginWrite();
    try {
      long found = find(key);
      if (found == Table.ABSENT || !entries.isValue(found, expected)) {
        return false;
      }
      entries.overwrite(found, value);
      return true;
    } catch (IndexOutOfBoundsException e) {
      throw engine.explain(e);
    } finally {
      engine.endWrite();
    }
  }

  private long find(Object key) {
    long keyHash = entries.hashOf(key);
    engine.growth.workIfRoom(keyHash);
    return entries.find(keyHash);
  }
}
