package io.tophash.sync.entry;

import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.hash.KeyHash;
import io.tophash.core.map.CallerBuffer;
import io.tophash.core.map.Encoding;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import java.nio.ByteBuffer;

/** The typed face of a {@link RecordTable}. */
public final class RecordEntries<K, V> implements Entries<K, V>, HeapLevel.Source<K, V> {
  private final RecordTable table;
  private final RecordForm<K, V> form;
  private final KeyHash keyHash;
  private final RecordLookup lookup;
  // Null if there is none.
  private final HeapLevel<K, V> level;

  RecordEntries(RecordTable table, RecordForm<K, V> form) {
    this(table, form, null);
  }

  private RecordEntries(RecordTable table, RecordForm<K, V> form, HeapLevel<K, V> level) {
    this.table = table;
    this.form = form;
    this.keyHash = table.keyHash();
    this.lookup = table.lookup();
    this.level = level;
  }

  /** The same entries, of which some values are kept on the heap. */
  public RecordEntries<K, V> behind(HeapLevel<K, V> heapLevel) {
    return new RecordEntries<>(table, form, heapLevel);
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
    return level == null ? read(key) : level.get(key);
  }

  @Override
  public V read(Object key) {
    return form.value(getEncoded(key));
  }

  @Override
  @SuppressWarnings("unchecked")
  public HeapLevel.Sight sight(Object key) {
    byte[] own = form.ownBytes((K) key);
    byte[] bytes = own == null ? LookupKey.record(form.keys(), (K) key) : own;
    int at = own == null ? PAYLOAD : 0;
    int length = own == null ? LookupKey.keyBytes(bytes) : own.length;
    long hash = keyHash.ofBytes(bytes, at, length);
    Seen seen = lookup.see(bytes, at, length, hash);
    byte[] encoded = lookup.copy(bytes, at, length, hash);
    // The value is that of the entry which was seen if this is what it was all the while.
    boolean certain = seen != null && seen.look(table.memory) != Seen.CHANGED;
    return new HeapLevel.Sight(hash, encoded, certain ? seen : null);
  }

  @Override
  public void hit(long hash, Seen seen, int slot) {
    lookup.hit(hash, seen, slot);
  }

  @Override
  public MappedMemory memory() {
    return table.memory;
  }

  @Override
  public void checkOpen() {
    table.checkOpen();
  }

  @Override
  @SuppressWarnings("unchecked")
  public byte[] getEncoded(Object key) {
    byte[] own = form.ownBytes((K) key);
    if (own != null) {
      return lookup.copy(own, 0, own.length, keyHash.ofBytes(own, own.length));
    }
    byte[] record = LookupKey.record(form.keys(), (K) key);
    int keyBytes = LookupKey.keyBytes(record);
    return lookup.copy(record, PAYLOAD, keyBytes, keyHash.ofBytes(record, PAYLOAD, keyBytes));
  }

  /**
   * Cache: sets the first long of a key's value in place.
   *
   * @param expected the encoded value that it must have
   * @return false if it has another
   */
  public boolean expire(K key, byte[] expected, long expires) {
    byte[] record = form.withKey(key);
    int keyBytes = record.length - PAYLOAD;
    return table.expire(
        record, keyBytes, keyHash.ofBytes(record, PAYLOAD, keyBytes), expected, expires);
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean containsKey(Object key) {
    byte[] record = LookupKey.record(form.keys(), (K) key);
    int keyBytes = LookupKey.keyBytes(record);
    return lookup.contains(record, PAYLOAD, keyBytes, keyHash.ofBytes(record, PAYLOAD, keyBytes));
  }

  @Override
  public int getInto(Object key, ByteBuffer target) {
    int position = target.position();
    int room = target.remaining();
    int length =
        target.hasArray()
            ? getInto(key, target.array(), target.arrayOffset() + position, room)
            : throughArray(key, target);
    CallerBuffer.checkRoom(length, room);
    target.position(position + Math.max(0, length));
    return length;
  }

  @SuppressWarnings("unchecked")
  private int getInto(Object key, byte[] target, int at, int room) {
    byte[] own = form.ownBytes((K) key);
    if (own != null) {
      return lookup.into(own, 0, own.length, keyHash.ofBytes(own, own.length), target, at, room);
    }
    byte[] record = LookupKey.record(form.keys(), (K) key);
    int keyBytes = LookupKey.keyBytes(record);
    long hash = keyHash.ofBytes(record, PAYLOAD, keyBytes);
    return lookup.into(record, PAYLOAD, keyBytes, hash, target, at, room);
  }

  @SuppressWarnings("unchecked")
  private int throughArray(Object key, ByteBuffer target) {
    byte[] record = LookupKey.record(form.keys(), (K) key);
    int keyBytes = LookupKey.keyBytes(record);
    long hash = keyHash.ofBytes(record, PAYLOAD, keyBytes);
    return lookup.into(record, PAYLOAD, keyBytes, hash, target, LookupKey.valueArray());
  }

  private RecordOp set(Change change, K key, V value, byte[] expected, boolean previous) {
    byte[] encoded = form.keys().bytes(key);
    long hash = keyHash.ofBytes(encoded, encoded.length);
    byte[] bytes = form.isCache() ? form.values().bytes(value) : null;
    long expires = bytes == null ? 0 : RecordForm.expires(bytes);
    byte[] record =
        bytes == null
            ? form.record(encoded, hash, value)
            : RecordForm.assemble(encoded, hash, bytes, CacheLayout.PREFIX_BYTES);
    RecordOp op = new RecordOp(change, record, encoded.length, hash, expected, previous);
    op.expires = expires;
    table.run(op);
    return op;
  }

  @SuppressWarnings("unchecked")
  private RecordOp removal(Object key, byte[] expected, boolean previous) {
    byte[] record = form.withKey((K) key);
    int keyBytes = record.length - PAYLOAD;
    long hash = keyHash.ofBytes(record, PAYLOAD, keyBytes);
    Change change = expected == null ? Change.REMOVE : Change.REMOVE_IF_EQUAL;
    RecordOp op = new RecordOp(change, record, keyBytes, hash, expected, previous);
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
