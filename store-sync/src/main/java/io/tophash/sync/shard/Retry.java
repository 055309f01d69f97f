package io.tophash.sync.shard;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.Backoff;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.RegionLayout;

/**
 * The tries of a validated read after its first. Made when there is a second one, so that a lookup
 * that needs no other makes no garbage.
 *
 * <p>For one thread and one read.
 */
public final class Retry {
  /** Tries in a row after which what makes no sense, with nobody moving it, is damaged. */
  private static final int MAX_TORN = 64;

  private final ShardContext context;
  private final Backoff idle = new Backoff();
  // How many tries in a row have read what made no sense though the words still stood.
  private int torn;

  /**
   * @param context of the attached store
   */
  public Retry(ShardContext context) {
    this.context = context;
  }

  /**
   * What was read cannot be believed. Either the segment was moved meanwhile, which a further try
   * settles; or it lies behind what is mapped here, as another process made the file longer; or the
   * file is damaged.
   *
   * @param shard that was read
   * @param directoryWord that was found
   * @param entry where the segment word stands
   * @param word that was found there
   * @param sane false if what was read made no sense
   * @throws CorruptStoreException if that is so again and again though nobody moves anything
   */
  public void again(int shard, long directoryWord, long entry, long word, boolean sane) {
    torn = !sane && stillStands(shard, directoryWord, entry, word) ? torn + 1 : 0;
    if (torn > 0) {
      if (torn >= MAX_TORN) {
        throw new CorruptStoreException(
            "shard", RegionLayout.shard(shard), "a segment of the shard makes no sense");
      }
      context.mapAll().run();
    }
    // Of the tries that find damage none waits for another thread.
    if (torn > 0) {
      Thread.onSpinWait();
    } else {
      idle.idle();
    }
  }

  /** True if the words still stand under which something made no sense: so it was no race. */
  private boolean stillStands(int shard, long directoryWord, long entry, long word) {
    try {
      MappedMemory.acquireFence();
      boolean moved =
          !context.kind().leavesMapping(entry, 8) && context.memory().getLong(entry, 0) != word;
      MappedMemory.acquireFence();
      return !moved && context.directoryWord(shard) == directoryWord;
    } catch (IndexOutOfBoundsException e) {
      return true; // closed meanwhile
    }
  }
}
