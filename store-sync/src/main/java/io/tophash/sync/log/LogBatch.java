package io.tophash.sync.log;

import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.LogLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Some of the log that became durable at once: of each lane that had something new, what that was.
 *
 * <p>Immutable.
 */
public final class LogBatch {
  private final byte[] bytes;
  private final int[] starts; // offset of each lane's bytes, and the end

  private LogBatch(byte[] bytes, int[] starts) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /** Size of a batch with so many lanes and so many bytes of them, with its padding. */
  public static int paddedBytes(int lanes, int bytes) {
    return LogLayout.padded(LogLayout.BATCH_HEADER_END + lanes * LogLayout.LANE_BYTES + bytes);
  }

  /**
   * Makes a batch.
   *
   * @param shards in ascending order
   * @param from lane position of the first byte of each
   * @param to lane position behind the last one
   * @param lanes the bytes, as many
   * @return the batch with its padding, to be appended
   */
  public static ByteBuffer seal(
      long run, long seq, int[] shards, long[] from, long[] to, byte[][] lanes) {
    int used = 0;
    for (byte[] lane : lanes) {
      used += lane.length;
    }
    byte[] batch = new byte[paddedBytes(lanes.length, used)];
    int at = LogLayout.BATCH_HEADER_END + lanes.length * LogLayout.LANE_BYTES;
    for (int i = 0; i < lanes.length; i++) {
      putLane(batch, i, shards[i], from[i], to[i]);
      System.arraycopy(lanes[i], 0, batch, at, lanes[i].length);
      at += lanes[i].length;
    }
    seal(batch, run, seq, lanes.length, at);
    return ByteBuffer.wrap(batch);
  }

  /** Says of a lane what a batch under construction has of it. */
  public static void putLane(byte[] batch, int index, int shard, long from, long to) {
    int lane = LogLayout.BATCH_HEADER_END + index * LogLayout.LANE_BYTES;
    HeapBytes.putInt(batch, lane, shard);
    HeapBytes.putInt(batch, lane + 4, 0);
    HeapBytes.putLong(batch, lane + LogLayout.LANE_FROM, from);
    HeapBytes.putLong(batch, lane + LogLayout.LANE_TO, to);
  }

  /**
   * Writes the header of a batch whose lanes and bytes are there.
   *
   * @param bytes size without the padding, which is zeros already
   */
  public static void seal(byte[] batch, long run, long seq, int lanes, int bytes) {
    HeapBytes.putLong(batch, LogLayout.BATCH_MAGIC, LogLayout.BATCH_MAGIC_VALUE);
    HeapBytes.putLong(batch, LogLayout.BATCH_RUN, run);
    HeapBytes.putLong(batch, LogLayout.BATCH_SEQ, seq);
    HeapBytes.putInt(batch, LogLayout.BATCH_BYTES, bytes);
    HeapBytes.putInt(batch, LogLayout.BATCH_LANES, lanes);
    HeapBytes.putInt(batch, LogLayout.BATCH_CHECKSUM + 4, 0);
    HeapBytes.putInt(batch, LogLayout.BATCH_CHECKSUM, checksum(batch, bytes));
  }

  /** Size with its padding of the batch that begins so; 0 if none does. */
  static int sizeOf(byte[] head) {
    if (head.length < LogLayout.BATCH_HEADER_END
        || HeapBytes.getLong(head, LogLayout.BATCH_MAGIC) != LogLayout.BATCH_MAGIC_VALUE) {
      return 0;
    }
    int bytes = HeapBytes.getInt(head, LogLayout.BATCH_BYTES);
    return bytes < LogLayout.BATCH_HEADER_END || bytes > LogLayout.MAX_BATCH_BYTES
        ? 0
        : LogLayout.padded(bytes);
  }

  static long runOf(byte[] batch) {
    return HeapBytes.getLong(batch, LogLayout.BATCH_RUN);
  }

  static long seqOf(byte[] batch) {
    return HeapBytes.getLong(batch, LogLayout.BATCH_SEQ);
  }

  /** The batch in these bytes; null if it is not whole. */
  static LogBatch parse(byte[] batch) {
    int size = sizeOf(batch);
    if (size == 0 || batch.length < size) {
      return null;
    }
    int bytes = HeapBytes.getInt(batch, LogLayout.BATCH_BYTES);
    int lanes = HeapBytes.getInt(batch, LogLayout.BATCH_LANES);
    long at = LogLayout.BATCH_HEADER_END + (long) lanes * LogLayout.LANE_BYTES;
    if (lanes < 0
        || at > bytes
        || HeapBytes.getInt(batch, LogLayout.BATCH_CHECKSUM) != checksum(batch, bytes)) {
      return null;
    }
    int[] starts = new int[lanes + 1];
    for (int i = 0; i < lanes; i++) {
      int lane = LogLayout.BATCH_HEADER_END + i * LogLayout.LANE_BYTES;
      long length =
          HeapBytes.getLong(batch, lane + LogLayout.LANE_TO)
              - HeapBytes.getLong(batch, lane + LogLayout.LANE_FROM);
      if (length < 0 || length > bytes - at) {
        return null;
      }
      starts[i] = (int) at;
      at += length;
    }
    starts[lanes] = (int) at;
    return at == bytes ? new LogBatch(batch, starts) : null;
  }

  private static int checksum(byte[] batch, int bytes) {
    CRC32C crc = new CRC32C();
    crc.update(batch, 0, LogLayout.BATCH_CHECKSUM);
    crc.update(batch, LogLayout.BATCH_CHECKSUM + 4, bytes - LogLayout.BATCH_CHECKSUM - 4);
    return (int) crc.getValue();
  }

  /** Run that it is of. */
  public long run() {
    return runOf(bytes);
  }

  /** Its number. */
  public long seq() {
    return seqOf(bytes);
  }

  /** Bytes that it takes in its file. */
  int size() {
    return sizeOf(bytes);
  }

  /** Number of lanes. */
  public int lanes() {
    return starts.length - 1;
  }

  /** Shard of a lane. */
  public int shard(int lane) {
    return HeapBytes.getInt(bytes, laneAt(lane));
  }

  /** Lane position at which what it has of a lane begins. */
  public long from(int lane) {
    return HeapBytes.getLong(bytes, laneAt(lane) + LogLayout.LANE_FROM);
  }

  /** Lane position at which that ends. */
  public long to(int lane) {
    return HeapBytes.getLong(bytes, laneAt(lane) + LogLayout.LANE_TO);
  }

  private static int laneAt(int lane) {
    return LogLayout.BATCH_HEADER_END + lane * LogLayout.LANE_BYTES;
  }

  /** The entries of a lane. */
  public LogEntries entries(int lane) {
    return new LogEntries(bytes, starts[lane], starts[lane + 1], from(lane));
  }
}
