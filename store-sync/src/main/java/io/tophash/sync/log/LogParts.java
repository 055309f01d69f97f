package io.tophash.sync.log;

import io.tophash.sync.format.LogEntryLayout;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Puts changes of a shard together that stand in the log in parts. Parts that nobody has ended are
 * of a writer that was killed: whatever comes behind them ends them.
 *
 * <p>For one thread at a time; the entries of one shard, in their order.
 */
public final class LogParts {
  private final int shard;
  private ByteArrayOutputStream parts = new ByteArrayOutputStream(0);
  private int next; // index of the part that continues

  /**
   * @param shard whose entries these are
   */
  public LogParts(int shard) {
    this.shard = shard;
  }

  /**
   * Takes an entry.
   *
   * @return the change that is whole with it; null if none is
   * @throws IllegalStateException if the parts before it are not those that it needs
   */
  public LogChange accept(LogEntries entry) {
    int op = entry.op();
    switch (op) {
      case LogEntryLayout.PART:
        int index = entry.valueBytes();
        if (index == 0) {
          parts = new ByteArrayOutputStream();
          next = 0;
        }
        if (index != next) {
          throw new IllegalStateException(
              "a part is missing in the log, position=" + entry.position() + " part=" + next);
        }
        parts.writeBytes(entry.key());
        next++;
        return null;
      case LogEntryLayout.LARGE:
      case LogEntryLayout.LARGE_REMOVE:
        return whole(entry, op == LogEntryLayout.LARGE ? entry.valueBytes() : 0);
      case LogEntryLayout.PUT:
      case LogEntryLayout.REMOVE:
      case LogEntryLayout.CLEAR:
        forget();
        return new LogChange(shard, op, entry.key(), entry.value(), entry.position());
      default:
        throw new IllegalStateException(
            "no entry of the log, position=" + entry.position() + " op=" + op);
    }
  }

  private LogChange whole(LogEntries entry, int valueBytes) {
    byte[] all = parts.toByteArray();
    forget();
    int keyBytes = entry.keyBytes();
    if (all.length != (long) keyBytes + valueBytes) {
      throw new IllegalStateException(
          "parts are missing in the log, position="
              + entry.position()
              + " bytes="
              + all.length
              + " needed="
              + ((long) keyBytes + valueBytes));
    }
    return new LogChange(
        shard,
        entry.op() == LogEntryLayout.LARGE ? LogEntryLayout.PUT : LogEntryLayout.REMOVE,
        Arrays.copyOf(all, keyBytes),
        Arrays.copyOfRange(all, keyBytes, all.length),
        entry.position());
  }

  private void forget() {
    parts = new ByteArrayOutputStream(0);
    next = 0;
  }
}
