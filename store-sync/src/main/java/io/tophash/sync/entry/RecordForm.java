package io.tophash.sync.entry;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.map.Encoding;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.StringArray;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordChecksum;
import java.util.Objects;

/** Keys and values as the bytes of a record. Stateless. */
public final class RecordForm<K, V> {
  private final Encoding<K> keys;
  private final Encoding<V> values;
  private final boolean keysAreText;
  private final boolean isCache;

  RecordForm(Codec<K> keys, Codec<V> values, long windowBytes, boolean isCache) {
    this.keysAreText = keys == (Object) Codecs.utf8();
    this.isCache = isCache;
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

  /** The array in which the encoded key stands anyway, which is not to be changed; null if none. */
  byte[] ownBytes(K key) {
    if (!keysAreText) {
      return null;
    }
    byte[] own = StringArray.ofAscii((String) Objects.requireNonNull(key, "key"));
    return own == null || own.length > keys.maxBytes() ? null : own;
  }

  /** A record with the key only, for removals. */
  byte[] withKey(K key) {
    byte[] encoded = keys.bytes(key);
    byte[] record = new byte[SyncRecordLayout.PAYLOAD + encoded.length];
    System.arraycopy(encoded, 0, record, SyncRecordLayout.PAYLOAD, encoded.length);
    return record;
  }

  /** A complete record. */
  byte[] record(byte[] key, long hash, V value) {
    if (values.isArray()) {
      return assemble(key, hash, values.bytes(value));
    }
    int valueBytes = values.size(value);
    byte[] record = allocate(key, valueBytes);
    values.write(value, record, SyncRecordLayout.PAYLOAD + key.length, valueBytes);
    seal(record, hash);
    return record;
  }

  /** True if the first long of a value stands in front of its record. */
  boolean isCache() {
    return isCache;
  }

  /** That long of an encoded value. */
  static long expires(byte[] encoded) {
    if (encoded.length < CacheLayout.PREFIX_BYTES) {
      throw new IllegalArgumentException(
          "a value of a cache begins with 8 bytes that say when it expires, bytes="
              + encoded.length);
    }
    return (long) HeapBytes.LONG.get(encoded, 0);
  }

  /** A complete record of encoded parts. */
  static byte[] assemble(byte[] key, long hash, byte[] value) {
    return assemble(key, hash, value, 0);
  }

  /** A complete record of a key and of what an encoded value has from an offset on. */
  static byte[] assemble(byte[] key, long hash, byte[] value, int from) {
    int bytes = value.length - from;
    byte[] record = allocate(key, bytes);
    System.arraycopy(value, from, record, SyncRecordLayout.PAYLOAD + key.length, bytes);
    seal(record, hash);
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

  private static void seal(byte[] record, long hash) {
    HeapBytes.INT.set(record, SyncRecordLayout.CHECKSUM, RecordChecksum.of(record, 0, hash));
  }

  /** The value of a fresh copy; null for null. */
  V value(byte[] encoded) {
    return encoded == null ? null : values.readFresh(encoded);
  }
}
