package io.tophash.sync.entry;

/**
 * Many changes of records, in pieces of which each is in the order of {@link HashParts}: as {@link
 * HashOrder}, of encoded records, which are bounded by their bytes, too.
 *
 * <p>For one thread.
 */
final class RecordOrder {
  private static final int OBJECTS_BYTES = 128; // of a change, besides its record

  // A small heap is not filled with them.
  private static final long MOST_BYTES = Math.min(32 << 20, Runtime.getRuntime().maxMemory() / 16);

  private final RecordOp[] taken;
  private final RecordOp[] ordered;
  private final HashParts parts;
  private int count;
  private long bytes;

  /**
   * @param size about how many changes there are
   */
  RecordOrder(int size) {
    int most = Math.min(HashParts.MOST, Math.max(1, size));
    taken = new RecordOp[most];
    ordered = new RecordOp[most];
    parts = new HashParts(most);
  }

  /**
   * Takes a change.
   *
   * @return true if no more fit, and {@link #end} is due
   */
  boolean add(RecordOp op) {
    taken[count++] = op;
    parts.add(op.hash);
    bytes += op.record.length + OBJECTS_BYTES;
    return count == taken.length || bytes >= MOST_BYTES;
  }

  /**
   * Ends a piece; the next one can be taken when its changes are done.
   *
   * @return number of changes that stand in {@link #ordered}
   */
  int end() {
    parts.order();
    for (int i = 0; i < count; i++) {
      ordered[parts.place(i)] = taken[i];
      taken[i] = null;
    }
    int ended = count;
    parts.clear();
    count = 0;
    bytes = 0;
    return ended;
  }

  /** The changes of the piece that was ended. */
  RecordOp[] ordered() {
    return ordered;
  }
}
