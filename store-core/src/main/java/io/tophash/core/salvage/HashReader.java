package io.tophash.core.salvage;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DescriptorLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.RecordLayout;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.format.StoreHeader;
import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.RawFile;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Finds the entries of a damaged {@code HashStore}: first by its bucket arrays, as a lookup goes;
 * and if anything was broken there, in all allocated blocks that this has not reached.
 *
 * <p>An entry is believed if its records have their checksums and its key's hash the tophash byte,
 * and by the first way also the bucket, in which it stands.
 */
public final class HashReader implements Salvage.Reader {
  private static final int MAX_HOPS = 1 << 16;
  private static final int MAX_B = 40;

  /** That of every store whose windows are not small. */
  private static final int USUAL_CHUNK_SHIFT = 12;

  private static final int MAX_RECORD_BYTES = 512 << 20;

  private Salvage salvage;
  private RawFile file;
  private StoreHeader header;
  private BucketLayout layout;
  private int chunkShift;
  private final Set<Long> visited = new HashSet<>();
  private final CRC32C crc = new CRC32C();
  private boolean broken;
  private String problem;

  /** Finds entries. */
  @Override
  public void read(Salvage from) {
    salvage = from;
    file = from.file();
    header = from.header();
    layout = new BucketLayout(header.keyFixedBytes, header.valueFixedBytes);
    chunkShift = from.isHeaderDamaged() ? USUAL_CHUNK_SHIFT : header.chunkShift;
    broken = from.isHeaderDamaged();
    long descriptor = DescriptorLayout.position(file.getLong(HeaderLayout.SELECTOR));
    KeyHash hash = hash(descriptor);
    long current = file.getLong(descriptor + DescriptorLayout.BUCKETS);
    if (current != 0) {
      array(current, hash, true);
    } else if (file.getLong(descriptor + DescriptorLayout.COUNT) != 0) {
      fail("table descriptor damaged");
    }
    long old = file.getLong(descriptor + DescriptorLayout.OLD_BUCKETS);
    if (old != 0) {
      array(old, hash, false);
    }
    if (broken) {
      new BlockScan(from, this, visited).run();
    }
  }

  /** The hash function of a table; null if it is not known. */
  KeyHash hash(long descriptor) {
    return salvage.isHeaderDamaged() || header.hashName.equals(KeyHash.STANDARD)
        ? new KeyHash(file.getLong(descriptor + DescriptorLayout.SEED))
        : null;
  }

  BucketLayout layout() {
    return layout;
  }

  int chunkShift() {
    return chunkShift;
  }

  private void fail(String reason) {
    salvage.drop(reason);
    broken = true;
  }

  // --- the arrays --------------------------------------------------------------------------------

  private void array(long directory, KeyHash hash, boolean live) {
    visited.add(directory);
    int b = file.has(directory, DirectoryLayout.CHUNKS) ? intAt(directory) : -1;
    int chunks = b < 0 || b > MAX_B ? -1 : DirectoryLayout.chunkCount(b, chunkShift);
    if (chunks < 0
        || intAt(directory + DirectoryLayout.CHUNK_COUNT) != chunks
        || !file.has(directory, DirectoryLayout.bytes(chunks))) {
      fail("directory damaged");
      return;
    }
    for (int i = 0; i < chunks; i++) {
      long chunk = file.getLong(directory + DirectoryLayout.chunk(i));
      long regular = (1L << b) - ((long) i << chunkShift);
      if (chunk != 0) {
        visited.add(chunk);
        long buckets = DirectoryLayout.bucketsInChunk(b, chunkShift, i);
        if (!file.has(chunk, buckets * layout.bytes())) {
          fail("chunk outside the file");
        } else if (regular > 0) {
          chunk(chunk, (int) Math.min(buckets, regular), (long) i << chunkShift, b, hash, live);
        }
      }
    }
  }

  private int intAt(long position) {
    return HeapBytes.getInt(file.read(position, 4), 0);
  }

  private void chunk(long position, int buckets, long first, int b, KeyHash hash, boolean live) {
    byte[] bytes = file.read(position, buckets * layout.bytes());
    for (int i = 0; i < buckets; i++) {
      int at = i * layout.bytes();
      long word = HeapBytes.getLong(bytes, at);
      if (live || !Tophash.isEvacuated(word)) {
        chain(bytes, at, first + i, b, hash);
      }
    }
  }

  private void chain(byte[] head, int headAt, long index, int b, KeyHash hash) {
    byte[] bytes = head;
    int at = headAt;
    for (int hops = 0; ; hops++) {
      for (int cell = 0; cell < BucketLayout.CELLS; cell++) {
        if (isOccupied(bytes, at, cell)) {
          entry(bytes, at, cell, index, (1L << b) - 1, hash);
        }
      }
      long link = HeapBytes.getLong(bytes, at + layout.overflow());
      long next = link & ~1;
      if (next == 0) {
        return;
      }
      if (hops > MAX_HOPS || (next & 7) != 0 || !file.has(next, layout.bytes())) {
        fail("chain broken");
        return;
      }
      visited.add(next);
      bytes = file.read(next, layout.bytes());
      at = 0;
    }
  }

  static boolean isOccupied(byte[] bytes, int bucket, int cell) {
    return (bytes[bucket + cell] & 0xFF) >= Tophash.MIN_TOPHASH;
  }

  private void entry(byte[] bytes, int bucket, int cell, long index, long mask, KeyHash hash) {
    byte[] key = key(bytes, bucket, cell, hash);
    byte[] value = key == null ? null : value(bytes, bucket, cell, hash, key);
    if (value == null) {
      fail(problem);
    } else if (hash != null && !isPlace(bytes[bucket + cell], hashOf(hash, key), index, mask)) {
      fail("entry in a wrong place");
    } else {
      salvage.offer(key, value, whyUnchecked(hash));
    }
  }

  private static boolean isPlace(byte top, long hash, long index, long mask) {
    return (top & 0xFF) == Tophash.of(hash) && (hash & mask) == index;
  }

  long hashOf(KeyHash hash, byte[] key) {
    return key.length == 8 && header.keyFixedBytes == 8
        ? hash.ofLong(HeapBytes.getLong(key, 0))
        : hash.ofBytes(key, key.length);
  }

  // --- entries -----------------------------------------------------------------------------------

  /** Why an entry of a table with this hash cannot be checked; null if it can. */
  String whyUnchecked(KeyHash hash) {
    if (!layout.indirectValues()) {
      return Salvage.NO_CHECKSUM;
    }
    return hash == null ? Salvage.NO_HASH : null;
  }

  /** The key in a cell of a table with this hash; null if it cannot be believed. */
  byte[] key(byte[] bytes, int bucket, int cell, KeyHash hash) {
    return part(
        bytes, bucket + layout.key(cell), layout.indirectKeys(), header.keyFixedBytes, hash, null);
  }

  /** The value of a key in a cell; null if it cannot be believed. */
  byte[] value(byte[] bytes, int bucket, int cell, KeyHash hash, byte[] key) {
    return part(
        bytes,
        bucket + layout.value(cell),
        layout.indirectValues(),
        header.valueFixedBytes,
        hash,
        key);
  }

  private byte[] part(
      byte[] bytes, int cell, boolean indirect, int fixedBytes, KeyHash hash, byte[] key) {
    if (!indirect) {
      return java.util.Arrays.copyOfRange(bytes, cell, cell + fixedBytes);
    }
    long record = HeapBytes.getLong(bytes, cell);
    if (record < SpanLayout.PAGE_BYTES
        || (record & 7) != 0
        || !file.has(record, RecordLayout.PAYLOAD)) {
      problem = "record outside the file";
      return null;
    }
    byte[] head = file.read(record, RecordLayout.PAYLOAD);
    int length = HeapBytes.getInt(head, RecordLayout.LENGTH);
    if (length < 0 || length > MAX_RECORD_BYTES || !file.has(record, RecordLayout.bytes(length))) {
      problem = "record of a bad length";
      return null;
    }
    byte[] payload = file.read(record + RecordLayout.PAYLOAD, length);
    crc.reset();
    crc.update(payload);
    int stored = HeapBytes.getInt(head, RecordLayout.CHECKSUM);
    if (!isChecksum(stored, (int) crc.getValue(), hash, key == null ? payload : key)) {
      problem = "record checksum";
      return null;
    }
    return payload;
  }

  /** True if a record of this key may have this checksum. */
  private boolean isChecksum(int stored, int plain, KeyHash hash, byte[] key) {
    // Without the hash function nobody can compare.
    return hash == null || stored == RecordLayout.checksum(plain, hashOf(hash, key));
  }
}
