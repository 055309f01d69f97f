package io.tophash.sync.shard;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.core.memory.StoreFile;
import io.tophash.sync.extent.ExtentAllocator;
import io.tophash.sync.format.DirectoryWord;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.LockWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import io.tophash.sync.format.ShardLayout;
import io.tophash.sync.format.ShardState;
import io.tophash.sync.log.SyncLog;
import io.tophash.sync.process.ProcessTable;
import io.tophash.sync.segment.Segments;
import java.nio.file.Path;

/**
 * What all parts of an attached store share.
 *
 * @param memory the mapped file
 * @param process this process's row; null if the store is attached read-only
 * @param allocator blocks; null if the store is attached read-only
 * @param kind kind of the segments
 * @param shardShift log2 of the number of shards
 * @param maxSegmentBytes largest block of a segment; see {@link Rebuilder#maxBlockBytes}
 * @param lockTimeoutNanos how long to wait for a lock
 * @param mapAll maps all that the file has by now. Who goes through a shard under its lock runs
 *     this first, as other processes may have made the file longer and put anything there
 * @param caching of a cache; null of any other store
 * @param file which says whether it may still be changed
 * @param log of changes; null if the store is attached read-only
 * @param cut of a snapshot: what stood in the shards; null of the store as it is
 */
public record ShardContext(
    MappedMemory memory,
    ProcessTable process,
    ExtentAllocator allocator,
    Segments kind,
    int shardShift,
    long maxSegmentBytes,
    long lockTimeoutNanos,
    Runnable mapAll,
    Caching caching,
    StoreFile file,
    SyncLog log,
    Cut cut) {

  /** The same store as it was at a cut, to be read only. */
  public ShardContext at(Cut then) {
    return new ShardContext(
        memory,
        process,
        null,
        kind,
        shardShift,
        maxSegmentBytes,
        lockTimeoutNanos,
        mapAll,
        caching,
        file,
        null,
        then);
  }

  /** The file's name, for messages. */
  public Path store() {
    return file.path();
  }

  /** True if the store is attached read-only. */
  public boolean isReadOnly() {
    return allocator == null;
  }

  /** Number of shards. */
  public int shardCount() {
    return 1 << shardShift;
  }

  /** Shard of a hash. */
  public int shardOf(long hash) {
    return HashBits.shard(hash, shardShift);
  }

  /** Lowest hash of a shard, as an unsigned number. */
  public long firstHash(int shard) {
    return shardShift == 0 ? 0 : (long) shard << Long.SIZE - shardShift;
  }

  /** Position of the directory entry for a hash. */
  public long entry(long directoryWord, long hash) {
    return DirectoryWord.position(directoryWord)
        + 8L * HashBits.directoryIndex(hash, shardShift, DirectoryWord.depth(directoryWord));
  }

  static int at(int shard, int field) {
    return RegionLayout.shard(shard) + field;
  }

  /** Reads the directory word: pairs with the release that published it. */
  public long directoryWord(int shard) {
    return cut != null
        ? cut.directoryWords()[shard]
        : memory.getLongAcquire(0, at(shard, ShardLayout.DIRECTORY));
  }

  /**
   * True if neither a directory word nor the segment word at an entry of that directory has
   * changed: see {@link SegmentRead}.
   */
  public boolean stand(int shard, long directoryWord, long entry, long segmentWord) {
    MappedMemory.acquireFence();
    return memory.getLong(entry, 0) == segmentWord && directoryWord(shard) == directoryWord;
  }

  /**
   * The word {@code STATE}, for who is in the guard, or holds the lock: it does not change then.
   */
  long state(int shard) {
    return memory.getLong(0, at(shard, ShardLayout.STATE));
  }

  /** Sets it, for the holder of the lock. Pairs with the reads behind the lock word. */
  void putState(int shard, long state) {
    memory.putLongRelease(0, at(shard, ShardLayout.STATE), state);
  }

  /** The directory that stands there now was made in the present epoch; for the lock's holder. */
  void putDirectoryFresh(int shard) {
    putState(shard, state(shard) | ShardState.DIRECTORY_FRESH);
  }

  /** True if changes are logged, for the holder of the lock. */
  public boolean isLogged(int shard) {
    return ShardState.isLogged(state(shard));
  }

  /** True if a change needs no lock, as far as the state says; for who is in the guard. */
  boolean isOpenToGuard(int shard) {
    return ShardState.isOpenToGuard(state(shard));
  }

  /** True while an operation runs again for which the file was full. */
  public boolean isRelieving() {
    return allocator.isRelieving();
  }

  /** True if the directory may be stored to: for the holder of the lock. */
  public boolean isDirectoryFresh(int shard) {
    return ShardState.isDirectoryFresh(state(shard));
  }

  /**
   * True if who entered the guard must leave it again. Pairs with {@link ShardLock#freeze}: after
   * the hazard word was taken.
   */
  boolean isFrozen(int shard) {
    return LockWord.isFrozen(memory.getLongVolatile(0, at(shard, ShardLayout.LOCK)));
  }

  /** Adds to the number of entries. */
  public void addCount(int shard, long delta) {
    memory.getAndAddLong(0, at(shard, ShardLayout.COUNT), delta);
  }

  /** Adds to one of the counters for people; for the holder of the lock. */
  void bump(int shard, int counter) {
    add(shard, counter, 1);
  }

  void add(int shard, int counter, long more) {
    int at = at(shard, counter);
    memory.putLong(0, at, memory.getLong(0, at) + more);
  }

  long note(int shard, int field) {
    return memory.getLong(0, at(shard, field));
  }

  void putNote(int shard, int field, long position) {
    memory.putLongRelease(0, at(shard, field), position);
  }

  /** Frees the new block that a note names, which was not linked; for the holder of the lock. */
  void releaseNew(int shard, int field) {
    allocator.freeIfOwned(note(shard, field), shard, at(shard, field));
  }

  /**
   * Checks a position that was read from the file, for the fast memory mode, which does not.
   *
   * @throws IndexOutOfBoundsException if not all of these bytes are mapped
   */
  void checkInside(long position, long bytes) {
    if (kind.isOutside(position, bytes)) {
      throw new IndexOutOfBoundsException("position=" + position + " bytes=" + bytes);
    }
  }

  /** How many bits behind the shard's bits all keys of a segment share. */
  public int localDepth(long segmentWord, int depth) {
    long block = SegmentWord.position(segmentWord);
    checkInside(block, SegmentLayout.HEADER_BYTES);
    int local = memory.getInt(block, SegmentLayout.LOCAL_DEPTH);
    if (local < 0 || local > depth) {
      throw new CorruptStoreException("segment", block, "impossible local depth " + local);
    }
    return local;
  }
}
