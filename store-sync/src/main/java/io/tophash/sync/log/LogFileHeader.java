package io.tophash.sync.log;

import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.SideFile;
import io.tophash.sync.format.LogLayout;
import java.util.zip.CRC32C;

/**
 * What the header of a file of the log says.
 *
 * @param kind if anything of it can be believed
 * @param run of which all batches in it are
 * @param firstSeq number of the first of them
 */
record LogFileHeader(Kind kind, long run, long firstSeq) {
  /** What a file may be. */
  enum Kind {
    /** Made and not begun, or not even made as a whole. */
    UNUSED,
    /** One of this store's, of which the header is not whole: cut off while it was begun. */
    TORN,
    /** Of this store. */
    WHOLE,
    /** Something else: it is never written to. */
    FOREIGN
  }

  /** The header of a file with batches from this one on. */
  static byte[] toBytes(long storeId, long run, long firstSeq) {
    byte[] header = new byte[LogLayout.ALIGNMENT];
    HeapBytes.putLong(header, LogLayout.MAGIC, LogLayout.MAGIC_VALUE);
    HeapBytes.putInt(header, LogLayout.VERSION, 1);
    HeapBytes.putLong(header, LogLayout.STORE_ID, storeId);
    HeapBytes.putLong(header, LogLayout.RUN, run);
    HeapBytes.putLong(header, LogLayout.FIRST_SEQ, firstSeq);
    HeapBytes.putLong(header, LogLayout.CREATED_MS, System.currentTimeMillis());
    HeapBytes.putInt(header, LogLayout.CHECKSUM, checksum(header));
    return header;
  }

  static LogFileHeader of(SideFile file, long storeId) {
    byte[] header = file.read(0, LogLayout.ALIGNMENT);
    if (isZero(header)) {
      return new LogFileHeader(Kind.UNUSED, 0, 0);
    }
    if (header.length < LogLayout.ALIGNMENT
        || HeapBytes.getLong(header, LogLayout.MAGIC) != LogLayout.MAGIC_VALUE) {
      return new LogFileHeader(Kind.FOREIGN, 0, 0);
    }
    boolean isOurs = HeapBytes.getLong(header, LogLayout.STORE_ID) == storeId;
    boolean isWhole = HeapBytes.getInt(header, LogLayout.CHECKSUM) == checksum(header);
    if (!isOurs || isWhole && HeapBytes.getInt(header, LogLayout.VERSION) != 1) {
      return new LogFileHeader(Kind.FOREIGN, 0, 0);
    }
    return isWhole
        ? new LogFileHeader(
            Kind.WHOLE,
            HeapBytes.getLong(header, LogLayout.RUN),
            HeapBytes.getLong(header, LogLayout.FIRST_SEQ))
        : new LogFileHeader(Kind.TORN, 0, 0);
  }

  private static boolean isZero(byte[] header) {
    for (byte b : header) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static int checksum(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, LogLayout.CHECKSUM);
    return (int) crc.getValue();
  }
}
