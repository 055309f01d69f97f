package io.tophash.infinispan;

import java.nio.ByteBuffer;
import org.infinispan.commons.io.ByteBufferImpl;
import org.infinispan.persistence.spi.MarshallableEntry;
import org.infinispan.persistence.spi.MarshallableEntryFactory;

/**
 * An entry as it is in a file.
 *
 * <pre>
 *  key    0        2
 *         +--------+----------------
 *         | segment| key, marshalled
 *         +--------+----------------
 *
 *  value  0         8         16        24      28      32
 *         +---------+---------+---------+-------+-------+-------+----------+----------
 *         | expires | created | lastUsed| value | meta  | value | metadata | internal
 *         |   ms    |   ms    |   ms    | bytes | bytes |  ...  |   ...    | metadata
 *         +---------+---------+---------+-------+-------+-------+----------+----------
 * </pre>
 *
 * All numbers are big-endian; {@code expires} is negative if the entry never expires. The internal
 * metadata has what is left. A length of -1 is an absent part, and no internal metadata at all is
 * absent too.
 */
final class StoredEntry {
  static final int SEGMENT_BYTES = Short.BYTES;

  /** Segments that the two bytes in front of a key can tell apart. */
  static final int MAX_SEGMENTS = 1 << Short.SIZE;

  private static final int CREATED = 8;
  private static final int LAST_USED = 16;
  private static final int VALUE_BYTES = 24;
  private static final int METADATA_BYTES = 28;
  private static final int PARTS = 32;
  private static final int ABSENT = -1;

  private StoredEntry() {}

  static byte[] key(int segment, org.infinispan.commons.io.ByteBuffer key) {
    return ByteBuffer.allocate(SEGMENT_BYTES + key.getLength())
        .putShort((short) segment)
        .put(key.getBuf(), key.getOffset(), key.getLength())
        .array();
  }

  static int segment(byte[] storedKey) {
    return ByteBuffer.wrap(storedKey).getShort() & 0xFFFF;
  }

  static byte[] value(MarshallableEntry<?, ?> entry) {
    org.infinispan.commons.io.ByteBuffer value = entry.getValueBytes();
    org.infinispan.commons.io.ByteBuffer metadata = entry.getMetadataBytes();
    org.infinispan.commons.io.ByteBuffer internal = entry.getInternalMetadataBytes();
    ByteBuffer stored =
        ByteBuffer.allocate(PARTS + bytes(value) + bytes(metadata) + bytes(internal))
            .putLong(entry.expiryTime())
            .putLong(entry.created())
            .putLong(entry.lastUsed())
            .putInt(value == null ? ABSENT : value.getLength())
            .putInt(metadata == null ? ABSENT : metadata.getLength());
    put(stored, value);
    put(stored, metadata);
    put(stored, internal);
    return stored.array();
  }

  static boolean isExpired(byte[] storedValue, long nowMs) {
    long expiresMs = ByteBuffer.wrap(storedValue).getLong();
    return expiresMs >= 0 && expiresMs <= nowMs;
  }

  /** The entry under a key that the caller has as an object. */
  static <K, V> MarshallableEntry<K, V> entry(
      MarshallableEntryFactory<K, V> factory, Object key, byte[] storedValue) {
    ByteBuffer stored = ByteBuffer.wrap(storedValue);
    int valueBytes = stored.getInt(VALUE_BYTES);
    int metadataBytes = stored.getInt(METADATA_BYTES);
    int metadataOffset = PARTS + Math.max(0, valueBytes);
    int internalOffset = metadataOffset + Math.max(0, metadataBytes);
    int internalBytes = storedValue.length - internalOffset;
    return factory.create(
        key,
        part(storedValue, PARTS, valueBytes),
        part(storedValue, metadataOffset, metadataBytes),
        part(storedValue, internalOffset, internalBytes == 0 ? ABSENT : internalBytes),
        stored.getLong(CREATED),
        stored.getLong(LAST_USED));
  }

  private static int bytes(org.infinispan.commons.io.ByteBuffer part) {
    return part == null ? 0 : part.getLength();
  }

  private static void put(ByteBuffer to, org.infinispan.commons.io.ByteBuffer part) {
    if (part != null) {
      to.put(part.getBuf(), part.getOffset(), part.getLength());
    }
  }

  private static org.infinispan.commons.io.ByteBuffer part(byte[] from, int offset, int bytes) {
    return bytes == ABSENT ? null : ByteBufferImpl.create(from, offset, bytes);
  }
}
