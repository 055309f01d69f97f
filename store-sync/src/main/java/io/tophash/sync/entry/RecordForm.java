package io.tophash.sync.entry;

import io.tophash.core.codec.ArrayCodec;
import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import io.tophash.core.format.EncodedSize;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordSegments;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Keys and values as the bytes of a record. Stateless. */
public final class RecordForm<K, V> {
  private final Codec<K> keys;
  private final Codec<V> values;
  private final boolean valuesAreBytes;
  private final int maxValueBytes;

  RecordForm(Codec<K> keys, Codec<V> values, long windowBytes) {
    this.keys = keys;
    this.values = values;
    this.valuesAreBytes = values == (Object) Codecs.bytes();
    this.maxValueBytes = (int) Math.min(SyncRecordLayout.MAX_VALUE_BYTES, windowBytes / 4);
  }

  /** Size of an encoded object, checked against the limit and the codec's promise. */
  static <T> int size(Codec<T> codec, String what, T object, int maxBytes) {
    Objects.requireNonNull(object, what);
    int size = codec.size(object);
    checkSize(codec, what, size, maxBytes);
    return size;
  }

  private static void checkSize(Codec<?> codec, String what, int size, int maxBytes) {
    if (size < 0 || size > maxBytes) {
      throw EncodedSize.tooLarge(what, maxBytes, size);
    }
    if (codec.fixedSize() >= 0 && size != codec.fixedSize()) {
      throw EncodedSize.notAsAnnounced(codec.id(), codec.fixedSize(), size);
    }
  }

  static <T> void write(Codec<T> codec, T object, byte[] target, int offset, int size) {
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, size).order(ByteOrder.LITTLE_ENDIAN);
    try {
      codec.write(object, buffer);
    } catch (BufferOverflowException e) {
      throw EncodedSize.notAsAnnounced(codec.id(), size, size + 1);
    }
    if (buffer.position() != offset + size) {
      throw EncodedSize.notAsAnnounced(codec.id(), size, buffer.position() - offset);
    }
  }

  /** The encoded object, which is not to be changed. */
  private static <T> byte[] encoded(Codec<T> codec, String what, T object, int maxBytes) {
    if (codec instanceof ArrayCodec) {
      Objects.requireNonNull(object, what);
      byte[] array = ((ArrayCodec<T>) codec).toArray(object);
      checkSize(codec, what, array.length, maxBytes);
      return array;
    }
    byte[] array = new byte[size(codec, what, object, maxBytes)];
    write(codec, object, array, 0, array.length);
    return array;
  }

  /** An encoded key. */
  byte[] key(K key) {
    return encoded(keys, "key", key, SyncRecordLayout.MAX_KEY_BYTES);
  }

  /** An encoded value, for comparisons. */
  byte[] encoded(V value) {
    return encoded(values, "value", value, maxValueBytes);
  }

  /** A record with the key only, for lookups and removals. */
  byte[] lookup(K key) {
    byte[] encoded = key(key);
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
    if (values instanceof ArrayCodec) {
      return assemble(key, encoded(value));
    }
    int valueBytes = size(values, "value", value, maxValueBytes);
    byte[] record = allocate(key, valueBytes);
    write(values, value, record, SyncRecordLayout.PAYLOAD + key.length, valueBytes);
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

  @SuppressWarnings("unchecked")
  V value(byte[] encoded) {
    // A fresh copy is as good as what the codec would make of it.
    return encoded == null
        ? null
        : valuesAreBytes
            ? (V) encoded
            : values.read(ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN));
  }

  V value(byte[] bytes, int offset, int length) {
    return values.read(slice(bytes, offset, length));
  }

  K key(byte[] bytes, int offset, int length) {
    return keys.read(slice(bytes, offset, length));
  }

  private static ByteBuffer slice(byte[] bytes, int offset, int length) {
    return ByteBuffer.wrap(bytes, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
