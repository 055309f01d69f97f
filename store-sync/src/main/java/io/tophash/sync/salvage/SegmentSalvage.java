package io.tophash.sync.salvage;

import static io.tophash.core.format.BucketLayout.CELLS;
import static io.tophash.core.format.BucketLayout.DATA_OFFSET;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.RawFile;
import io.tophash.core.salvage.Salvage;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.InlineSegments;
import io.tophash.sync.segment.RecordChecksum;
import io.tophash.sync.segment.RecordSegments;
import io.tophash.sync.segment.SegmentKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads the entries of one block. An entry that its cell does not lead to any more is looked for in
 * the log, where the last record of a key is the newest.
 */
final class SegmentSalvage {
  private final Salvage salvage;
  private final RawFile file;
  private final boolean inline;
  private KeyHash hash; // null if the function is not known
  private byte[] block;
  private HashRange range;
  private boolean linked;
  private boolean damaged;
  // Hashes of keys whose newest record is a stub that leads to nothing whole any more.
  private final Set<Long> settledHashes = new HashSet<>();

  SegmentSalvage(Salvage salvage, boolean inline, KeyHash hash) {
    this.salvage = salvage;
    this.file = salvage.file();
    this.inline = inline;
    this.hash = hash;
  }

  /** True if a header of this block is whole and names it. */
  static boolean isHeader(byte[] bytes, int at, long position) {
    return SegmentWord.position((long) HeapBytes.LONG.get(bytes, at + SegmentLayout.WORD))
            == position
        && SegmentKind.headerChecksum(bytes, at)
            == (int) HeapBytes.INT.get(bytes, at + SegmentLayout.CHECKSUM);
  }

  /**
   * Reads a block.
   *
   * @param word its segment word; the block's own header is whole
   * @param inRange hashes that its keys have
   * @param isLinked true if a directory names the block
   */
  void read(long word, HashRange inRange, boolean isLinked) {
    long position = SegmentWord.position(word);
    byte[] head = file.read(position, HEADER_BYTES);
    int bytes = (int) HeapBytes.INT.get(head, SegmentLayout.BLOCK_BYTES);
    if (bytes < HEADER_BYTES || !file.has(position, bytes)) {
      // The end of the file is missing; what is there is tried.
      bytes = (int) Math.max(HEADER_BYTES, Math.min(file.length() - position, 1 << 18));
      salvage.drop("segment cut off");
    }
    block = file.read(position, bytes);
    if (salvage.isHeaderDamaged() && !inline) {
      long seed = (long) HeapBytes.LONG.get(block, SegmentLayout.SEED);
      hash = KeyHash.Factory.STANDARD_FACTORY.withSeed(seed);
    }
    range = inRange;
    linked = isLinked;
    damaged = false;
    settledHashes.clear();
    int buckets =
        SegmentWord.readBuckets(word) + (int) HeapBytes.INT.get(block, SegmentLayout.DIRTY_BUCKETS);
    if (inline) {
      readInline(word, buckets);
    } else {
      readRecords(buckets);
    }
  }

  private void drop(String reason) {
    damaged = true;
    if (linked) {
      salvage.drop(reason);
    }
  }

  private void offer(byte[] key, byte[] value) {
    if (linked) {
      salvage.offer(key, value);
    } else {
      salvage.offerUnlinked(key, value);
    }
  }

  // --- entries in their cells --------------------------------------------------------------------

  private void readInline(long word, int buckets) {
    long nil =
        SegmentWord.hasRareNil(word)
            ? (long) HeapBytes.LONG.get(block, SegmentLayout.NIL)
            : SegmentLayout.USUAL_NIL;
    int keyBytes = salvage.header().keyFixedBytes;
    int valueBytes = salvage.header().valueFixedBytes;
    for (int b = 0; b < buckets; b++) {
      int bucket = HEADER_BYTES + b * SegmentLayout.INLINE_BUCKET_BYTES;
      if (bucket + SegmentLayout.INLINE_BUCKET_BYTES > block.length) {
        return;
      }
      for (int cell = 0; cell < CELLS; cell++) {
        int top = block[bucket + cell] & 0xFF;
        int keyAt = bucket + DATA_OFFSET + 8 * cell;
        int valueAt = bucket + InlineSegments.SLOTS + 8 * cell;
        if (top == 0 || (long) HeapBytes.LONG.get(block, valueAt) == nil) {
          continue;
        }
        if (hash != null && !isOf(hash.ofLong((long) HeapBytes.LONG.get(block, keyAt)), top)) {
          drop("entry in a wrong place");
        } else {
          offer(
              Arrays.copyOfRange(block, keyAt, keyAt + keyBytes),
              Arrays.copyOfRange(block, valueAt, valueAt + valueBytes));
        }
      }
    }
  }

  private boolean isOf(long keyHash, int top) {
    return HashBits.tophash(keyHash) == top && range.contains(keyHash);
  }

  // --- entries in records ------------------------------------------------------------------------

  private void readRecords(int buckets) {
    Set<ByteBuffer> settled = new HashSet<>();
    for (int b = 0; b < buckets; b++) {
      int bucket = HEADER_BYTES + b * SegmentLayout.RECORD_BUCKET_BYTES;
      if (bucket + SegmentLayout.RECORD_BUCKET_BYTES > block.length) {
        break;
      }
      for (int cell = 0; cell < CELLS; cell++) {
        if (block[bucket + cell] != 0) {
          readSlot(bucket, cell, settled);
        }
      }
    }
    if (damaged && hash != null) {
      readLog(settled);
    }
  }

  private void readSlot(int bucket, int cell, Set<ByteBuffer> settled) {
    int slot = (int) HeapBytes.INT.get(block, bucket + RecordSegments.slot(cell));
    int at = SlotWord.offset(slot);
    int length = lengthAt(at);
    if (length < 0) {
      drop("record of a bad length");
      return;
    }
    if (!hasChecksum(block, at)) {
      drop("record checksum");
      return;
    }
    if (isLarge(at)) {
      settledHashes.add(stubHash(at));
    }
    if (!SlotWord.isNil(slot)) {
      offerRecord(at, length, block[bucket + cell] & 0xFF, settled);
    } else if (!isLarge(at)) {
      settled.add(ByteBuffer.wrap(keyOf(block, at)));
    }
  }

  /** Bytes of the record at this offset, stub or small; -1 if there can be none. */
  private int lengthAt(int at) {
    if (at < HEADER_BYTES || at > block.length - PAYLOAD) {
      return -1;
    }
    int value = (int) HeapBytes.INT.get(block, at + SyncRecordLayout.VALUE_LENGTH);
    long length = isLarge(at) ? SyncRecordLayout.STUB_BYTES : bytes(block, at);
    return value < 0 || length > block.length - at ? -1 : (int) length;
  }

  private static long bytes(byte[] record, int at) {
    return SyncRecordLayout.bytes(
        keyLength(record, at), (int) HeapBytes.INT.get(record, at + SyncRecordLayout.VALUE_LENGTH));
  }

  private long stubHash(int stub) {
    return (long) HeapBytes.LONG.get(block, stub + SyncRecordLayout.STUB_HASH);
  }

  private boolean isLarge(int at) {
    return SyncRecordLayout.isLarge(
        (int) HeapBytes.INT.get(block, at + SyncRecordLayout.KEY_LENGTH));
  }

  private static int keyLength(byte[] record, int at) {
    return SyncRecordLayout.keyLength(
        (int) HeapBytes.INT.get(record, at + SyncRecordLayout.KEY_LENGTH));
  }

  private static byte[] keyOf(byte[] record, int at) {
    return Arrays.copyOfRange(record, at + PAYLOAD, at + PAYLOAD + keyLength(record, at));
  }

  /** True for a stub, or a record all of which is there, with the right checksum. */
  private boolean hasChecksum(byte[] record, int at) {
    if (SyncRecordLayout.isLarge(
        (int) HeapBytes.INT.get(record, at + SyncRecordLayout.KEY_LENGTH))) {
      return RecordChecksum.matches(record, at, 0);
    }
    // Without the hash function nobody can compare.
    return hash == null
        || RecordChecksum.matches(
            record, at, hash.ofBytes(record, at + PAYLOAD, keyLength(record, at)));
  }

  /** Offers a record whose checksum is right; top is the cell's byte, -1 if there is none. */
  private void offerRecord(int at, int length, int top, Set<ByteBuffer> settled) {
    byte[] record = block;
    int from = at;
    if (isLarge(at)) {
      record = large(at);
      from = 0;
      if (record == null) {
        return;
      }
    }
    byte[] key = keyOf(record, from);
    if (hash != null) {
      long keyHash = hash.ofBytes(key, 0, key.length);
      if (!range.contains(keyHash) || top >= 0 && HashBits.tophash(keyHash) != top) {
        drop("entry in a wrong place");
        return;
      }
    }
    int valueAt = from + PAYLOAD + key.length;
    int valueBytes = (int) HeapBytes.INT.get(record, from + SyncRecordLayout.VALUE_LENGTH);
    settled.add(ByteBuffer.wrap(key));
    offer(key, Arrays.copyOfRange(record, valueAt, valueAt + valueBytes));
  }

  private byte[] large(int stub) {
    long position = (long) HeapBytes.LONG.get(block, stub + SyncRecordLayout.STUB_POSITION);
    long length = bytes(block, stub);
    if (!file.has(position, length) || length > Integer.MAX_VALUE - 16) {
      drop("large record outside the file");
      return null;
    }
    byte[] record = file.read(position, (int) length);
    if (bytes(record, 0) != length || !hasChecksum(record, 0)) {
      drop("large record checksum");
      return null;
    }
    return record;
  }

  /** Offers the last whole record of each key that no cell has settled. */
  private void readLog(Set<ByteBuffer> settled) {
    int at = (int) HeapBytes.INT.get(block, SegmentLayout.LOG_START);
    int end = Math.min(block.length, (int) HeapBytes.INT.get(block, SegmentLayout.LOG_END));
    Map<ByteBuffer, Integer> last = new LinkedHashMap<>();
    while (at >= HEADER_BYTES && at <= end - PAYLOAD) {
      int length = lengthAt(at);
      if (length < 0 || !hasChecksum(block, at)) {
        at += 4; // a hole, or damage: the next whole record says where it goes on
        continue;
      }
      byte[] key = isLarge(at) ? keyOfLarge(at) : keyOf(block, at);
      if (key != null && !isSettledHash(at, key) && !settled.contains(ByteBuffer.wrap(key))) {
        last.put(ByteBuffer.wrap(key), at);
      }
      at += length;
    }
    boolean wasLinked = linked;
    linked = false; // nothing refers to them any more
    last.values().forEach(record -> offerRecord(record, lengthAt(record), -1, settled));
    linked = wasLinked;
  }

  private boolean isSettledHash(int at, byte[] key) {
    return isLarge(at)
        ? settledHashes.contains(stubHash(at))
        : hash != null && settledHashes.contains(hash.ofBytes(key, 0, key.length));
  }

  private byte[] keyOfLarge(int stub) {
    boolean wasLinked = linked;
    linked = false; // counted already, if it was reached
    byte[] record = large(stub);
    linked = wasLinked;
    return record == null ? null : keyOf(record, 0);
  }
}
