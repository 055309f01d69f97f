package io.tophash.core;

import io.tophash.core.alloc.BlockAllocator;
import io.tophash.core.codec.ArrayCodec;
import io.tophash.core.codec.Codec;
import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.EncodedSize;
import io.tophash.core.format.IntentLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Touch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * The keys, or the values, of one store: encodes them for a lookup, stages them for a write,
 * decodes them from their cell. One of these objects is used by one thread at a time.
 */
final class EntryCodec<T> {
  /** Largest key in bytes. */
  static final int MAX_KEY_BYTES = 64 << 10;

  /** Largest value in bytes; smaller in a store with small windows. */
  static final int MAX_VALUE_BYTES = 512 << 20;

  /** Reaches into the second cache line of a record, wherever in a line it begins. */
  private static final int TOUCHED_BYTES = 72;

  private final Codec<T> codec;
  // The codec again, if it encodes into arrays.
  private final ArrayCodec<T> arrays;
  private final String what;
  private final int fixedBytes;
  private final boolean indirect;
  private final int cellBytes;
  private final int maxBytes;
  private final int note;
  private final MappedMemory memory;
  private final BlockAllocator allocator;
  private final CRC32C crc = new CRC32C();
  private final boolean verifies;
  private final boolean isBound;

  // What was encoded last: its bytes, zero up to the end of the cell.
  private ByteBuffer scratch = newScratch(512);
  private int length;
  // What was staged for a cell: the word, or the scratch bytes if it does not fit a word.
  private long word;

  private EntryCodec(
      StoreEngine engine, Codec<T> codec, String what, boolean indirect, int cellBytes, int note) {
    this.codec = codec;
    this.arrays = codec instanceof ArrayCodec ? (ArrayCodec<T>) codec : null;
    this.what = what;
    this.fixedBytes = codec.fixedSize();
    this.indirect = indirect;
    this.cellBytes = cellBytes;
    this.note = note;
    this.memory = engine.memory;
    this.allocator = engine.allocator;
    this.verifies = indirect && engine.verifiesReads;
    this.isBound = engine.isBound;
    int limit = note == IntentLayout.PENDING_KEY ? MAX_KEY_BYTES : MAX_VALUE_BYTES;
    this.maxBytes = (int) Math.min(limit, memory.windowBytes() / 2);
  }

  static <K> EntryCodec<K> ofKeys(StoreEngine engine, Codec<K> codec) {
    BucketLayout layout = engine.layout;
    return new EntryCodec<>(
        engine,
        codec,
        "key",
        layout.indirectKeys(),
        layout.keyCellBytes(),
        IntentLayout.PENDING_KEY);
  }

  static <V> EntryCodec<V> ofValues(StoreEngine engine, Codec<V> codec) {
    BucketLayout layout = engine.layout;
    return new EntryCodec<>(
        engine,
        codec,
        "value",
        layout.indirectValues(),
        layout.valueCellBytes(),
        IntentLayout.PENDING_VALUE);
  }

  private static ByteBuffer newScratch(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Size of the encoded object, checked against the limits. */
  int size(T object) {
    Objects.requireNonNull(object, what);
    return checked(codec.size(object));
  }

  private int checked(int size) {
    if (size < 0 || size > maxBytes) {
      throw EncodedSize.tooLarge(what, maxBytes, size);
    }
    if (fixedBytes >= 0 && size != fixedBytes) {
      throw wrongSize(fixedBytes, size);
    }
    return size;
  }

  private IllegalStateException wrongSize(int announced, int written) {
    return EncodedSize.notAsAnnounced(codec.id(), announced, written);
  }

  /** Encodes into the scratch array, for a lookup, a comparison, or an inline cell. */
  void encode(T object) {
    Objects.requireNonNull(object, what);
    byte[] array = arrays == null ? null : arrays.toArray(object);
    int size = checked(array == null ? codec.size(object) : array.length);
    if (scratch.capacity() < size + 8) {
      scratch = newScratch(Math.max(size + 8, Math.min(2 * scratch.capacity(), maxBytes + 8)));
    }
    if (array == null) {
      write(object, scratch.clear().order(ByteOrder.LITTLE_ENDIAN).limit(size), size);
    } else {
      System.arraycopy(array, 0, scratch.array(), 0, size);
    }
    length = size;
    if (size < cellBytes) {
      Arrays.fill(scratch.array(), size, cellBytes, (byte) 0);
    }
  }

  private void write(T object, ByteBuffer target, int size) {
    int from = target.position();
    try {
      codec.write(object, target);
    } catch (java.nio.BufferOverflowException e) {
      throw wrongSize(size, size + 1);
    }
    if (target.position() != from + size) {
      throw wrongSize(size, target.position() - from);
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
    return (long) HeapBytes.LONG.get(scratch.array(), 0);
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
    int size = size(object);
    long record = allocator.allocate(RecordLayout.bytes(size), note);
    boolean written = false;
    try {
      write(object, memory.writeView(record + RecordLayout.PAYLOAD, size), size);
      written = true;
    } finally {
      if (!written) {
        allocator.free(record);
        memory.putLongRelease(0, note, 0);
      }
    }
    seal(record, size, keyHash);
    word = record;
  }

  private void seal(long record, int size, long keyHash) {
    memory.putInt(record, RecordLayout.LENGTH, size);
    ByteBuffer payload = memory.readView(record + RecordLayout.PAYLOAD, size);
    memory.putInt(record, RecordLayout.CHECKSUM, checksum(payload, keyHash));
  }

  /** The checksum of a record with this payload, of which the position is moved. */
  private int checksum(ByteBuffer payload, long keyHash) {
    crc.reset();
    crc.update(payload);
    int value = (int) crc.getValue();
    return isBound ? RecordLayout.checksum(value, keyHash) : value;
  }

  /** Frees the staged record, if there is one, as its operation failed. */
  void unstage() {
    long record = memory.getLong(0, note);
    if (record != 0) {
      allocator.freeIfAllocated(record);
      memory.putLongRelease(0, note, 0);
    }
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
      return memory.readView(cell, fixedBytes);
    }
    long record = memory.getLong(cell, 0);
    if (!isInside(record, RecordLayout.PAYLOAD)) {
      throw outside(record);
    }
    int size = memory.getInt(record, RecordLayout.LENGTH);
    if (size < 0 || size > maxBytes || !isInside(record, RecordLayout.bytes(size))) {
      throw outside(record);
    }
    ByteBuffer payload = memory.readView(record + RecordLayout.PAYLOAD, size);
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
    if (isInside(record, TOUCHED_BYTES)) {
      Touch.use(memory.getLong(record, 0) ^ memory.getLong(record, TOUCHED_BYTES - 8));
    }
  }

  // As TableContext.checkPosition: what stands in a damaged file must not lead out of the mapping.
  private boolean isInside(long record, long bytes) {
    return record > 0
        && (record & 7) == 0
        && (record & memory.windowBytes() - 1) + bytes <= memory.windowBytes()
        && record <= allocator.limitBytes() - bytes;
  }

  private CorruptStoreException outside(long record) {
    return new CorruptStoreException(what + " record", record, "a reference leads outside");
  }

  /** Decodes the object in a cell. */
  T read(long cell, long keyHash) {
    return codec.read(view(cell, keyHash));
  }

  /** True if the object in a cell is the one that was encoded last. */
  boolean isEncoded(long cell, long keyHash) {
    ByteBuffer stored = view(cell, keyHash);
    return stored.remaining() == length && stored.mismatch(ByteBuffer.wrap(bytes(), 0, length)) < 0;
  }
}
