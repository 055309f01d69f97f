package io.tophash.core;

import io.tophash.core.codec.Codec;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.map.Encoding;
import io.tophash.core.table.ChainCursor;
import io.tophash.core.table.Table;
import java.nio.ByteBuffer;

/**
 * The typed entries of one store: between the map's methods and the table, which knows only bytes.
 * A found entry is named by its cell, as in {@link Table}. Misuse is the caller's affair.
 */
final class EntryTable<K, V> {
  private final StoreEngine engine;
  private final Table table;
  private final BucketLayout layout;
  private final EntryCodec<K> keys;
  private final EntryCodec<V> values;
  private final boolean longKeys;
  private long lastHash;

  /**
   * @param changes true for changes, false for lookups: see {@link EntryCodec}
   */
  EntryTable(StoreEngine engine, boolean changes, Codec<K> keyCodec, Codec<V> valueCodec) {
    this.engine = engine;
    this.table = engine.table;
    this.layout = engine.layout;
    this.keys = EntryCodec.ofKeys(engine, changes, keyCodec);
    this.values = EntryCodec.ofValues(engine, changes, valueCodec);
    this.longKeys = keyCodec.fixedSize() == 8;
  }

  Encoding<K> keys() {
    return keys.encoding();
  }

  Encoding<V> values() {
    return values.encoding();
  }

  /** Encodes the key and hashes it; {@link #find} refers to the last key that came here. */
  @SuppressWarnings("unchecked")
  long hashOf(Object key) {
    keys.encode((K) key);
    lastHash = table.hashOf(keys.bytes(), keys.length());
    return lastHash;
  }

  /** The cell of the key that was hashed last. */
  long find(long keyHash) {
    return longKeys
        ? table.findLong(keys.longKey(), keyHash)
        : table.findBytes(keys.bytes(), keys.length(), keyHash);
  }

  private long keyCell(long found) {
    return (found & -8) + layout.key((int) found & 7);
  }

  private long valueCell(long found) {
    return (found & -8) + layout.value((int) found & 7);
  }

  /** Fetches the records of a chain all at once, instead of one after the other as it is read. */
  void touch(ChainCursor chain) {
    if (keys.isIndirect()) {
      for (int i = 0; i < chain.size(); i++) {
        keys.touch(keyCell(chain.cell(i)));
      }
    }
    if (values.isIndirect()) {
      for (int i = 0; i < chain.size(); i++) {
        values.touch(valueCell(chain.cell(i)));
      }
    }
  }

  /** The key of any entry, with what {@link #hashAt} says of it. */
  K keyAt(long found, long keyHash) {
    return keys.read(keyCell(found), keyHash);
  }

  /** Hash of the key of any entry, if reading key or value has a use for it. */
  long hashAt(long found) {
    return keys.verifies() || values.verifies() ? table.hashOfCell(found & -8, (int) found & 7) : 0;
  }

  /** The value of the key that was hashed last. */
  V valueOfFound(long found) {
    return valueAt(found, lastHash);
  }

  /** The value of any entry, with what {@link #hashAt} says of it. */
  V valueAt(long found, long keyHash) {
    V value = values.read(valueCell(found), keyHash);
    engine.memory.keepAlive();
    return value;
  }

  /**
   * The encoded value of the key that was hashed last: a shared view, valid until the next use of
   * the store.
   */
  ByteBuffer valueView(long found) {
    return values.view(valueCell(found), lastHash);
  }

  /** True if the encoded value of the key that was hashed last is this one. */
  boolean isValue(long found, byte[] encoded) {
    return values.isEncoded(valueCell(found), lastHash, encoded);
  }

  /** True if any entry has this value. */
  boolean containsValue(byte[] encoded) {
    ChainCursor cursor = new ChainCursor(table, 0);
    while (cursor.next()) {
      for (int i = 0; i < cursor.size(); i++) {
        long found = cursor.cell(i);
        if (values.isEncoded(valueCell(found), hashAt(found), encoded)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Inserts the key that was hashed last, which is absent. */
  void insert(V value) {
    long keyHash = lastHash;
    engine.growth.beforeInsert(keyHash);
    values.stage(value, keyHash);
    keys.stageEncoded(keyHash);
    engine.assigner.insert(
        keyHash, keys.stagedWord(), keys.stagedBytes(), values.stagedWord(), values.stagedBytes());
    engine.growth.prepare();
  }

  /** Gives the key that was hashed last, and found, another value. */
  void overwrite(long found, V value) {
    values.stage(value, lastHash);
    if (values.isIndirect()) {
      engine.assigner.replaceRecord(found, values.stagedWord());
    } else if (values.stagedBytes() == null) {
      engine.assigner.overwriteWord(found, values.stagedWord());
    } else {
      engine.assigner.overwriteBytes(found, values.stagedBytes());
    }
  }

  /** Deletes the key that was hashed last, and found. */
  void delete(long found) {
    engine.assigner.deleteEntry(found, lastHash);
  }
}
