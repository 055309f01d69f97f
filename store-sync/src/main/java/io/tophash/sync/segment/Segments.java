package io.tophash.sync.segment;

import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;

import io.tophash.core.format.Tophash;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.MemoryMode;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import java.util.Set;

/**
 * What the two kinds of segments share: chains of buckets, room in the dirty table, and the image
 * of a fresh block.
 *
 * <p>A table is an array of buckets. A key's home is a bucket by multiply-shift; when that is full,
 * its overflow word names another bucket of the same table that had room, and so on: no memory
 * beside the table is needed. The rest of the overflow word is a filter of the keys that went on
 * from there, so that a lookup of an absent key seldom follows a chain. A bucket gets an overflow
 * word only when it is full, and at that moment the bucket that it names is not; so a chain can
 * have no cycle. Cells fill from 0 up and never become empty, so a bucket whose last tophash byte
 * is 0 ends a chain.
 *
 * <p>Stateless and thread-safe; what may be called when is said at each method.
 */
public abstract class Segments {
  /**
   * A chain of the dirty table has at most this many links; then the segment is rebuilt. Without a
   * limit the chains of an almost full table merge into one, and most of the time of a fill goes
   * into following them.
   */
  private static final int MAX_DIRTY_HOPS = 3;

  /** A chain that cannot be followed: the block was reused meanwhile, or the file is damaged. */
  public static final long TORN = -1;

  /** In place of the next bucket of a chain: there is none, or none that has the key. */
  static final int CHAIN_ENDS = -3;

  /** Bits of a found cell's position that are the cell's number: buckets are multiples of 16. */
  public static final long CELL_MASK = 15;

  final MappedMemory memory;
  final KeyHash keyHash;
  private final int bucketBytes;
  private final int overflow;
  final ReadTableImage readTableImage;
  private final SealedTables sealed;

  Segments(MappedMemory memory, KeyHash keyHash, int bucketBytes, int overflow, boolean sums) {
    this.memory = memory;
    this.keyHash = keyHash;
    this.bucketBytes = bucketBytes;
    this.overflow = overflow;
    this.readTableImage = new ReadTableImage(bucketBytes, overflow);
    this.sealed = new SealedTables(memory, bucketBytes, sums);
  }

  /** The mapped file. */
  public final MappedMemory memory() {
    return memory;
  }

  /** The sums of the tables of sealed segments. */
  public final SealedTables sealed() {
    return sealed;
  }

  /** Size of a bucket in bytes. */
  public int bucketBytes() {
    return bucketBytes;
  }

  /** True for an access that would leave the mapping; the default memory mode checks by itself. */
  public final boolean isOutside(long position, long bytes) {
    return MemoryMode.IS_FAST && leavesMapping(position, bytes);
  }

  /** True if not all of these bytes are mapped in one window. */
  public final boolean leavesMapping(long position, long bytes) {
    return SealedTables.leavesMapping(memory, position, bytes);
  }

  static long readTable(long block) {
    return block + HEADER_BYTES;
  }

  final long dirtyTable(long segmentWord) {
    return SegmentWord.position(segmentWord)
        + HEADER_BYTES
        + (long) SegmentWord.readBuckets(segmentWord) * bucketBytes;
  }

  /** Number of dirty buckets; of a block that was reused, any number. */
  abstract int dirtyBuckets(long segmentWord);

  /**
   * Position of the read bucket in which a key stands first of all. While that has room, the key is
   * nowhere else: a new key goes there, and to the dirty table only when it is full.
   */
  public final long homeBucket(long segmentWord, long hash) {
    return homeBucket(segmentWord, hash, bucketBytes);
  }

  /** The same, for a lookup that counts every load: the size of a bucket is a constant there. */
  public static long homeBucket(long segmentWord, long hash, int bucketBytes) {
    int index = HashBits.bucket(hash, SegmentWord.readBuckets(segmentWord));
    return readTable(SegmentWord.position(segmentWord)) + (long) index * bucketBytes;
  }

  /** True if a key that the read table does not have may be in the dirty table. */
  final boolean mayBeInDirty(long segmentWord, long hash) {
    if (!SegmentWord.isAmended(segmentWord)) {
      return false;
    }
    long home = homeBucket(segmentWord, hash);
    return !Tophash.endsChain(memory.getLongAcquire(home, 0))
        && !OverflowWord.excludes(memory.getLong(home, overflow), hash);
  }

  /**
   * Where a chain goes on behind a full bucket.
   *
   * @param passed the overflow word of that bucket
   * @return index of the next bucket; {@link #CHAIN_ENDS} or {@link #TORN}
   */
  static int next(long passed, long hash, int buckets) {
    if (!OverflowWord.mayPass(passed, hash)) {
      return CHAIN_ENDS;
    }
    int link = OverflowWord.link(passed);
    // Of a read bucket without a link, the keys that the filter has are in the dirty table.
    return link == 0 ? CHAIN_ENDS : link > buckets ? (int) TORN : link - 1;
  }

  /** True if no cell of the segment was ever filled; the caller validates the word. */
  public final boolean isUnused(long segmentWord) {
    int buckets = SegmentWord.readBuckets(segmentWord);
    long table = readTable(SegmentWord.position(segmentWord));
    if (SegmentWord.isAmended(segmentWord) || leavesMapping(table, (long) buckets * bucketBytes)) {
      return false;
    }
    for (int b = 0; b < buckets; b++) {
      // Pairs with publish(), and keeps the order in which the buckets are looked at.
      if (memory.getLongAcquire(table + (long) b * bucketBytes, 0) != 0) {
        return false;
      }
    }
    return true;
  }

  /** True if the cell is in the dirty table. */
  public final boolean isInDirty(long segmentWord, long cell) {
    return cell >= dirtyTable(segmentWord);
  }

  /** True if the lookup with this result went to the dirty table. */
  public final boolean isMiss(long segmentWord, long hash, long found) {
    return found > 0 ? isInDirty(segmentWord, found) : mayBeInDirty(segmentWord, hash);
  }

  /**
   * Finds a free cell for a key that the segment does not have: in its home bucket, or in the dirty
   * table, whose bucket is then linked into the key's chain, and of which the filter of the home
   * bucket then knows: neither a link to a bucket without the key nor a mark without a key changes
   * anything. For the holder of the shard's lock.
   *
   * @return bucket position with the cell in its low bits, 0 if there is none
   */
  public final long findRoom(long segmentWord, long hash) {
    long home = homeBucket(segmentWord, hash);
    long homeWord = memory.getLong(home, 0);
    if (Tophash.endsChain(homeWord)) {
      return home | SegmentImage.usedCells(homeWord);
    }
    int buckets = dirtyBuckets(segmentWord);
    if (buckets == 0) {
      return 0;
    }
    long table = dirtyTable(segmentWord);
    if (isOutside(table, (long) buckets * bucketBytes)) { // of a damaged word; nobody looked there
      throw new IndexOutOfBoundsException("dirty table of " + Long.toHexString(segmentWord));
    }
    long homePassed = memory.getLong(home, overflow);
    long homeMarked = OverflowWord.withDirty(homePassed, hash);
    if (homeMarked != homePassed) {
      // Before publish(): who does not see the mark may pass by the dirty table.
      memory.putLongRelease(home, overflow, homeMarked);
    }
    int index = HashBits.bucket(hash, buckets);
    for (int hops = 0; hops <= MAX_DIRTY_HOPS; hops++) {
      long bucket = table + (long) index * bucketBytes;
      long word = memory.getLong(bucket, 0);
      if (Tophash.endsChain(word)) {
        return bucket | SegmentImage.usedCells(word);
      }
      long present = memory.getLong(bucket, overflow);
      int link = OverflowWord.link(present);
      if (link == 0) {
        link = nextWithRoom(table, buckets, index) + 1;
        if (link == 0) {
          return 0;
        }
      }
      long passed = OverflowWord.with(present, link, hash);
      if (passed != present) {
        memory.putLongRelease(bucket, overflow, passed);
      }
      if (link > buckets) {
        return 0;
      }
      index = link - 1;
    }
    return 0;
  }

  private int nextWithRoom(long table, int buckets, int full) {
    for (int i = 1; i < buckets; i++) {
      int index = full + i < buckets ? full + i : full + i - buckets;
      if (Tophash.endsChain(memory.getLong(table + (long) index * bucketBytes, 0))) {
        return index;
      }
    }
    return -1;
  }

  /**
   * Publishes the cell that {@link #findRoom} returned and that was filled since: the commit of an
   * insertion. If it is in the dirty table, the segment word must say amended by now.
   */
  public final void publish(long room, long hash) {
    memory.putLongRelease(bucketOf(room), 0, published(memory, room, hash));
  }

  /** Position of the bucket of a cell, which is that of its tophash word. */
  public static long bucketOf(long cell) {
    return cell & ~CELL_MASK;
  }

  /** The tophash word that {@link #publish} stores. */
  public static long published(MappedMemory memory, long room, long hash) {
    long word = memory.getLong(bucketOf(room), 0);
    return Tophash.with(word, (int) (room & CELL_MASK), HashBits.tophash(hash));
  }

  /**
   * Copies header and tables of a block to the heap. The tophash words are read before any cell. So
   * a cell that counts was filled when it was copied, however the copy goes; and of a key that was
   * given up in one cell and came back in another, the copy has at most one.
   */
  final void copyTables(long block, int buckets, Gathered g, int at) {
    long[] words = g.newWords(buckets);
    long table = readTable(block);
    for (int b = 0; b < buckets; b++) {
      // Pairs with publish().
      words[b] = memory.getLongAcquire(table + (long) b * bucketBytes, 0);
    }
    MappedMemory.acquireFence();
    memory.getBytes(block, g.bytes, at, tableBytes(buckets));
    for (int b = 0; b < buckets; b++) {
      HeapBytes.putLong(g.bytes, at + tableBytes(b), words[b]);
    }
  }

  /** Size of the header and so many buckets. */
  final int tableBytes(int buckets) {
    return HEADER_BYTES + buckets * bucketBytes;
  }

  /**
   * Adds the live entries of a segment. With the shard frozen the result is exact; else the caller
   * validates the words before it believes any of it.
   *
   * @return false if the block makes no sense
   */
  public abstract boolean gather(long segmentWord, Gathered target);

  /** Position of the block of an entry's large record; 0 if the entry has none. */
  public long largeBlock(Gathered entries, int entry) {
    return 0;
  }

  /** Hash of the key in the large record of this block; any number if the record is unfinished. */
  public long hashOfLarge(long block, long blockBytes) {
    return 0;
  }

  /**
   * Checks a gathered entry of a segment in which nothing moves: that a lookup finds it, that no
   * other has its cell, and its checksum if it has one.
   *
   * @param cells positions of the cells of the entries before it; this one's is added
   * @return what is wrong, null if nothing is
   */
  public abstract String checkEntry(long segmentWord, Gathered entries, int entry, Set<Long> cells);

  /** Bytes that a block needs for these entries, with some room for more. */
  public abstract long neededBytes(Gathered entries, int from, int to, long incomingBytes);

  /**
   * Size of the smallest block for all of these entries and one more, of which a record may be of
   * this size. Whatever a block has held, one of its size holds again.
   */
  public abstract long leastBytes(Gathered entries, long incomingBytes);

  /**
   * Builds the image of a block from some entries.
   *
   * @param blockBytes size of the block, from {@link #neededBytes} up
   * @param block its position
   * @param shape what else the header says
   * @return the segment word under which the block shall be published
   */
  public abstract long build(
      Gathered entries, int from, int to, long blockBytes, long block, Shape shape);

  /** Bytes from the start of a block up to which anything of it counts. */
  abstract long usedBytes(long segmentWord, long blockBytes);

  /** True if a small record of this size can still be appended; of the inline kind always. */
  public abstract boolean hasRoom(long segmentWord, long incomingBytes);

  /**
   * True if a block is the one that a segment word names: a copy has a new checksum, which must not
   * hide a damage. All of the header is mapped.
   */
  public final boolean isWhole(long segmentWord) {
    return sealed.isHeaderOf(segmentWord) && sealed.mayBelieve(segmentWord);
  }

  /**
   * Copies a whole block in which nothing changes.
   *
   * @param target position of the copy
   * @param blockBytes size of the block; that of the copy is not smaller
   * @return the segment word under which the copy shall be published
   */
  public final long copy(long segmentWord, long target, long blockBytes) {
    long block = SegmentWord.position(segmentWord);
    memory.copy(block, target, (int) usedBytes(segmentWord, blockBytes));
    long word = SegmentWord.moved(segmentWord, target);
    sealed.unseal(target);
    memory.putLong(target, SegmentLayout.WORD, word);
    byte[] header = new byte[SegmentLayout.CHECKSUM];
    memory.getBytes(target, header, 0, header.length);
    memory.putInt(target, SegmentLayout.CHECKSUM, SegmentImage.checksum(header, 0));
    return word;
  }
}
