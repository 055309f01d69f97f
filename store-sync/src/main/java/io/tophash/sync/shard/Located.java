package io.tophash.sync.shard;

import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.SegmentWord;

/**
 * A segment where a directory names it.
 *
 * @param shard its shard
 * @param directoryWord the directory
 * @param index one of the entries that name it
 * @param word what stands there
 * @param local its local depth
 */
record Located(int shard, long directoryWord, int index, long word, int local) {
  int depth() {
    return DirectoryWord.depth(directoryWord);
  }

  /** Index of the first entry that names it. */
  int first() {
    return DirectoryWord.firstAlias(index, depth(), local);
  }

  /** How many name it. */
  int aliases() {
    return DirectoryWord.aliases(depth(), local);
  }

  long block() {
    return SegmentWord.position(word);
  }

  /** The generation of what replaces it. */
  int nextGeneration() {
    return SegmentWord.generation(word) + 1;
  }
}
