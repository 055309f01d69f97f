package io.tophash.sync.log;

import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.LogEntryLayout;
import java.util.Arrays;

/**
 * The entries of a lane in a batch, one after the other. Parts are entries of their own here; a
 * {@link LogParts} puts them together.
 *
 * <p>For one thread at a time.
 */
public final class LogEntries {
  private final byte[] bytes;
  private final int end;
  private final long base; // lane position of offset 0
  private int at;
  private int next;

  /**
   * @param bytes of a batch
   * @param from offset of the first entry
   * @param end offset behind the last one
   * @param position lane position of the first entry
   */
  LogEntries(byte[] bytes, int from, int end, long position) {
    this.bytes = bytes;
    this.end = end;
    this.base = position - from;
    this.next = from;
  }

  /** Number of changes in a lane's entries. */
  static int changes(byte[] lane) {
    int changes = 0;
    LogEntries entries = new LogEntries(lane, 0, lane.length, 0);
    while (entries.next()) {
      changes += entries.op() == LogEntryLayout.PART ? 0 : 1;
    }
    return changes;
  }

  /**
   * Goes to the next entry.
   *
   * @return false if there is none
   * @throws IllegalStateException if what stands there is none; the checksum of the batch was
   *     right, so it was written so
   */
  public boolean next() {
    if (next == end) {
      return false;
    }
    at = next;
    int size = at + LogEntryLayout.PAYLOAD > end ? -1 : HeapBytes.getInt(bytes, at);
    if (size < LogEntryLayout.PAYLOAD || size % 8 != 0 || size > end - at || !isInside(size)) {
      throw new IllegalStateException("no entry of the log, position=" + (base + at));
    }
    next = at + size;
    return true;
  }

  private boolean isInside(int size) {
    return keyBytes() >= 0
        && valueBytes() >= 0
        && (long) payloadKey() + payloadValue() <= size - LogEntryLayout.PAYLOAD;
  }

  /** One of {@link LogEntryLayout}. */
  public int op() {
    return HeapBytes.getInt(bytes, at + LogEntryLayout.OP);
  }

  /** Size of the key; of a part: of its piece. */
  public int keyBytes() {
    return HeapBytes.getInt(bytes, at + LogEntryLayout.KEY_BYTES);
  }

  /** Size of the value; of a part: its index. */
  public int valueBytes() {
    return HeapBytes.getInt(bytes, at + LogEntryLayout.VALUE_BYTES);
  }

  private int payloadKey() {
    int op = op();
    return op == LogEntryLayout.LARGE || op == LogEntryLayout.LARGE_REMOVE ? 0 : keyBytes();
  }

  private int payloadValue() {
    return op() == LogEntryLayout.PUT ? valueBytes() : 0;
  }

  /** Encoded key, or the piece of a part. */
  public byte[] key() {
    int from = at + LogEntryLayout.PAYLOAD;
    return Arrays.copyOfRange(bytes, from, from + payloadKey());
  }

  /** Encoded value. */
  public byte[] value() {
    int from = at + LogEntryLayout.PAYLOAD + payloadKey();
    return Arrays.copyOfRange(bytes, from, from + payloadValue());
  }

  /** Lane position behind this entry. */
  public long position() {
    return base + next;
  }
}
