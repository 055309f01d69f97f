package io.tophash.sync.entry;

import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordImage;
import io.tophash.sync.segment.RecordSegments;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What the records that operations meet say of their values. Nothing is believed here: the caller
 * looks afterwards whether the slot has stayed.
 */
final class RecordValues {
  private final MappedMemory memory;
  private final RecordSegments segments;
  private final int prefix;
  private final boolean verifies;

  RecordValues(MappedMemory memory, RecordSegments segments, boolean verifies) {
    this.memory = memory;
    this.segments = segments;
    this.prefix = segments.prefix();
    this.verifies = verifies;
  }

  /**
   * Notes what the record of a live slot says of the value, as far as the operation asks.
   *
   * @param length of the value, from the record, or from the stub of a large one
   * @return false if its checksum does not match
   */
  boolean meet(RecordOp op, long at, int length) {
    segments.checkInside(at, SyncRecordLayout.bytes(op.keyBytes, Math.max(0, length)));
    int offset = SyncRecordLayout.PAYLOAD + op.keyBytes;
    if (op.change.compares && length == op.expected.length - prefix) {
      op.equal =
          memory.slice(at + offset, length).equals(ByteBuffer.wrap(op.expected, prefix, length))
              && (prefix == 0
                  || memory.getLong(at, CacheLayout.EXPIRES) == RecordImage.expires(op.expected));
    }
    if (op.wantsPrevious) {
      op.previous = copy(at, offset, length);
    }
    return isWhole(at, op.keyBytes, op.hash, length);
  }

  private byte[] copy(long record, int offset, int length) {
    byte[] copy = new byte[prefix + length];
    if (prefix != 0) {
      HeapBytes.putLong(copy, 0, memory.getLong(record, CacheLayout.EXPIRES));
    }
    memory.getBytes(record + offset, copy, prefix, length);
    return copy;
  }

  /** True if the checksum of a record matches its value; always, if nothing is verified. */
  boolean isWhole(long at, int keyBytes, long hash, int length) {
    if (!verifies) {
      return true;
    }
    CRC32C crc = new CRC32C();
    crc.update(memory.slice(at + SyncRecordLayout.PAYLOAD + keyBytes, length));
    return RecordImage.bound((int) crc.getValue(), hash)
            == memory.getInt(at, SyncRecordLayout.CHECKSUM)
        && length == memory.getInt(at, SyncRecordLayout.VALUE_LENGTH);
  }

  /**
   * Offers the place of the record that was replaced. Its length must be believed for that, as
   * another record will be written there: it is if it is that of the new one, or if the checksum
   * matches.
   */
  void offer(RecordOp op, long word, int offset) {
    long at = SegmentWord.position(word) + offset;
    if (op.metBytes == op.logged.length
        || op.metBytes <= SyncRecordLayout.MAX_SMALL_BYTES
            && !segments.leavesMapping(at, op.metBytes)
            && isWhole(at, op.keyBytes, op.hash, op.metValueBytes)) {
      segments.log().offer(word, offset, (int) op.metBytes);
    }
  }
}
