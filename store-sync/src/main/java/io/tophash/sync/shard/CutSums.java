package io.tophash.sync.shard;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.segment.SealedTables;

/**
 * The sums of what a cut has sealed: those of segments go into their headers, those of directories
 * into the root. All that is read here is sealed, and is not given out again before the checkpoint
 * is durable, so nobody changes it meanwhile.
 */
public final class CutSums {
  private final MappedMemory memory;
  private final SealedTables tables;

  /** Of the shards of an attached store. */
  public CutSums(ShardContext context) {
    this.memory = context.memory();
    this.tables = context.kind().sealed();
  }

  /**
   * Sums what is sealed.
   *
   * @param all true to look at segments that earlier cuts have sealed, too
   * @return the sum of each directory
   */
  public int[] sum(Cut cut, boolean all) {
    for (long word : cut.directoryWords()) {
      if (word != 0) {
        sumSegments(word, all);
      }
    }
    return DirectorySums.of(memory, cut);
  }

  private void sumSegments(long directoryWord, boolean all) {
    long last = 0;
    for (int i = 0; i < 1 << DirectoryWord.depth(directoryWord); i++) {
      long word = memory.getLong(DirectoryWord.position(directoryWord) + 8L * i, 0);
      if (word != last && (all || SegmentWord.isFresh(word))) {
        tables.sum(word);
      }
      last = word;
    }
  }
}
