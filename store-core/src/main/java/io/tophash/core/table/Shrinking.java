package io.tophash.core.table;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.DirectoryLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.MappedMemory;

/**
 * Copies a table that is much too large for its entries into a small bucket array: what a hint has
 * asked for and nobody has used. One that was full once has chains with blocks of their own, as a
 * rule, and stays as it is.
 *
 * <p>The small array is made as the next one of a growth is, and filled before it is the table's;
 * so a kill leaves a prepared array that is not of twice the table's size, which is dropped. It
 * takes overflow buckets only from its own chunks, so that dropping these frees all of it.
 */
final class Shrinking {
  /** Smaller arrays cost next to nothing. */
  private static final long LEAST_BYTES = 1 << 16;

  /** A table with so many times the buckets that its entries need is too large. */
  private static final int TOO_LARGE_SHIFT = 3;

  private final Table table;
  private final MappedMemory memory;
  private final BucketLayout layout;
  private final BucketArray to;
  private long nextOverflow;

  private Shrinking(Table table, BucketArray to) {
    this.table = table;
    this.memory = table.memory;
    this.layout = table.layout;
    this.to = to;
  }

  /** The B that a table should have which is too large; -1 if it is not, or cannot be copied. */
  static int wantedB(Table table) {
    BucketArray present = table.current();
    // Smaller ones have no overflow buckets in their chunks.
    int wanted = Math.max(4, LoadFactor.bForHint(table.count()) + 1);
    boolean isTooLarge =
        wanted + TOO_LARGE_SHIFT <= present.b() + 1 && present.allocatedBytes() >= LEAST_BYTES;
    boolean hasOwnBlocks = table.noverflow() != table.nextOverflow();
    return isTooLarge && !table.isGrowing() && !hasOwnBlocks ? wanted : -1;
  }

  /**
   * Copies all entries of a table.
   *
   * @param to an empty array that is prepared
   * @return overflow buckets in use; -1 if some chain found none
   */
  static long fill(Table table, BucketArray to) {
    Shrinking shrinking = new Shrinking(table, to);
    BucketArray from = table.current();
    long hops = 0;
    for (int chunk = 0; chunk < from.chunks().length; chunk++) {
      long first = (long) chunk << table.context.chunkShift;
      long end = Math.min(from.size(), first + (1L << table.context.chunkShift));
      if (from.chunks()[chunk] == 0) {
        continue;
      }
      for (long index = first; index < end; index++) {
        from.prove(index);
        for (long bucket = from.bucket(index); bucket != 0; bucket = table.overflow(bucket)) {
          if (!shrinking.copy(bucket)) {
            return -1;
          }
          if (++hops > table.maxHops()) {
            throw Table.circle(bucket);
          }
        }
      }
    }
    return shrinking.nextOverflow;
  }

  private boolean copy(long bucket) {
    long word = table.tophashWord(bucket);
    for (long full = Tophash.matchFull(word); full != 0; full &= full - 1) {
      int cell = Tophash.firstCell(full);
      if (!append(bucket, cell, table.hashOfCell(bucket, cell))) {
        return false;
      }
    }
    return true;
  }

  private boolean append(long from, int fromCell, long hash) {
    long bucket = to.ensureBucket(hash & to.size() - 1);
    long word = table.tophashWord(bucket);
    while (Tophash.matchEmpty(word) == 0) {
      long next = table.overflow(bucket);
      if (next == 0) {
        if (nextOverflow == DirectoryLayout.preallocatedOverflow(to.b())) {
          return false;
        }
        next = to.ensureBucket(to.size() + nextOverflow++);
        memory.putLong(bucket, layout.overflow(), Links.of(next, false));
      }
      bucket = next;
      word = table.tophashWord(bucket);
    }
    int cell = Tophash.firstCell(Tophash.matchEmpty(word));
    memory.copy(from + layout.key(fromCell), bucket + layout.key(cell), layout.keyCellBytes());
    memory.copy(
        from + layout.value(fromCell), bucket + layout.value(cell), layout.valueCellBytes());
    memory.putLong(bucket, BucketLayout.TOPHASH, Tophash.with(word, cell, Tophash.of(hash)));
    return true;
  }
}
