package io.tophash.sync.entry;

import static io.tophash.sync.format.SyncRecordLayout.KEY_LENGTH;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.map.Encoding;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SyncRecordLayout;
import java.nio.ByteBuffer;

/**
 * The array in which a thread writes the key of a lookup, as it stands in a record, so that nothing
 * is allocated for it. What a thread keeps is of a class of the JDK: it must hold no class loader.
 */
final class LookupKey {
  private static final int USUAL_BYTES = 128;

  // A buffer whose limit is not 0 is being written to.
  private static final ThreadLocal<ByteBuffer> MINE =
      ThreadLocal.withInitial(() -> allocate(USUAL_BYTES));

  // Where values pass through on their way into a buffer that is no array: small records' at once.
  private static final ThreadLocal<byte[]> VALUE =
      ThreadLocal.withInitial(
          () -> new byte[CacheLayout.PREFIX_BYTES + SyncRecordLayout.MAX_SMALL_BYTES]);

  private LookupKey() {}

  /** An array of this thread for a value that passes through. */
  static byte[] valueArray() {
    return VALUE.get();
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).limit(0);
  }

  /** The array of this thread. */
  static byte[] array() {
    return withRoom(0).array();
  }

  /** The array of this thread, made as long at least. */
  static byte[] array(int bytes) {
    return withRoom(bytes).array();
  }

  private static ByteBuffer withRoom(int bytes) {
    ByteBuffer mine = MINE.get();
    if (mine.capacity() < bytes || mine.limit() != 0) {
      // A codec that is writing a key looks another one up: it keeps its buffer.
      mine = allocate(Math.max(bytes, USUAL_BYTES));
      MINE.set(mine);
    }
    return mine;
  }

  /** A key as it stands in a record, in the array of this thread, which it may stand in already. */
  static byte[] record(byte[] key, int keyAt, int keyBytes) {
    byte[] record = array(PAYLOAD + keyBytes);
    System.arraycopy(key, keyAt, record, PAYLOAD, keyBytes);
    return record;
  }

  /** The record of a key of two numbers, see {@link ShortKeys}, in the array of this thread. */
  static byte[] record(int keyBytes, long first, long last) {
    byte[] record = array();
    ShortKeys.write(first, last, keyBytes, record, PAYLOAD);
    return record;
  }

  /** A record with the key only, in the array of this thread. */
  static <K> byte[] record(Encoding<K> encoding, K key) {
    byte[] record = array();
    int size = encoding.writeShort(key, record, PAYLOAD);
    if (size < 0) {
      if (encoding.isArray()) {
        byte[] bytes = encoding.bytes(key);
        size = bytes.length;
        record = record(bytes, 0, size);
      } else {
        size = encoding.size(key);
        ByteBuffer mine = withRoom(PAYLOAD + size);
        record = mine.array();
        mine.limit(PAYLOAD + size).position(PAYLOAD);
        try {
          encoding.write(key, mine, size);
        } finally {
          mine.limit(0);
        }
      }
    }
    HeapBytes.putInt(record, KEY_LENGTH, size);
    return record;
  }

  /** Length of the key in such a record. */
  static int keyBytes(byte[] record) {
    return HeapBytes.getInt(record, KEY_LENGTH);
  }
}
