package io.tophash.sync.shard;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.HashBits;

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
  private final ShardContext context;
  private final MappedMemory memory;
  private final long hash;
  private final int shard;
  private long directoryWord;
  private long entry;
  private long word;
  private Retry retry;

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
    return context.stand(shard, directoryWord, entry, word);
  }

  /** True if all of the directory that was read since {@link #begin} was there. */
  public boolean isDirectoryCurrent() {
    MappedMemory.acquireFence();
    return context.directoryWord(shard) == directoryWord;
  }

  /** Where the segment word stands; 0 if that was not found. */
  public long entry() {
    return entry;
  }

  /**
   * What was read cannot be believed: as {@link Retry#again}, which a lookup calls itself, since an
   * object that is handed on here is one that the compiler must make.
   *
   * @param sane false if what was read made no sense
   * @throws CorruptStoreException if that is so again and again though nobody moves anything
   */
  public void again(boolean sane) {
    if (retry == null) {
      retry = new Retry(context);
    }
    retry.again(shard, directoryWord, entry, word, sane);
  }
}
