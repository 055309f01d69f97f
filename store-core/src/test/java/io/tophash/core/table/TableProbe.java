package io.tophash.core.table;

import io.tophash.core.format.BucketLayout;
import io.tophash.core.format.Tophash;
import io.tophash.core.memory.MappedMemory;
import java.util.ArrayList;
import java.util.List;

/** Lets tests look at the buckets of a table. */
public final class TableProbe {
  private final Table table;

  public TableProbe(Table table) {
    this.table = table;
  }

  /**
   * Position of a bucket of the current array by its number, overflow buckets behind the others.
   */
  public long bucket(long index) {
    return table.current().bucket(index);
  }

  /** Position of a bucket of the old array. */
  public long oldBucket(long index) {
    return table.old().bucket(index);
  }

  /** True if the head of this old chain is marked. */
  public boolean isEvacuated(long oldIndex) {
    return Tophash.isEvacuated(word(oldBucket(oldIndex)));
  }

  /** How many old chains are marked. */
  public int evacuatedCount() {
    int count = 0;
    for (long i = 0; i < table.old().size(); i++) {
      count += isEvacuated(i) ? 1 : 0;
    }
    return count;
  }

  /** Positions of the buckets of a chain. */
  public List<Long> chain(long head) {
    List<Long> buckets = new ArrayList<>();
    for (long bucket = head; bucket != 0; bucket = table.overflow(bucket)) {
      buckets.add(bucket);
    }
    return buckets;
  }

  /** All codes of a chain, as hex digits of tophash bytes: "-" is emptyRest, "o" is emptyOne. */
  public String codes(long head) {
    StringBuilder text = new StringBuilder();
    for (long bucket : chain(head)) {
      text.append(text.length() == 0 ? "" : "|");
      for (int cell = 0; cell < BucketLayout.CELLS; cell++) {
        int code = code(bucket, cell);
        text.append(code >= Tophash.MIN_TOPHASH ? "x" : "-oXYE".substring(code, code + 1));
      }
    }
    return text.toString();
  }

  /** Long keys of a chain in the order of its cells. */
  public List<Long> keys(long head) {
    List<Long> keys = new ArrayList<>();
    for (long bucket : chain(head)) {
      for (int cell = 0; cell < BucketLayout.CELLS; cell++) {
        if (code(bucket, cell) >= Tophash.MIN_TOPHASH) {
          keys.add(memory().getLong(bucket, table.layout.key(cell)));
        }
      }
    }
    return keys;
  }

  public int code(long bucket, int cell) {
    return Tophash.at(word(bucket), cell);
  }

  public long word(long bucket) {
    return table.tophashWord(bucket);
  }

  /** True if the next bucket of the chain is a block of its own. */
  public boolean linksToOwnBlock(long bucket) {
    return Links.isOwnBlock(table.overflowLink(bucket));
  }

  public long overflow(long bucket) {
    return table.overflow(bucket);
  }

  public long nevacuate() {
    return table.nevacuate();
  }

  public long seed() {
    return table.seed();
  }

  public long descriptor() {
    return table.descriptor();
  }

  public long directory() {
    return table.current().directory();
  }

  public BucketLayout layout() {
    return table.layout;
  }

  public MappedMemory memory() {
    return table.memory;
  }
}
