package io.tophash.sync.entry;

import io.tophash.core.memory.Spot;
import io.tophash.sync.format.SyncRecordLayout;
import io.tophash.sync.segment.RecordImage;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Compares copies of values with the checksums of their records. */
final class ValueSum {
  /** In place of a copy: the short way does not decide it. */
  static final byte[] UNDECIDED = {};

  private ValueSum() {}

  static boolean isWhole(
      ByteBuffer window, long record, byte[] copy, int at, int length, long hash) {
    CRC32C crc = new CRC32C();
    crc.update(copy, at, length);
    return isSum(crc, window, record, hash);
  }

  static boolean isSum(CRC32C crc, ByteBuffer window, long record, long hash) {
    return RecordImage.bound((int) crc.getValue(), hash)
        == Spot.getInt(window, record, SyncRecordLayout.CHECKSUM);
  }
}
