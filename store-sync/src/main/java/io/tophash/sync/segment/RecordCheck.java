package io.tophash.sync.segment;

import io.tophash.sync.format.SyncRecordLayout;
import java.util.Set;

/** Whether a gathered record is whole, and found by who looks for it. */
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
}
