package io.tophash.sync.segment;

import static io.tophash.sync.format.SyncRecordLayout.KEY_LENGTH;
import static io.tophash.sync.format.SyncRecordLayout.PAYLOAD;

import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SlotWord;
import io.tophash.sync.format.SyncRecordLayout;

/**
 * Copies of large records, each of which stands in a block of its own. Where nothing else is said,
 * the caller keeps the block from being freed: he holds the shard's lock.
 */
public final class LargeBlocks {
  private final RecordSegments kind;
  private final MappedMemory memory;

  LargeBlocks(RecordSegments kind) {
    this.kind = kind;
    this.memory = kind.memory;
  }

  /**
   * The large record of a gathered stub, complete.
   *
   * @return null if what stands in its block cannot be it
   */
  public byte[] copy(Gathered g, int entry) {
    int stub = g.recordOffset(entry);
    long at = g.largeBlock(entry) + kind.prefix();
    long bytes = RecordImage.bytes(g.bytes, stub);
    if (kind.leavesMapping(at, bytes)) {
      return null;
    }
    byte[] record = new byte[(int) bytes];
    memory.getBytes(at, record, 0, record.length);
    return RecordImage.isOfStub(record, g.bytes, stub) ? record : null;
  }

  /**
   * The key of the large record in a block.
   *
   * @param blockBytes size of the block
   * @return null if it would not end in the block: the record is unfinished
   */
  public byte[] key(long block, long blockBytes) {
    long record = block + kind.prefix();
    int keyBytes = SyncRecordLayout.keyLength(memory.getInt(record, KEY_LENGTH));
    if (kind.prefix() + PAYLOAD + keyBytes > blockBytes) {
      return null;
    }
    byte[] key = new byte[keyBytes];
    memory.getBytes(record + PAYLOAD, key, 0, keyBytes);
    return key;
  }

  /**
   * Copies a large record up to the end of its key, for the reader of a gathered segment, who holds
   * no lock. The record that was gathered may have been replaced since, and its block freed; so
   * this is the one that the slot refers to now. As all else, it is believed only if the segment
   * word still stands.
   *
   * @return null if the entry was deleted meanwhile
   * @throws IndexOutOfBoundsException if a reference leads outside
   */
  public byte[] copyKey(long segmentWord, Gathered g, int entry) {
    long cell = g.cells[entry];
    byte[] copy = new byte[PAYLOAD + RecordImage.keyBytes(g.bytes, g.recordOffset(entry))];
    while (true) {
      int slot = memory.getIntAcquire(RecordSegments.bucket(cell), RecordSegments.slot(cell));
      if (SlotWord.isNil(slot)) {
        return null;
      }
      long at = RecordSegments.recordPosition(SegmentWord.position(segmentWord), slot);
      kind.checkRecord(at);
      if (SyncRecordLayout.isLarge(memory.getInt(at, KEY_LENGTH))) {
        at = kind.largePosition(at);
      }
      kind.checkInside(at, copy.length);
      memory.getBytes(at, copy, 0, copy.length);
      // The place of a small one may be used again, and the block of a large one be freed.
      if (kind.isStored(cell, slot)) {
        return copy;
      }
    }
  }

  /** Cache: the value of a gathered large record, behind the long in front of it. */
  public byte[] valueOf(Gathered g, int entry, byte[] record) {
    int prefix = kind.prefix();
    int bytes = RecordImage.valueBytes(record, 0);
    byte[] value = new byte[prefix + bytes];
    HeapBytes.putLong(value, 0, memory.getLong(g.largeBlock(entry), 0));
    System.arraycopy(record, RecordImage.valueAt(record, 0), value, prefix, bytes);
    return value;
  }
}
