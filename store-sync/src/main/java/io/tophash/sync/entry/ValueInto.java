package io.tophash.sync.entry;

import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.hash.KeyHash;
import io.tophash.core.map.CallerBuffer;
import io.tophash.core.map.Encoding;
import java.nio.ByteBuffer;

/** The lookups of a {@link RecordEntries} that copy a value into what the caller gave. */
final class ValueInto<K> {
  private final Encoding<K> keys;
  private final ShortKeys shortKeys;
  private final KeyHash keyHash;
  private final RecordLookup lookup;

  ValueInto(Encoding<K> keys, ShortKeys shortKeys, KeyHash keyHash, RecordLookup lookup) {
    this.keys = keys;
    this.shortKeys = shortKeys;
    this.keyHash = keyHash;
    this.lookup = lookup;
  }

  /** Length of the value, which is not copied; -1 if the key is absent. */
  int length(Object key) {
    return copy(key, RecordLookup.NOTHING, 0, -1);
  }

  /** See {@link io.tophash.core.map.Entries#getInto}. */
  int get(Object key, ByteBuffer target) {
    int position = target.position();
    int room = target.remaining();
    int length =
        target.hasArray()
            ? copy(key, target.array(), target.arrayOffset() + position, room)
            : throughArray(key, target);
    CallerBuffer.checkRoom(length, room);
    target.position(position + Math.max(0, length));
    return length;
  }

  /** The length of the value, copied if there is room for it; -1 if the key is absent. */
  private int copy(Object key, byte[] target, int at, int room) {
    int bytes = shortKeys.bytes(key);
    if (bytes >= 0) {
      long first = shortKeys.first(key, bytes);
      long last = shortKeys.last(key, bytes);
      if (shortKeys.isExact(first, last)) {
        long hash = keyHash.ofShort(first, last, bytes);
        return lookup.into(bytes, first, last, hash, target, at, room);
      }
    }
    return longInto(key, target, at, room);
  }

  /** The same for a key that is not given as two numbers. */
  @SuppressWarnings("unchecked")
  private int longInto(Object key, byte[] target, int at, int room) {
    byte[] own = shortKeys.ownBytes(key, keys.maxBytes());
    if (own != null) {
      return lookup.into(own, 0, own.length, keyHash.ofBytes(own, own.length), target, at, room);
    }
    byte[] record = LookupKey.record(keys, (K) key);
    int keyBytes = LookupKey.keyBytes(record);
    long hash = keyHash.ofBytes(record, PAYLOAD, keyBytes);
    return lookup.into(record, PAYLOAD, keyBytes, hash, target, at, room);
  }

  @SuppressWarnings("unchecked")
  private int throughArray(Object key, ByteBuffer target) {
    byte[] record = LookupKey.record(keys, (K) key);
    int keyBytes = LookupKey.keyBytes(record);
    long hash = keyHash.ofBytes(record, PAYLOAD, keyBytes);
    return lookup.into(record, keyBytes, hash, target, LookupKey.valueArray());
  }
}
