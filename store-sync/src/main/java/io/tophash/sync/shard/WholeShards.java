package io.tophash.sync.shard;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.segment.Gathered;

/**
 * What is done to a shard as a whole, or to all of them: made, checked, emptied, settled after a
 * death, looked through while it is frozen. Thread-safe; takes the locks that it needs.
 */
public final class WholeShards {
  private final Shards shards;
  private final ShardContext context;
  private final SegmentSwap swap;

  /**
   * @param shards of the attached store
   */
  public WholeShards(Shards shards) {
    this.shards = shards;
    this.context = shards.context();
    this.swap = new SegmentSwap(context, shards.directory());
  }

  /** Makes those shards of a store that have no directory yet; nobody else is in it yet. */
  public void format() {
    Gathered g = new Gathered();
    for (int shard = 0; shard < context.shardCount(); shard++) {
      if (context.directoryWord(shard) == 0) {
        swap.format(shard, g);
      }
    }
  }

  /**
   * Checks that the directories are where a checkpoint says: for who is alone with the store.
   *
   * @throws io.tophash.core.errors.CorruptStoreException if one is not
   */
  public void checkDirectories() {
    for (int shard = 0; shard < context.shardCount(); shard++) {
      long word = context.directoryWord(shard);
      shards.directory().check(shard, word);
      if (!context.allocator().isOwned(DirectoryWord.position(word), shard)) {
        throw new CorruptStoreException(
            "shard",
            ShardContext.at(shard, ShardLayout.DIRECTORY),
            "the directory is not the shard's");
      }
    }
  }

  /** Takes over the locks of dead processes, repairs their shards, and gives the locks up. */
  public void takeOverFromTheDead() {
    for (int shard = 0; shard < context.shardCount(); shard++) {
      if (shards.shardLock().isHeldByDead(shard)) {
        shards.locked(shard, () -> 0);
      }
    }
  }

  /** True if this process holds the lock of any shard: a thread of it is inside an operation. */
  public boolean holdsAnyLock() {
    for (int shard = 0; shard < context.shardCount(); shard++) {
      if (shards.shardLock().isHeldBySelf(shard)) {
        return true;
      }
    }
    return false;
  }

  /** Gathers the segment of a hash and runs an action, with the shard's lock. */
  public void gather(int shard, long hash, Gathered g, Runnable action) {
    shards.locked(
        shard,
        () -> {
          context.mapAll().run();
          long word = shards.segmentWord(shard, hash);
          g.clear();
          if (context.kind().gather(word, g)) {
            action.run();
          }
        });
  }

  /** Runs an action with the locks of all shards, so that nobody allocates or frees meanwhile. */
  public void withAllLocks(Runnable action) {
    shards.lockedAll(
        () -> {
          for (int shard = 0; shard < context.shardCount(); shard++) {
            shards.lock(shard);
          }
        },
        action);
  }

  /**
   * Empties a shard. One in which no key ever was since the last time is left alone, as to clear a
   * store of few entries would else take as long as to build all its shards.
   */
  public void clear(int shard) {
    if (isUnused(shard)) {
      return;
    }
    long[] position = new long[1];
    shards.locked(shard, () -> position[0] = clearLocked(shard, g -> {}));
    if (position[0] != 0) {
      context.log().await(shard, position[0]);
    }
  }

  /**
   * Empties a shard, whose lock the caller holds.
   *
   * @param last what is done with it before, while it is frozen
   * @return the position of the log to wait for without the lock, 0 if changes are not logged
   */
  long clearLocked(int shard, Shards.Step last) {
    long[] position = new long[1];
    shards.frozen(
        shard,
        g -> {
          last.run(g);
          position[0] = swap.publishEmpty(shard, g);
        });
    Gathered g = shards.scratches().borrow();
    try {
      new Clearing(context).finish(shard, g);
    } finally {
      shards.scratches().giveBack(g);
    }
    return position[0];
  }

  /**
   * True if there was a moment during this call at which the shard had no entry. As no cell becomes
   * free again while its segment stays, the one found unused last was so at the first look, when
   * those before it were, too.
   */
  private boolean isUnused(int shard) {
    // After a kill the count may be wrong, and to clear the shard mends it.
    if (shards.count(shard) != 0 || context.note(shard, ShardLayout.CLEARING) != 0) {
      return false;
    }
    SegmentRead read = new SegmentRead(context, context.firstHash(shard));
    return read.begin()
        && DirectoryWord.depth(read.directoryWord()) == 0
        && context.kind().isUnused(read.word())
        && read.isCurrent();
  }

  /** Runs an action on a frozen shard, whose lock is taken for it. */
  public void inspect(int shard, Runnable action) {
    shards.locked(shard, () -> shards.frozen(shard, g -> action.run()));
  }
}
