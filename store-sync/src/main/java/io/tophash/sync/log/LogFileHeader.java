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
 * @param previous the run that this one goes on with, in the first file of a run; else 0
 * @param ordinal its place among all files in the order in which they were begun
 */
record LogFileHeader(Kind kind, long run, long firstSeq, long previous, long ordinal) {
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

  /** Of a file that is not whole, or not of this store. */
  private static LogFileHeader none(Kind kind) {
    return new LogFileHeader(kind, 0, 0, 0, 0);
  }

  /** What a file says that is none. */
  static LogFileHeader ofForeign() {
    return none(Kind.FOREIGN);
  }

  /** What a file says that is not there. */
  static LogFileHeader ofMissing() {
    return none(Kind.UNUSED);
  }

  boolean isWhole() {
    return kind == Kind.WHOLE;
  }

  /** The bytes of the header. */
  byte[] toBytes(long storeId) {
    byte[] header = new byte[LogLayout.ALIGNMENT];
    HeapBytes.putLong(header, LogLayout.MAGIC, LogLayout.MAGIC_VALUE);
    HeapBytes.putInt(header, LogLayout.VERSION, 1);
    HeapBytes.putLong(header, LogLayout.STORE_ID, storeId);
    HeapBytes.putLong(header, LogLayout.RUN, run);
    HeapBytes.putLong(header, LogLayout.FIRST_SEQ, firstSeq);
    HeapBytes.putLong(header, LogLayout.CREATED_MS, System.currentTimeMillis());
    HeapBytes.putLong(header, LogLayout.PREVIOUS, previous);
    HeapBytes.putLong(header, LogLayout.ORDINAL, ordinal);
    HeapBytes.putInt(header, LogLayout.CHECKSUM, checksum(header));
    return header;
  }

  static LogFileHeader of(SideFile file, long storeId) {
    byte[] header = file.read(0, LogLayout.ALIGNMENT);
    if (isZero(header)) {
      return none(Kind.UNUSED);
    }
    if (header.length < LogLayout.ALIGNMENT
        || HeapBytes.getLong(header, LogLayout.MAGIC) != LogLayout.MAGIC_VALUE) {
      return none(Kind.FOREIGN);
    }
    boolean isOurs = HeapBytes.getLong(header, LogLayout.STORE_ID) == storeId;
    boolean isWhole = HeapBytes.getInt(header, LogLayout.CHECKSUM) == checksum(header);
    if (!isOurs || isWhole && HeapBytes.getInt(header, LogLayout.VERSION) != 1) {
      return none(Kind.FOREIGN);
    }
    return isWhole
        ? new LogFileHeader(
            Kind.WHOLE,
            HeapBytes.getLong(header, LogLayout.RUN),
            HeapBytes.getLong(header, LogLayout.FIRST_SEQ),
            HeapBytes.getLong(header, LogLayout.PREVIOUS),
            HeapBytes.getLong(header, LogLayout.ORDINAL))
        : none(Kind.TORN);
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
