package io.tophash.sync.entry;

import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.codec.Codec;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.map.Encoding;
import io.tophash.core.map.Entries;
import io.tophash.core.map.EntryWalk;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordImage;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** The entries of a {@link RecordTable} by objects: keys and values as the bytes of a record. */
public final class RecordEntries<K, V> implements Entries<K, V>, HeapLevel.Source<K, V> {
  /** In place of a value: the short way does not decide it. */
  public static final byte[] UNDECIDED = RecordGet.UNDECIDED;

  private final RecordTable table;
  private final Encoding<K> keys;
  private final Encoding<V> values;
  private final ShortKeys shortKeys;
  private final int prefix;
  private final KeyHash keyHash;
  private final RecordLookup lookup;
  private final ValueInto<K> into;
  // Null if there is none.
  private final HeapLevel<K, V> level;

  RecordEntries(RecordTable table, Codec<K> keyCodec, Codec<V> valueCodec) {
    this(table, ofKeys(keyCodec), ofValues(valueCodec, table), null);
  }

  private RecordEntries(
      RecordTable table, Encoding<K> keys, Encoding<V> values, HeapLevel<K, V> level) {
    this.table = table;
    this.keys = keys;
    this.values = values;
    this.shortKeys = new ShortKeys(keys.codec());
    this.prefix = table.segments().prefix();
    this.keyHash = table.keyHash();
    this.lookup = table.lookup();
    this.into = new ValueInto<>(keys, shortKeys, keyHash, lookup);
    this.level = level;
  }

  private static <K> Encoding<K> ofKeys(Codec<K> codec) {
    return new Encoding<>(codec, "key", SyncRecordLayout.MAX_KEY_BYTES);
  }

  private static <V> Encoding<V> ofValues(Codec<V> codec, RecordTable table) {
    long most = Math.min(SyncRecordLayout.MAX_VALUE_BYTES, table.memory.windowBytes() / 4);
    return new Encoding<>(codec, "value", (int) most);
  }

  /** The same entries, of which some values are kept on the heap. */
  public RecordEntries<K, V> behind(HeapLevel<K, V> heapLevel) {
    return new RecordEntries<>(table, keys, values, heapLevel);
  }

  @Override
  public Encoding<K> keys() {
    return keys;
  }

  @Override
  public Encoding<V> values() {
    return values;
  }

  /** The value of a fresh copy; null for null. */
  private V value(byte[] encoded) {
    return encoded == null ? null : values.readFresh(encoded);
  }

  @Override
  public V get(Object key) {
    return level == null ? read(key) : level.get(key);
  }

  @Override
  public V read(Object key) {
    return value(getEncoded(key));
  }

  @Override
  @SuppressWarnings("unchecked")
  public HeapLevel.Sight sight(Object key) {
    byte[] own = shortKeys.ownBytes(key, keys.maxBytes());
    byte[] bytes = own == null ? LookupKey.record(keys, (K) key) : own;
    int at = own == null ? PAYLOAD : 0;
    int length = own == null ? LookupKey.keyBytes(bytes) : own.length;
    long hash = keyHash.ofBytes(bytes, at, length);
    Seen seen = lookup.see(bytes, at, length, hash);
    byte[] encoded = lookup.copy(bytes, at, length, hash, null);
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
  public byte[] getEncoded(Object key) {
    return copy(key, null);
  }

  /**
   * Of a cache: the value of a key behind its head, a fresh array.
   *
   * @return null if the key is absent; {@link #UNDECIDED} if the value is to be read as a whole
   */
  public byte[] behindHead(Object key, ValueHead head) {
    return level == null ? copy(key, head) : UNDECIDED;
  }

  private byte[] copy(Object key, ValueHead head) {
    int bytes = shortKeys.bytes(key);
    if (bytes >= 0) {
      long first = shortKeys.first(key, bytes);
      long last = shortKeys.last(key, bytes);
      if (shortKeys.isExact(first, last)) {
        return lookup.copy(bytes, first, last, keyHash.ofShort(first, last, bytes), head);
      }
    }
    return copyLong(key, head);
  }

  /** The same for a key that is not given as two numbers. */
  @SuppressWarnings("unchecked")
  private byte[] copyLong(Object key, ValueHead head) {
    byte[] own = shortKeys.ownBytes(key, keys.maxBytes());
    if (own != null) {
      return lookup.copy(own, 0, own.length, keyHash.ofBytes(own, own.length), head);
    }
    byte[] record = LookupKey.record(keys, (K) key);
    int keyBytes = LookupKey.keyBytes(record);
    return lookup.copy(record, PAYLOAD, keyBytes, keyHash.ofBytes(record, PAYLOAD, keyBytes), head);
  }

  @Override
  public Map<K, V> getAll(Collection<? extends K> wanted) {
    Map<K, V> result = new LinkedHashMap<>();
    new RecordBatch<>(table, keys, 0)
        .run(
            wanted.iterator(),
            (key, bytes, hash) -> {
              V found =
                  level == null ? value(lookup.copy(bytes, 0, bytes.length, hash, null)) : get(key);
              if (found != null) {
                result.put(key, found);
              }
            });
    return result;
  }

  @Override
  public void setAll(Map<? extends K, ? extends V> entries) {
    RecordBatch<K> batch = new RecordBatch<>(table, keys, RecordBatch.USUAL_BYTES);
    if (entries.size() < HashParts.WORTH_IT) {
      table.together(
          later ->
              batch.runEntries(
                  entries.entrySet().iterator(),
                  (key, value) -> table.run(op(Change.SET, key, value, null, false), later)));
      return;
    }
    RecordOrder order = new RecordOrder(entries.size());
    table.together(
        later -> {
          for (Map.Entry<? extends K, ? extends V> entry : entries.entrySet()) {
            if (order.add(op(Change.SET, entry.getKey(), entry.getValue(), null, false))) {
              batch.runChanges(order.ordered(), order.end(), later);
            }
          }
          batch.runChanges(order.ordered(), order.end(), later);
        });
  }

  @Override
  public long fillOrder(K key) {
    checkOpen();
    byte[] encoded = keys.bytes(key);
    return keyHash.ofBytes(encoded, encoded.length);
  }

  /**
   * Cache: sets the first long of a key's value in place.
   *
   * @param expected the encoded value that it must have
   * @return false if it has another
   */
  public boolean expire(K key, byte[] expected, long expires) {
    byte[] record = RecordImage.ofKey(keys.bytes(key));
    int keyBytes = record.length - PAYLOAD;
    return table.expire(
        record, keyBytes, keyHash.ofBytes(record, PAYLOAD, keyBytes), expected, expires);
  }

  @Override
  public boolean containsKey(Object key) {
    return into.length(key) >= 0;
  }

  @Override
  public int getInto(Object key, ByteBuffer target) {
    return into.get(key, target);
  }

  private RecordOp set(Change change, K key, V value, byte[] expected, boolean previous) {
    RecordOp op = op(change, key, value, expected, previous);
    table.run(op);
    return op;
  }

  private RecordOp op(Change change, K key, V value, byte[] expected, boolean previous) {
    byte[] encoded = keys.bytes(key);
    long hash = keyHash.ofBytes(encoded, encoded.length);
    byte[] bytes = prefix != 0 || values.isArray() ? values.bytes(value) : null;
    long expires = prefix == 0 ? 0 : RecordImage.expires(bytes);
    byte[] record =
        bytes == null ? record(encoded, hash, value) : RecordImage.of(encoded, hash, bytes, prefix);
    RecordOp op = new RecordOp(change, record, encoded.length, hash, expected, previous);
    op.expires = expires;
    return op;
  }

  /** A complete record of a value that a codec writes at once where it shall stand. */
  private byte[] record(byte[] key, long hash, V value) {
    int bytes = values.size(value);
    byte[] record = RecordImage.allocate(key, bytes);
    values.write(value, record, PAYLOAD + key.length, bytes);
    return RecordImage.seal(record, hash);
  }

  private RecordOp removal(Object key, byte[] expected, boolean previous) {
    // An array of its own: a change may wait, log and take a checkpoint, and what runs then on this
    // thread may look up other keys.
    byte[] record = RecordImage.ofKey(keys.bytes(key));
    int keyBytes = record.length - PAYLOAD;
    long hash = keyHash.ofBytes(record, PAYLOAD, keyBytes);
    Change change = expected == null ? Change.REMOVE : Change.REMOVE_IF_EQUAL;
    RecordOp op = new RecordOp(change, record, keyBytes, hash, expected, previous);
    table.run(op);
    return op;
  }

  @Override
  public V put(K key, V value) {
    return value(set(Change.SET, key, value, null, true).previous);
  }

  @Override
  public void set(K key, V value) {
    table.set(op(Change.SET, key, value, null, false));
  }

  @Override
  public V putIfAbsent(K key, V value) {
    return value(set(Change.SET_IF_ABSENT, key, value, null, true).previous);
  }

  @Override
  public V remove(Object key) {
    return value(removal(key, null, true).previous);
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
    return value(set(Change.SET_IF_PRESENT, key, value, null, true).previous);
  }

  @Override
  public boolean replaceEncoded(K key, byte[] expected, V value) {
    return set(Change.SET_IF_EQUAL, key, value, expected, false).changed;
  }

  @Override
  public boolean containsValue(Object value) {
    byte[] encoded = values.bytes(value);
    RecordWalk<K, V> walk = new RecordWalk<>(table, keys, values);
    while (walk.advance()) {
      if (walk.isValue(encoded)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public EntryWalk<K, V> newWalk() {
    return new RecordWalk<>(table, keys, values);
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
