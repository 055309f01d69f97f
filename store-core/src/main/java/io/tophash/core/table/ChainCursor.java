package io.tophash.core.table;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.Tophash;
import java.util.Arrays;

/**
 * Walks the chains of a table in an order that growth only refines, so that an entry that stays is
 * met exactly once whatever happens between two chains.
 *
 * <p>The walk begins at a random bucket and wraps once, in the order of bucket indices of the size
 * that the table had then: sequential in memory. If the table doubles meanwhile, one of those
 * buckets has become a group of 2, 4, 8 … buckets that share its low bits. A group is walked in the
 * order of its higher bits <em>reversed</em>: in that order the two halves of a split bucket stand
 * side by side, so the walk can change to a larger table within a group (the idea of Redis' SCAN).
 * Go keeps the old bucket array alive for its iterators instead; here it is reused.
 *
 * <p>Cells within a bucket are met from a random offset on, as in Go's mapiterinit.
 */
public final class ChainCursor {
  private final Table table;
  private final int startB;
  private final long startBucket;
  private final int cellOffset;
  // Groups that were finished, and how far the present one is: its higher bits, reversed, as a
  // fraction of 2^64.
  private long groupsDone;
  private long withinGroup;
  private long[] cells = new long[2 * BucketLayout.CELLS];
  private int size;

  /**
   * @param table the table to walk
   * @param random chooses where to begin
   */
  public ChainCursor(Table table, long random) {
    this.table = table;
    this.startB = table.b();
    this.startBucket = random & (1L << startB) - 1;
    this.cellOffset = (int) (random >>> 61);
  }

  /**
   * Goes to the next chain that has entries. Its cells are valid until the table is changed.
   *
   * @return false if the walk is over
   */
  public boolean next() {
    size = 0;
    while (size == 0) {
      if (groupsDone >>> startB != 0) {
        return false;
      }
      int extra = table.b() - startB;
      long group = startBucket + groupsDone & (1L << startB) - 1;
      long within = extra == 0 ? 0 : Long.reverse(withinGroup) & (1L << extra) - 1;
      collect(group | within << startB);
      withinGroup = extra == 0 ? 0 : ((withinGroup >>> 64 - extra) + 1) << 64 - extra;
      if (withinGroup == 0) {
        groupsDone++;
      }
    }
    return true;
  }

  /** Number of entries of the present chain. */
  public int size() {
    return size;
  }

  /** The cell of one of them. */
  public long cell(int i) {
    return cells[i];
  }

  private void collect(long index) {
    long head = 0;
    boolean filter = false;
    if (table.isGrowing()) {
      head = table.unevacuated(index & table.old().size() - 1);
      filter = head != 0 && !table.isSameSizeGrowing();
    }
    if (table.proves) {
      table.absent(index); // as what it does not meet is absent
    }
    if (head == 0) {
      head = table.current().bucket(index);
    }
    long mask = table.current().size() - 1;
    long hops = 0;
    for (long bucket = head; bucket != 0; bucket = table.overflow(bucket)) {
      long word = table.tophashWord(bucket);
      long full = Long.rotateRight(Tophash.matchFull(word), cellOffset * 8);
      for (; full != 0; full &= full - 1) {
        int cell = Tophash.firstCell(full) + cellOffset & BucketLayout.CELLS - 1;
        if (!filter || (table.hashOfCell(bucket, cell) & mask) == index) {
          add(bucket + cell);
        }
      }
      if (Tophash.endsChain(word)) {
        break;
      }
      if (++hops > 1000 && hops > table.maxHops()) {
        throw Table.circle(bucket);
      }
    }
  }

  private void add(long cell) {
    if (size == cells.length) {
      cells = Arrays.copyOf(cells, 2 * size);
    }
    cells[size++] = cell;
  }
}
