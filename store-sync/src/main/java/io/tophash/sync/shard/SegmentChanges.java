package io.tophash.sync.shard;

import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;

/** What the holder of a shard's lock does to its segments. */
public final class SegmentChanges {
  private final Shards shards;
  private final ShardContext context;
  private final Directory directory;
  private final Rebuilder rebuilder;

  /**
   * @param shards of an attached store
   */
  public SegmentChanges(Shards shards) {
    this.shards = shards;
    this.context = shards.context();
    this.directory = shards.directory();
    this.rebuilder = new Rebuilder(context, directory);
  }

  /**
   * Sees to it that the segment of a hash may be stored to, and the directory entries that name it.
   *
   * @param incomingBytes size of a record that is to come
   */
  public void freshen(int shard, long hash, long incomingBytes) {
    if (!isFresh(shard, hash)) {
      shards.frozen(shard, g -> rebuilder.freshen(shard, hash, incomingBytes, g));
    }
  }

  private boolean isFresh(int shard, long hash) {
    try {
      return context.isDirectoryFresh(shard)
          && SegmentWord.isFresh(shards.segmentWord(shard, hash));
    } catch (IndexOutOfBoundsException e) {
      return false; // not mapped yet
    }
  }

  /**
   * Rebuilds the segment of a hash.
   *
   * @param incomingBytes size of a record for which there must be room afterwards
   * @param avoid a value that must not be the segment's nil afterwards
   */
  public void rebuild(int shard, long hash, long incomingBytes, long avoid) {
    shards.frozen(shard, g -> rebuilder.rebuild(shard, hash, incomingBytes, avoid, g));
  }

  /**
   * Rebuilds the segment of a hash without the room that it has for overwrites.
   *
   * @param below all blocks must lie below this position
   * @throws io.tophash.core.errors.StoreFullException if there is no room there
   */
  void compact(int shard, long hash, long below) {
    shards.frozen(shard, g -> rebuilder.compact(shard, hash, below, g));
  }

  /**
   * Moves the block of the segment of a hash as it is.
   *
   * @param below it must lie below this position then
   * @throws io.tophash.core.errors.StoreFullException if there is no room there
   */
  void move(int shard, long hash, long below) {
    shards.frozen(shard, g -> rebuilder.move(shard, hash, below));
  }

  /** Sets the amended bit of the segment of a hash. */
  public void amend(long directoryWord, long hash, long segmentWord) {
    directory.amend(directoryWord, directory.indexOf(directoryWord, hash), segmentWord);
  }

  /** Counts an insertion. */
  public void inserted(int shard) {
    context.addCount(shard, 1);
    context.bump(shard, ShardLayout.INSERTS);
  }
}
