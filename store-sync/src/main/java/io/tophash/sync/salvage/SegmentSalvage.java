package io.tophash.sync.salvage;

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
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.SegmentImage;
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
    int bytes = SegmentImage.blockBytes(head, 0);
    if (bytes < HEADER_BYTES || !file.has(position, bytes)) {
      // The end of the file is missing; what is there is tried.
      bytes = (int) Math.max(HEADER_BYTES, Math.min(file.length() - position, 1 << 18));
      salvage.drop("segment cut off");
    }
    block = file.read(position, bytes);
    if (salvage.isHeaderDamaged() && !inline) {
      hash = KeyHash.Factory.STANDARD_FACTORY.withSeed(SegmentImage.seed(block, 0));
    }
    range = inRange;
    linked = isLinked;
    damaged = false;
    settledHashes.clear();
    int buckets = SegmentImage.buckets(block, 0, word);
    if (inline) {
      int bucketBytes = SegmentLayout.INLINE_BUCKET_BYTES;
      readInline(new SegmentImage(block, 0, block.length, buckets, bucketBytes), word);
    } else {
      int bucketBytes = SegmentLayout.RECORD_BUCKET_BYTES;
      readRecords(new SegmentImage(block, 0, block.length, buckets, bucketBytes));
    }
  }

  private void drop(String reason) {
    damaged = true;
    if (linked) {
      salvage.drop(reason);
    }
  }

  private void offer(byte[] key, byte[] value) {
    String why = inline ? Salvage.NO_CHECKSUM : hash == null ? Salvage.NO_HASH : null;
    if (linked) {
      salvage.offer(key, value, why);
    } else {
      salvage.offerUnlinked(key, value, why);
    }
  }

  // --- entries in their cells --------------------------------------------------------------------

  private void readInline(SegmentImage image, long word) {
    long nil = SegmentImage.nil(block, 0, word);
    int keyBytes = salvage.header().keyFixedBytes;
    int valueBytes = salvage.header().valueFixedBytes;
    while (image.next()) {
      int key = image.keyAt();
      int value = image.valueAt();
      if (HeapBytes.getLong(block, value) == nil) {
        continue;
      }
      if (hash != null && !isOf(hash.ofLong(HeapBytes.getLong(block, key)), image.tophash())) {
        drop("entry in a wrong place");
      } else {
        offer(
            Arrays.copyOfRange(block, key, key + keyBytes),
            Arrays.copyOfRange(block, value, value + valueBytes));
      }
    }
  }

  private boolean isOf(long keyHash, int top) {
    return HashBits.tophash(keyHash) == top && range.contains(keyHash);
  }

  // --- entries in records ------------------------------------------------------------------------

  private void readRecords(SegmentImage image) {
    Set<ByteBuffer> settled = new HashSet<>();
    while (image.next()) {
      readSlot(image.slot(), image.tophash(), settled);
    }
    if (damaged && hash != null) {
      readLog(settled);
    }
  }

  private void readSlot(int slot, int top, Set<ByteBuffer> settled) {
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
    if (RecordImage.isStub(block, at)) {
      settledHashes.add(RecordImage.hash(block, at, hash));
    }
    if (!SlotWord.isNil(slot)) {
      offerRecord(at, top, settled);
    } else if (!RecordImage.isStub(block, at)) {
      settled.add(ByteBuffer.wrap(RecordImage.key(block, at)));
    }
  }

  /** Bytes of the record at this offset, stub or small; -1 if there can be none. */
  private int lengthAt(int at) {
    if (at < HEADER_BYTES || at > block.length - PAYLOAD) {
      return -1;
    }
    long length = RecordImage.bytesHere(block, at);
    return length > block.length - at ? -1 : (int) length;
  }

  /** True for a stub, or a record all of which is there, with the right checksum. */
  private boolean hasChecksum(byte[] record, int at) {
    // Without the hash function nobody can compare that of a record.
    return hash == null && !RecordImage.isStub(record, at)
        || RecordImage.isWhole(record, at, hash == null ? 0 : RecordImage.hash(record, at, hash));
  }

  /** Offers a record whose checksum is right; top is the cell's byte, -1 if there is none. */
  private void offerRecord(int at, int top, Set<ByteBuffer> settled) {
    byte[] record = block;
    int from = at;
    if (RecordImage.isStub(block, at)) {
      record = large(at);
      from = 0;
      if (record == null) {
        return;
      }
    }
    byte[] key = RecordImage.key(record, from);
    if (hash != null) {
      long keyHash = hash.ofBytes(key, 0, key.length);
      if (!range.contains(keyHash) || top >= 0 && HashBits.tophash(keyHash) != top) {
        drop("entry in a wrong place");
        return;
      }
    }
    settled.add(ByteBuffer.wrap(key));
    offer(key, RecordImage.value(record, from));
  }

  private byte[] large(int stub) {
    long position = RecordImage.largeBlock(block, stub);
    long length = RecordImage.bytes(block, stub);
    if (!file.has(position, length) || length > Integer.MAX_VALUE - 16) {
      drop("large record outside the file");
      return null;
    }
    byte[] record = file.read(position, (int) length);
    if (!RecordImage.isOfStub(record, block, stub) || !hasChecksum(record, 0)) {
      drop("large record checksum");
      return null;
    }
    return record;
  }

  /** Offers the last whole record of each key that no cell has settled. */
  private void readLog(Set<ByteBuffer> settled) {
    int at = SegmentImage.logStart(block, 0);
    int end = Math.min(block.length, SegmentImage.logEnd(block, 0));
    Map<ByteBuffer, Integer> last = new LinkedHashMap<>();
    while (at >= HEADER_BYTES && at <= end - PAYLOAD) {
      int length = lengthAt(at);
      if (length < 0 || !hasChecksum(block, at)) {
        at += 4; // a hole, or damage: the next whole record says where it goes on
        continue;
      }
      byte[] key = RecordImage.isStub(block, at) ? keyOfLarge(at) : RecordImage.key(block, at);
      if (key != null && !isSettledHash(at, key) && !settled.contains(ByteBuffer.wrap(key))) {
        last.put(ByteBuffer.wrap(key), at);
      }
      at += length;
    }
    boolean wasLinked = linked;
    linked = false; // nothing refers to them any more
    last.values().forEach(record -> offerRecord(record, -1, settled));
    linked = wasLinked;
  }

  private boolean isSettledHash(int at, byte[] key) {
    return RecordImage.isStub(block, at)
        ? settledHashes.contains(RecordImage.hash(block, at, hash))
        : hash != null && settledHashes.contains(hash.ofBytes(key, 0, key.length));
  }

  private byte[] keyOfLarge(int stub) {
    boolean wasLinked = linked;
    linked = false; // counted already, if it was reached
    byte[] record = large(stub);
    linked = wasLinked;
    return record == null ? null : RecordImage.key(record, 0);
  }
}
