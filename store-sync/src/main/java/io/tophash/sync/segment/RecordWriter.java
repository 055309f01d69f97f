package io.tophash.sync.segment;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SyncRecordLayout;

/** Writes a record where no slot refers to. */
public final class RecordWriter {
  private RecordWriter() {}

  /**
   * Writes a record.
   *
   * @param at its position
   * @param record all of it, or header and key, of which the checksum is not looked at
   * @param value the value, in the array of the caller of the operation; null if the record has it.
   *     The checksum is that of what has been written, so it matches even if somebody changes that
   *     array meanwhile
   * @param hash of the key
   */
  public static void write(MappedMemory memory, long at, byte[] record, byte[] value, long hash) {
    memory.putBytes(at, record, 0, record.length);
    if (value != null) {
      long from = at + record.length;
      memory.putBytes(from, value, 0, value.length);
      long end = at + RecordImage.bytes(record, 0);
      for (long pad = from + value.length; pad < end; pad++) {
        memory.putByte(pad, 0, (byte) 0);
      }
      int crc = memory.crc(from, value.length);
      memory.putInt(at, SyncRecordLayout.CHECKSUM, RecordImage.bound(crc, hash));
    }
  }
}
