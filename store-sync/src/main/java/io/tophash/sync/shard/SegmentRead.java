package io.tophash.sync.shard;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.RegionLayout;

/**
 * A read of one segment beside writers: the validated read. It takes no lock and stores nothing.
 *
 * <p>{@link #begin} reads the directory word and then the segment word; the caller reads what they
 * lead to, whatever that is by now; {@link #isCurrent} says whether neither word has changed. Then
 * the blocks were live all the while, as a block is freed only after its word changed, and words do
 * not come back; so all that was read was there. Else nothing of it counts, and {@link #again}
 * makes ready for another try.
 *
 * <pre>
 *   while (true) {
 *     boolean sane;
 *     try {
 *       sane = read.begin();
 *       if (sane) {
 *         ... read what read.word() leads to; sane = false if it makes no sense ...
 *         if (sane &amp;&amp; read.isCurrent()) return ...;
 *       }
 *     } catch (IndexOutOfBoundsException e) {
 *       sane = false;
 *     }
 *     read.again(sane);
 *   }
 * </pre>
 *
 * <p>For one thread and one read. The plain gets do the same over a {@link DirectoryView}, in one
 * method each, for speed.
 */
public final class SegmentRead {
  /** Tries in a row after which what makes no sense, with nobody moving it, is damaged. */
  private static final int MAX_TORN = 64;

  /** Tries after which a retrying thread lets others run. */
  private static final int SPINS = 32;

  private final ShardContext context;
  private final MappedMemory memory;
  private final long hash;
  private final int shard;
  private long directoryWord;
  private long entry;
  private long word;
  private int attempt;
  // How many tries in a row have read what made no sense though the words still stood.
  private int torn;

  /**
   * @param context of the attached store
   * @param hash in the segment
   */
  public SegmentRead(ShardContext context, long hash) {
    this.context = context;
    this.memory = context.memory();
    this.hash = hash;
    this.shard = HashBits.shard(hash, context.shardShift());
  }

  /**
   * Reads the two words anew.
   *
   * @return false if the directory leads to what is not mapped here
   */
  public boolean begin() {
    entry = 0;
    word = 0;
    directoryWord = context.directoryWord(shard);
    entry = context.entry(directoryWord, hash);
    if (context.kind().leavesMapping(entry, 8)) {
      return false;
    }
    // Pairs with the release in Directory.publish().
    word = memory.getLongAcquire(entry, 0);
    return true;
  }

  /** The shard. */
  public int shard() {
    return shard;
  }

  /** The directory word. */
  public long directoryWord() {
    return directoryWord;
  }

  /** The segment word. */
  public long word() {
    return word;
  }

  /** True if all that was read since {@link #begin} was there. */
  public boolean isCurrent() {
    MappedMemory.acquireFence();
    return memory.getLong(entry, 0) == word && isDirectoryCurrent();
  }

  /** True if all of the directory that was read since {@link #begin} was there. */
  public boolean isDirectoryCurrent() {
    MappedMemory.acquireFence();
    return context.directoryWord(shard) == directoryWord;
  }

  /**
   * What was read cannot be believed. Either the segment was moved meanwhile, which a further try
   * settles; or it lies behind what is mapped here, as another process made the file longer; or the
   * file is damaged.
   *
   * @param sane false if what was read made no sense
   * @throws CorruptStoreException if that is so again and again though nobody moves anything
   */
  public void again(boolean sane) {
    torn = !sane && stillStands() ? torn + 1 : 0;
    if (torn > 0) {
      if (torn >= MAX_TORN) {
        throw new CorruptStoreException(
            "shard", RegionLayout.shard(shard), "a segment of the shard makes no sense");
      }
      context.mapAll().run();
    }
    // Of the tries that find damage none waits for another thread.
    if (attempt++ < SPINS || torn > 0) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  /** True if the words still stand under which something made no sense: so it was no race. */
  private boolean stillStands() {
    try {
      return context.kind().leavesMapping(entry, 8) ? isDirectoryCurrent() : isCurrent();
    } catch (IndexOutOfBoundsException e) {
      return true; // closed meanwhile
    }
  }
}
