package io.tophash.sync.shard;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.Spot;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.ShardLayout;
import java.nio.ByteBuffer;

/**
 * Where the directory of a shard was at some lookup, resolved and checked once for many lookups.
 * Who uses it finds out at the end, by {@link #isCurrent}, whether the directory is still this one.
 *
 * <p>Immutable, so that it may be handed from thread to thread by a race.
 */
public final class DirectoryView {
  private final long word;
  private final long wordPlace;
  // Place of the entry that the hash 0 would have if the directories of all shards stood in a row.
  private final long base;
  // Hash bits that are no part of an entry's number in that row, less one.
  private final int down;

  private DirectoryView(long word, long wordPlace, long base, int down) {
    this.word = word;
    this.wordPlace = wordPlace;
    this.base = base;
    this.down = down;
  }

  /** A view that is never current; its one entry is some readable place. */
  public static DirectoryView none(MappedMemory memory) {
    long header = memory.place(0, 8);
    return new DirectoryView(-1, header, header, Long.SIZE - 1);
  }

  /**
   * Resolves a directory word that was read from the file.
   *
   * @throws IndexOutOfBoundsException if the directory is not mapped, or makes no sense
   */
  public static DirectoryView of(ShardContext context, int shard, long word) {
    int depth = DirectoryWord.depth(word);
    if (depth > DirectoryWord.MAX_DEPTH) {
      throw new IndexOutOfBoundsException("depth=" + depth);
    }
    MappedMemory memory = context.memory();
    long position = DirectoryWord.position(word);
    if (context.kind().leavesMapping(position, DirectoryWord.bytes(depth))) {
      throw new IndexOutOfBoundsException("directory=" + position);
    }
    return new DirectoryView(
        word,
        memory.place(ShardContext.at(shard, ShardLayout.DIRECTORY), 8),
        memory.place(position, DirectoryWord.bytes(depth)) - ((long) shard << depth << 3),
        Long.SIZE - 1 - context.shardShift() - depth);
  }

  /**
   * The view of a snapshot: that directory is always current. In the place of the directory word
   * stands one that never changes.
   *
   * @throws IndexOutOfBoundsException if the directory is not mapped, or makes no sense
   */
  static DirectoryView ofCut(ShardContext context, int shard) {
    DirectoryView view = of(context, shard, context.directoryWord(shard));
    MappedMemory memory = context.memory();
    long id = memory.getLong(0, HeaderLayout.STORE_ID);
    return new DirectoryView(id, memory.place(HeaderLayout.STORE_ID, 8), view.base, view.down);
  }

  /** The directory word. */
  public long word() {
    return word;
  }

  /** Place of the directory entry for a hash; see {@link MappedMemory#place}. */
  public long entry(long hash) {
    return base + (hash >>> 1 >>> down << 3);
  }

  /**
   * True if the directory is still this one, just now. Who follows the words of one that others
   * have replaced long ago, whose block is used for something else, may come to pages that were cut
   * off the file, and so to an error where a lookup would be an exception.
   */
  public boolean isCurrent(MappedMemory memory) {
    return memory.getLongAt(wordPlace, 0) == word;
  }

  /**
   * True if neither the directory word nor this segment word has changed: so the blocks that they
   * lead to were live all the while, as a block is freed only after its word changed. The caller
   * has put an acquire fence between its last read and this.
   *
   * @param entry place of the directory entry
   */
  public boolean isCurrent(MappedMemory memory, long entry, long segmentWord) {
    return memory.getLongAt(entry, 0) == segmentWord && memory.getLongAt(wordPlace, 0) == word;
  }

  /**
   * The same, where the window of the entry is at hand.
   *
   * @param window that of the entry, see {@link Spot}
   */
  public boolean isCurrent(MappedMemory memory, ByteBuffer window, long entry, long segmentWord) {
    ByteBuffer words = Spot.windowNear(memory, window, entry, wordPlace);
    return Spot.getLong(window, Spot.at(memory, entry), 0) == segmentWord
        && Spot.getLong(words, Spot.at(memory, wordPlace), 0) == word;
  }
}
