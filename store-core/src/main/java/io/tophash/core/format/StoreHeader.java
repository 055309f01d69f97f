package io.tophash.core.format;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.IncompatibleStoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** The sealed part of a header: what a store is, fixed when it is made. */
public final class StoreHeader {
  /** Kind of store, one of the kinds of {@link HeaderLayout}. */
  public final int kind;

  /** log2 of the window size in bytes. */
  public final int windowShift;

  /** log2 of the buckets of a chunk. */
  public final int chunkShift;

  /** Encoded size of a key, -1 if it varies. */
  public final int keyFixedBytes;

  /** Encoded size of a value, -1 if it varies. */
  public final int valueFixedBytes;

  /** Name of the hash function. */
  public final String hashName;

  /** Identity of the key codec. */
  public final String keyCodec;

  /** Identity of the value codec. */
  public final String valueCodec;

  /** When the store was made, in milliseconds since 1970. */
  public final long createdMs;

  /** Random number of the store. */
  public final long storeId;

  /** Properties of the format that not every store has: {@link HeaderLayout#FLAGS}. */
  public final int flags;

  /** Of a new store: names each property once; the arguments stand in the order of the fields. */
  public StoreHeader(
      int kind,
      int windowShift,
      int chunkShift,
      int keyFixedBytes,
      int valueFixedBytes,
      String hashName,
      String keyCodec,
      String valueCodec,
      long createdMs,
      long storeId) {
    this(
        kind,
        windowShift,
        chunkShift,
        keyFixedBytes,
        valueFixedBytes,
        hashName,
        keyCodec,
        valueCodec,
        createdMs,
        storeId,
        0);
  }

  /** Of a SyncStore: log2 of the number of shards, which stands where a HashStore's chunks do. */
  public int shardShift() {
    return chunkShift;
  }

  /** The same store as a cache. */
  public StoreHeader asCache() {
    return new StoreHeader(
        kind,
        windowShift,
        chunkShift,
        keyFixedBytes,
        valueFixedBytes,
        hashName,
        keyCodec,
        valueCodec,
        createdMs,
        storeId,
        flags | HeaderLayout.FLAG_CACHE);
  }

  /** True if this is a cache, whose records have a time at which they expire. */
  public boolean isCache() {
    return (flags & HeaderLayout.FLAG_CACHE) != 0;
  }

  private StoreHeader(
      int kind,
      int windowShift,
      int chunkShift,
      int keyFixedBytes,
      int valueFixedBytes,
      String hashName,
      String keyCodec,
      String valueCodec,
      long createdMs,
      long storeId,
      int flags) {
    this.kind = kind;
    this.windowShift = windowShift;
    this.chunkShift = chunkShift;
    this.keyFixedBytes = keyFixedBytes;
    this.valueFixedBytes = valueFixedBytes;
    this.hashName = hashName;
    this.keyCodec = keyCodec;
    this.valueCodec = valueCodec;
    this.createdMs = createdMs;
    this.storeId = storeId;
    this.flags = flags;
  }

  /** The bytes of the sealed part, with magic and checksum. */
  public byte[] toBytes() {
    ByteBuffer b = ByteBuffer.allocate(HeaderLayout.SEALED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    b.putLong(HeaderLayout.MAGIC, HeaderLayout.MAGIC_VALUE);
    b.putInt(HeaderLayout.VERSION, HeaderLayout.VERSION_VALUE);
    b.putInt(HeaderLayout.KIND, kind);
    b.putInt(HeaderLayout.WINDOW_SHIFT, windowShift);
    b.putInt(HeaderLayout.PAGE_SHIFT, SpanLayout.PAGE_SHIFT);
    b.putInt(HeaderLayout.CHUNK_SHIFT, chunkShift);
    b.putInt(HeaderLayout.FLAGS, flags);
    b.putInt(HeaderLayout.KEY_FIXED_BYTES, keyFixedBytes);
    b.putInt(HeaderLayout.VALUE_FIXED_BYTES, valueFixedBytes);
    b.putLong(HeaderLayout.CREATED_MS, createdMs);
    b.putLong(HeaderLayout.STORE_ID, storeId);
    putText(b, HeaderLayout.HASH_NAME, HeaderLayout.HASH_NAME_BYTES, hashName);
    putText(b, HeaderLayout.KEY_CODEC, HeaderLayout.CODEC_BYTES, keyCodec);
    putText(b, HeaderLayout.VALUE_CODEC, HeaderLayout.CODEC_BYTES, valueCodec);
    b.putInt(HeaderLayout.CHECKSUM, checksum(b.array()));
    return b.array();
  }

  private static void putText(ByteBuffer b, int offset, int room, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > Math.min(room - 1, 120)) {
      throw new IllegalArgumentException(
          "the identity of a codec is at most 120 bytes in UTF-8, bytes="
              + bytes.length
              + " id="
              + text);
    }
    b.put(offset, (byte) bytes.length);
    b.put(offset + 1, bytes, 0, bytes.length);
  }

  private static int checksum(byte[] head) {
    CRC32C crc = new CRC32C();
    crc.update(head, 0, HeaderLayout.CHECKSUM);
    return (int) crc.getValue();
  }

  /**
   * Reads the sealed part.
   *
   * @param head the first bytes of the file
   * @param store for messages
   * @throws IncompatibleStoreException if the file is no store, or of another format version
   * @throws CorruptStoreException if it is a store whose header is damaged
   */
  public static StoreHeader parse(byte[] head, Path store) {
    ByteBuffer b = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    if (head.length < 8 || b.getLong(HeaderLayout.MAGIC) != HeaderLayout.MAGIC_VALUE) {
      throw new IncompatibleStoreException(
          "the file is not a Tophash store (it does not begin with the magic bytes TOPHASH); choose"
              + " another path, the file was not changed, store="
              + store);
    }
    if (head.length < HeaderLayout.BYTES) {
      throw new CorruptStoreException("header", head.length, "the file was truncated");
    }
    int version = b.getInt(HeaderLayout.VERSION);
    // The version decides what the checksum covers; so it comes first, and a damaged one is caught
    // below if it still reads as ours.
    if (version != HeaderLayout.VERSION_VALUE && version > 0 && version < 1000) {
      throw new IncompatibleStoreException(
          "the store has another format version; use a release that reads it, store="
              + store
              + " version="
              + version
              + " supported="
              + HeaderLayout.VERSION_VALUE);
    }
    if (b.getInt(HeaderLayout.CHECKSUM) != checksum(head)) {
      throw new CorruptStoreException("header", 0, "the checksum of the header does not match");
    }
    StoreHeader header =
        new StoreHeader(
            b.getInt(HeaderLayout.KIND),
            b.getInt(HeaderLayout.WINDOW_SHIFT),
            b.getInt(HeaderLayout.CHUNK_SHIFT),
            b.getInt(HeaderLayout.KEY_FIXED_BYTES),
            b.getInt(HeaderLayout.VALUE_FIXED_BYTES),
            text(b, HeaderLayout.HASH_NAME),
            text(b, HeaderLayout.KEY_CODEC),
            text(b, HeaderLayout.VALUE_CODEC),
            b.getLong(HeaderLayout.CREATED_MS),
            b.getLong(HeaderLayout.STORE_ID),
            b.getInt(HeaderLayout.FLAGS));
    int known = header.kind == HeaderLayout.KIND_SYNC ? HeaderLayout.FLAG_CACHE : 0;
    if ((header.flags & ~known) != 0) {
      throw new IncompatibleStoreException(
          "the store uses what a later release brought; use that release, store="
              + store
              + " flags="
              + header.flags);
    }
    int pageShift = b.getInt(HeaderLayout.PAGE_SHIFT);
    if (header.windowShift < SpanLayout.PAGE_SHIFT + 2
        || header.windowShift > 30
        || pageShift != SpanLayout.PAGE_SHIFT
        || header.chunkShift < 0
        || header.chunkShift > 24) {
      throw new CorruptStoreException("header", HeaderLayout.WINDOW_SHIFT, "impossible geometry");
    }
    return header;
  }

  private static String text(ByteBuffer b, int offset) {
    int length = b.get(offset) & 0x7F;
    return new String(b.array(), offset + 1, length, StandardCharsets.UTF_8);
  }
}
