package io.tophash.sync.shard;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.DirectoryWord;
import java.util.zip.CRC32C;

/** Sums of sealed directories, which stand in the root of their checkpoint. */
public final class DirectorySums {
  private DirectorySums() {}

  /** Those of the directories of a cut; 0 for a shard that has none. */
  public static int[] of(MappedMemory memory, Cut cut) {
    int[] sums = new int[cut.directoryWords().length];
    for (int shard = 0; shard < sums.length; shard++) {
      long word = cut.directoryWords()[shard];
      sums[shard] = word == 0 ? 0 : of(memory, word);
    }
    return sums;
  }

  /** CRC-32C of the directory of a word; that of no bytes, which is 0, if it leads outside. */
  public static int of(MappedMemory memory, long word) {
    long position = DirectoryWord.position(word);
    long bytes = DirectoryWord.bytes(DirectoryWord.depth(word));
    CRC32C crc = new CRC32C();
    if (DirectoryWord.depth(word) <= DirectoryWord.MAX_DEPTH
        && position + bytes <= memory.mappedBytes()
        && (position & memory.windowBytes() - 1) + bytes <= memory.windowBytes()) {
      crc.update(memory.slice(position, (int) bytes));
    }
    return (int) crc.getValue();
  }
}
