package io.tophash.sync.segment;

import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.SyncRecordLayout;
import java.util.Set;

/** Whether a record is whole, is found by who looks for it, and belongs to its cell. */
final class RecordCheck {
  private RecordCheck() {}

  /** See {@link Segments#checkEntry}. */
  static String of(
      RecordSegments segments, long segmentWord, Gathered g, int entry, Set<Long> cells) {
    if (!g.isWhole(entry)) {
      return "the checksum of a record does not match";
    }
    byte[] record = g.bytes;
    int at = g.recordOffset(entry);
    if (g.largeBlock(entry) != 0) {
      record = segments.large().copy(g, entry);
      at = 0;
      if (record == null) {
        return "a large record is not that of its stub";
      }
      if (!RecordImage.isWhole(record, 0, g.hashes[entry])) {
        return "the checksum of a large record does not match";
      }
    }
    byte[] key = RecordImage.ofKey(RecordImage.key(record, at));
    long found =
        segments.find(segmentWord, key, key.length - SyncRecordLayout.PAYLOAD, g.hashes[entry]);
    return found <= 0
        ? "a lookup does not find an entry"
        : cells.add(found) ? null : "two entries have the same key";
  }

  /** True if the key of a record has those bits of a hash for which its cell was looked at. */
  static boolean hasBitsOf(RecordSegments segments, long at, int lengths, long hash) {
    long found;
    if (SyncRecordLayout.isLarge(lengths)) {
      found =
          segments.leavesMapping(at, SyncRecordLayout.STUB_BYTES)
              ? ~hash
              : segments.longAt(at, SyncRecordLayout.STUB_HASH);
    } else {
      int keyBytes = SyncRecordLayout.keyLength(lengths);
      byte[] key = new byte[keyBytes];
      if (segments.leavesMapping(at, SyncRecordLayout.PAYLOAD + (long) keyBytes)) {
        return false;
      }
      segments.memory.getBytes(at + SyncRecordLayout.PAYLOAD, key, 0, keyBytes);
      found = segments.keyHash.ofBytes(key, 0, keyBytes);
    }
    return HashBits.tophash(found) == HashBits.tophash(hash)
        && HashBits.extra(found) == HashBits.extra(hash);
  }
}
