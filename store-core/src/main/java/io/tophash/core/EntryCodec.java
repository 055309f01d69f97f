package io.tophash.core;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.alloc.Reach;
import io.tophash.core.codec.Codec;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.map.Encoding;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Touch;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The keys, or the values, of one store: encodes them for a lookup, stages them for a write,
 * decodes them from their cell. One of these objects is used by one thread at a time; lookups have
 * one and changes another, so that a lookup that should not be there disturbs no change.
 */
final class EntryCodec<T> {
  /** Largest key in bytes. */
  static final int MAX_KEY_BYTES = 64 << 10;

  /** Largest value in bytes; smaller in a store with small windows. */
  static final int MAX_VALUE_BYTES = 256 << 20;

  /** Reaches into the second cache line of a record, wherever in a line it begins. */
  private static final int TOUCHED_BYTES = 72;

  private final Encoding<T> encoding;
  private final String what;
  private final int fixedBytes;
  private final boolean indirect;
  private final int cellBytes;
  private final int maxBytes;
  private final int note;
  private final MappedMemory memory;
  private final BlockAllocator allocator;
  private final Reach reach;
  private final CRC32C crc = new CRC32C();
  private final boolean verifies;
  private final boolean changes;

  // What was encoded last: its bytes, zero up to the end of the cell.
  private ByteBuffer scratch = ByteBuffer.allocate(512);
  private int length;
  // What was staged for a cell: the word, or the scratch bytes if it does not fit a word.
  private long word;

  private EntryCodec(
      StoreEngine engine,
      boolean changes,
      Codec<T> codec,
      String what,
      boolean indirect,
      int cellBytes,
      int note) {
    this.changes = changes;
    this.what = what;
    this.fixedBytes = codec.fixedSize();
    this.indirect = indirect;
    this.cellBytes = cellBytes;
    this.note = note;
    this.memory = engine.memory;
    this.allocator = engine.allocator;
    this.reach = allocator.reach();
    this.verifies = indirect && engine.verifiesReads;
    int limit = note == IntentLayout.PENDING_KEY ? MAX_KEY_BYTES : MAX_VALUE_BYTES;
    this.maxBytes = (int) Math.min(limit, memory.windowBytes() / 2);
    this.encoding = new Encoding<>(codec, what, maxBytes);
  }

  static <K> EntryCodec<K> ofKeys(StoreEngine engine, boolean changes, Codec<K> codec) {
    BucketLayout layout = engine.layout;
    return new EntryCodec<>(
        engine,
        changes,
        codec,
        "key",
        layout.indirectKeys(),
        layout.keyCellBytes(),
        IntentLayout.PENDING_KEY);
  }

  static <V> EntryCodec<V> ofValues(StoreEngine engine, boolean changes, Codec<V> codec) {
    BucketLayout layout = engine.layout;
    return new EntryCodec<>(
        engine,
        changes,
        codec,
        "value",
        layout.indirectValues(),
        layout.valueCellBytes(),
        IntentLayout.PENDING_VALUE);
  }

  Encoding<T> encoding() {
    return encoding;
  }

  /** Encodes into the scratch array, for a lookup or an inline cell. */
  @SuppressWarnings("unchecked") // another type is the codec's ClassCastException
  void encode(Object object) {
    T typed = (T) object;
    int size = encoding.writeShort(typed, bytes(), 0);
    if (size >= 0 && size <= bytes().length - 8) {
      length = size;
    } else if (encoding.isArray()) {
      byte[] array = encoding.bytes(object);
      length = array.length;
      makeRoom(length);
      System.arraycopy(array, 0, bytes(), 0, length);
    } else {
      length = encoding.size(typed);
      makeRoom(length);
      encoding.write(typed, scratch.clear().limit(length), length);
    }
    if (length < cellBytes) {
      Arrays.fill(bytes(), length, cellBytes, (byte) 0);
    }
  }

  private void makeRoom(int bytes) {
    if (scratch.capacity() < bytes + 8) {
      scratch =
          ByteBuffer.allocate(Math.max(bytes + 8, Math.min(2 * scratch.capacity(), maxBytes + 8)));
    }
  }

  byte[] bytes() {
    return scratch.array();
  }

  int length() {
    return length;
  }

  /** The encoded eight bytes as a number. */
  long longKey() {
    return HeapBytes.getLong(bytes(), 0);
  }

  /**
   * Stages what was encoded for a key cell: writes its record if keys are indirect.
   *
   * @param keyHash hash of the entry's key
   */
  void stageEncoded(long keyHash) {
    if (indirect) {
      long record = allocator.allocate(RecordLayout.bytes(length), note);
      memory.putBytes(record + RecordLayout.PAYLOAD, bytes(), 0, length);
      seal(record, length, keyHash);
      word = record;
    } else if (cellBytes <= 8) {
      word = longKey();
    }
  }

  /**
   * Stages an object for its cell; an indirect one is written to its record at once.
   *
   * @param keyHash hash of the entry's key
   */
  void stage(T object, long keyHash) {
    if (!indirect) {
      encode(object);
      stageEncoded(keyHash);
      return;
    }
    int size = encoding.size(object);
    long record = allocator.allocate(RecordLayout.bytes(size), note);
    encoding.write(object, memory.writeView(record + RecordLayout.PAYLOAD, size), size);
    seal(record, size, keyHash);
    word = record;
  }

  private void seal(long record, int size, long keyHash) {
    memory.putInt(record, RecordLayout.LENGTH, size);
    ByteBuffer payload = viewOf(record + RecordLayout.PAYLOAD, size);
    memory.putInt(record, RecordLayout.CHECKSUM, checksum(payload, keyHash));
  }

  // Those who look up, and who change, do not share what they move.
  private ByteBuffer viewOf(long position, int size) {
    return changes ? memory.changerView(position, size) : memory.readView(position, size);
  }

  /** The checksum of a record with this payload, of which the position is moved. */
  private int checksum(ByteBuffer payload, long keyHash) {
    crc.reset();
    crc.update(payload);
    return RecordLayout.checksum((int) crc.getValue(), keyHash);
  }

  long stagedWord() {
    return word;
  }

  /** The staged bytes; null if the word says all. */
  byte[] stagedBytes() {
    return indirect || cellBytes <= 8 ? null : bytes();
  }

  boolean isIndirect() {
    return indirect;
  }

  /** True if a read compares checksums, and so needs the hash of the entry's key. */
  boolean verifies() {
    return verifies;
  }

  /**
   * The bytes of the object in a cell: a shared view, valid until the next use of this store.
   *
   * @param keyHash hash of the entry's key, used if this {@link #verifies}
   */
  ByteBuffer view(long cell, long keyHash) {
    if (!indirect) {
      return viewOf(cell, fixedBytes);
    }
    long record = memory.getLong(cell, 0);
    if (!reach.holds(record, RecordLayout.PAYLOAD)) {
      throw outside(record);
    }
    int size = memory.getInt(record, RecordLayout.LENGTH);
    if (size < 0 || size > maxBytes || !reach.holds(record, RecordLayout.bytes(size))) {
      throw outside(record);
    }
    ByteBuffer payload = viewOf(record + RecordLayout.PAYLOAD, size);
    if (verifies) {
      if (checksum(payload, keyHash) != memory.getInt(record, RecordLayout.CHECKSUM)) {
        throw new CorruptStoreException(
            what + " record",
            record,
            "the checksum of a record does not match its bytes and its key, length=" + size);
      }
      payload.position(payload.limit() - size);
    }
    return payload;
  }

  /**
   * Fetches the first two cache lines of the record of a cell, for a read to come. What is wrong
   * with a reference, that read says.
   */
  void touch(long cell) {
    long record = memory.getLong(cell, 0);
    if (reach.holds(record, TOUCHED_BYTES)) {
      Touch.use(memory.getLong(record, 0) ^ memory.getLong(record, TOUCHED_BYTES - 8));
    }
  }

  private CorruptStoreException outside(long record) {
    return new CorruptStoreException(what + " record", record, "a reference leads outside");
  }

  /** Decodes the object in a cell. */
  T read(long cell, long keyHash) {
    return encoding.read(view(cell, keyHash));
  }

  /** True if the object in a cell has these bytes. */
  boolean isEncoded(long cell, long keyHash, byte[] encoded) {
    ByteBuffer stored = view(cell, keyHash);
    return stored.remaining() == encoded.length && stored.mismatch(ByteBuffer.wrap(encoded)) < 0;
  }
}
