package io.tophash.sync.entry;

import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.Spot;
import io.tophash.sync.format.CacheLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Copies values of a cache, in which a long stands in front of each record. */
final class PrefixedValue {
  private final boolean verifies;

  PrefixedValue(boolean verifies) {
    this.verifies = verifies;
  }

  /** The value of a record behind its long; with a head, what comes behind both. */
  byte[] copy(
      ByteBuffer window,
      long start,
      int record,
      int offset,
      int length,
      long hash,
      ValueHead head) {
    if (record < CacheLayout.PREFIX_BYTES) {
      return ValueSum.UNDECIDED;
    }
    long at = start + record;
    if (head != null) {
      return behindHead(window, at, offset, length, hash, head);
    }
    byte[] copy = new byte[CacheLayout.PREFIX_BYTES + length];
    Spot.copy(window, at, offset, copy, CacheLayout.PREFIX_BYTES, length);
    copyPrefix(window, at, copy, 0);
    return verifies && !ValueSum.isWhole(window, at, copy, CacheLayout.PREFIX_BYTES, length, hash)
        ? ValueSum.UNDECIDED
        : copy;
  }

  private byte[] behindHead(
      ByteBuffer window, long record, int offset, int length, long hash, ValueHead head) {
    int skipped = head.bytes(Spot.getLong(window, record, CacheLayout.EXPIRES));
    if (skipped < 0 || skipped > length) {
      return ValueSum.UNDECIDED;
    }
    byte[] copy = Spot.copy(window, record, offset + skipped, length - skipped);
    if (verifies) {
      CRC32C crc = new CRC32C();
      if (skipped != 0) {
        crc.update(Spot.copy(window, record, offset, skipped), 0, skipped);
      }
      crc.update(copy, 0, copy.length);
      if (!ValueSum.isSum(crc, window, record, hash)) {
        return ValueSum.UNDECIDED;
      }
    }
    return copy;
  }

  static void copyPrefix(ByteBuffer window, long record, byte[] target, int at) {
    HeapBytes.putLong(target, at, Spot.getLong(window, record, CacheLayout.EXPIRES));
  }
}
