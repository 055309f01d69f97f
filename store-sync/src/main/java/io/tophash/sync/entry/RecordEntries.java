package io.tophash.sync.entry;

import io.tophash.core.hash.KeyHash;
import io.tophash.core.map.CallerBuffer;
import io.tophash.core.map.Encoding;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.sync.format.SyncRecordLayout;
import java.nio.ByteBuffer;

/** The typed face of a {@link RecordTable}. */
public final class RecordEntries<K, V> implements Entries<K, V> {
  private final RecordTable table;
  private final RecordForm<K, V> form;
  private final KeyHash keyHash;

  RecordEntries(RecordTable table, RecordForm<K, V> form) {
    this.table = table;
    this.form = form;
    this.keyHash = table.keyHash();
  }

  private long hash(byte[] record, int keyBytes) {
    return keyHash.ofBytes(record, SyncRecordLayout.PAYLOAD, keyBytes);
  }

  @SuppressWarnings("unchecked")
  private <R> R lookup(Object key, RecordLookup.Reader<R> reader) {
    byte[] record = form.lookup((K) key);
    int keyBytes = RecordForm.keyBytes(record);
    return table.get(record, keyBytes, hash(record, keyBytes), reader);
  }

  @Override
  public Encoding<K> keys() {
    return form.keys();
  }

  @Override
  public Encoding<V> values() {
    return form.values();
  }

  @Override
  public V get(Object key) {
    return form.value(getEncoded(key));
  }

  @Override
  public byte[] getEncoded(Object key) {
    return lookup(key, table::copy);
  }

  @Override
  public boolean containsKey(Object key) {
    return lookup(key, RecordLookup.PRESENT) != null;
  }

  @Override
  public int getInto(Object key, ByteBuffer target) {
    int position = target.position();
    Integer length =
        lookup(
            key,
            (record, offset, bytes) -> {
              // Too little room is reported when the length has been validated.
              if (target.limit() - position >= bytes) {
                target.position(position);
                target.put(table.memory.slice(record + offset, bytes));
              }
              return bytes;
            });
    if (length == null) {
      target.position(position);
      return -1;
    }
    target.position(position);
    CallerBuffer.checkRoom(length, target.remaining());
    target.position(position + length);
    return length;
  }

  private RecordOp set(Change change, K key, V value, byte[] expected, boolean previous) {
    byte[] encoded = form.keys().bytes(key);
    byte[] record = form.record(encoded, value);
    RecordOp op =
        new RecordOp(
            change, record, encoded.length, hash(record, encoded.length), expected, previous);
    table.run(op);
    return op;
  }

  @SuppressWarnings("unchecked")
  private RecordOp removal(Object key, byte[] expected, boolean previous) {
    byte[] record = form.lookup((K) key);
    int keyBytes = RecordForm.keyBytes(record);
    Change change = expected == null ? Change.REMOVE : Change.REMOVE_IF_EQUAL;
    RecordOp op =
        new RecordOp(change, record, keyBytes, hash(record, keyBytes), expected, previous);
    table.run(op);
    return op;
  }

  @Override
  public V put(K key, V value) {
    return form.value(set(Change.SET, key, value, null, true).previous);
  }

  @Override
  public void set(K key, V value) {
    set(Change.SET, key, value, null, false);
  }

  @Override
  public V putIfAbsent(K key, V value) {
    return form.value(set(Change.SET_IF_ABSENT, key, value, null, true).previous);
  }

  @Override
  public V remove(Object key) {
    return form.value(removal(key, null, true).previous);
  }

  @Override
  public boolean delete(Object key) {
    return removal(key, null, false).changed;
  }

  @Override
  public boolean removeEncoded(Object key, byte[] expected) {
    return removal(key, expected, false).changed;
  }

  @Override
  public V replace(K key, V value) {
    return form.value(set(Change.SET_IF_PRESENT, key, value, null, true).previous);
  }

  @Override
  public boolean replaceEncoded(K key, byte[] expected, V value) {
    return set(Change.SET_IF_EQUAL, key, value, expected, false).changed;
  }

  @Override
  public boolean containsValue(Object value) {
    byte[] encoded = form.values().bytes(value);
    RecordWalk<K, V> walk = new RecordWalk<>(table, form);
    while (walk.advance()) {
      if (walk.isValue(encoded)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public EntryWalk<K, V> newWalk() {
    return new RecordWalk<>(table, form);
  }

  @Override
  public void clear() {
    table.clear();
  }

  @Override
  public long sizeLong() {
    return table.sizeLong();
  }
}
