package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.map.Encoding;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordSegments;

/** Keys and values as the bytes of a record. Stateless. */
public final class RecordForm<K, V> {
  private final Encoding<K> keys;
  private final Encoding<V> values;

  RecordForm(Codec<K> keys, Codec<V> values, long windowBytes) {
    this.keys = new Encoding<>(keys, "key", SyncRecordLayout.MAX_KEY_BYTES);
    this.values =
        new Encoding<>(
            values, "value", (int) Math.min(SyncRecordLayout.MAX_VALUE_BYTES, windowBytes / 4));
  }

  Encoding<K> keys() {
    return keys;
  }

  Encoding<V> values() {
    return values;
  }

  /** A record with the key only, for lookups and removals. */
  byte[] lookup(K key) {
    byte[] encoded = keys.bytes(key);
    byte[] record = new byte[SyncRecordLayout.PAYLOAD + encoded.length];
    System.arraycopy(encoded, 0, record, SyncRecordLayout.PAYLOAD, encoded.length);
    return record;
  }

  /** Length of the key in a {@link #lookup}. */
  static int keyBytes(byte[] lookup) {
    return lookup.length - SyncRecordLayout.PAYLOAD;
  }

  /** A complete record. */
  byte[] record(byte[] key, V value) {
    if (values.isArray()) {
      return assemble(key, values.bytes(value));
    }
    int valueBytes = values.size(value);
    byte[] record = allocate(key, valueBytes);
    values.write(value, record, SyncRecordLayout.PAYLOAD + key.length, valueBytes);
    seal(record);
    return record;
  }

  /** A complete record of encoded parts. */
  static byte[] assemble(byte[] key, byte[] value) {
    byte[] record = allocate(key, value.length);
    System.arraycopy(value, 0, record, SyncRecordLayout.PAYLOAD + key.length, value.length);
    seal(record);
    return record;
  }

  /** A record with lengths and key. */
  private static byte[] allocate(byte[] key, int valueBytes) {
    byte[] record = new byte[Math.toIntExact(SyncRecordLayout.bytes(key.length, valueBytes))];
    HeapBytes.INT.set(record, SyncRecordLayout.KEY_LENGTH, key.length);
    HeapBytes.INT.set(record, SyncRecordLayout.VALUE_LENGTH, valueBytes);
    System.arraycopy(key, 0, record, SyncRecordLayout.PAYLOAD, key.length);
    return record;
  }

  private static void seal(byte[] record) {
    int checksum = RecordSegments.checksum(record, 0, record.length);
    HeapBytes.INT.set(record, SyncRecordLayout.CHECKSUM, checksum);
  }

  /** The value of a fresh copy; null for null. */
  V value(byte[] encoded) {
    return encoded == null ? null : values.readFresh(encoded);
  }
}
