package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.RESERVED;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.RegionLayout;

/**
 * Gives out and takes back blocks of the file, to any number of threads and processes at once.
 *
 * <p><b>Owners and notes.</b> A block belongs to a shard, its owner. Only the holder of the shard's
 * lock allocates and frees for it, and says so beforehand: {@link #allocate} writes the position
 * into a note of the shard before the block is the shard's, and who frees a block has noted it
 * before. The note of an allocation is one of the shard's {@code NEW_} words, as those are the ones
 * that {@link ExtentBlocks} relies on. So if the holder is killed, each note that is not 0 names a
 * place where a block may begin; and if {@link #isOwned} says that it is the shard's, then it was
 * allocated by that operation, or noted for freeing by it. It cannot have been freed and given to
 * the same shard since, as only the holder of the lock could have asked for that; the one who
 * repairs holds it now.
 *
 * <p><b>Progress.</b> Lock-free: a process that was stopped blocks nobody, a killed one leaves
 * nothing that is not found again. An allocation waits for the file system where the file must
 * grow, and a moment for another one that makes a new window.
 *
 * <p><b>Sizes.</b> A request gets the next size that there is, and the caller may fill the block:
 * {@link #blockBytes}. The first bytes of a block are undefined. Thread-safe.
 */
public final class ExtentAllocator {
  private final ExtentTable table;
  private final MappedMemory memory;
  private final ExtentClaims claims;
  private final ExtentBlocks blocks;
  private final ExtentRuns runs;
  private final ExtentSearch search;
  private final ExtentReserve reserve;
  private final BlockChoice choice;
  private final ExtentTail tail;
  private final Quota quota;
  private final boolean reserves;

  /**
   * @param space the file, with its first extent mapped
   * @param claimants this process, whose row is valid, and the others
   * @param quota what each owner may have
   * @param reserves true to keep a reserve for exchanges
   */
  public ExtentAllocator(Space space, Claimants claimants, Quota quota, boolean reserves) {
    this.quota = quota;
    this.reserves = reserves;
    this.table = new ExtentTable(space);
    this.memory = space.memory();
    this.claims = new ExtentClaims(table, claimants);
    this.blocks = new ExtentBlocks(table, claims);
    this.runs = new ExtentRuns(table, claims);
    this.search = new ExtentSearch(table, claims, blocks, runs);
    this.reserve = new ExtentReserve(table, claims, search);
    this.choice = new BlockChoice(memory, runs, search, reserves ? reserve : null);
    this.tail = new ExtentTail(table, search, reserve);
  }

  /** Makes the tables of a new file, whose first extent is written with zeros. */
  public static void format(MappedMemory memory) {
    memory.putInt(RegionLayout.WINDOWS, 0, ExtentLayout.word(RESERVED, 0));
  }

  /** Size of the block that a request gets, unless the file is full: then it may be larger. */
  public static long blockBytes(long bytes) {
    int units = BlockSizes.units(bytes);
    return units != 0
        ? (long) units << ExtentLayout.UNIT_SHIFT
        : BlockSizes.runBytes(BlockSizes.runLength(bytes));
  }

  /** Size of the largest block that a window has room for. */
  public long maxBlockBytes() {
    return BlockSizes.runBytes(table.perWindow() - 1);
  }

  // --- allocation --------------------------------------------------------------------------------

  /**
   * Allocates a block. Lock-free.
   *
   * @param bytes size at least
   * @param ownerId the shard, whose lock the caller holds
   * @param notePosition a note of that shard for a new block, 0 before; the position stands there
   *     when this returns, and 0 if it throws
   * @return position of the block
   * @throws StoreFullException if there is no room for it
   */
  public long allocate(long bytes, int ownerId, long notePosition) {
    return allocate(Integer.MAX_VALUE, bytes, false, ownerId, notePosition);
  }

  /**
   * As {@link #allocate}, of a block after which the caller frees one that is at least as large, of
   * the same owner: that is possible in a full file, too, with {@link #useReserve}. Lock-free.
   *
   * @return position of the block
   * @throws StoreFullException if there is no room for it
   */
  public long exchange(long bytes, int ownerId, long notePosition) {
    return allocate(Integer.MAX_VALUE, bytes, true, ownerId, notePosition);
  }

  /**
   * As {@link #exchange}, of a block below a limit, which the file does not grow for.
   *
   * @param limit {@link Long#MAX_VALUE} if there is none
   * @throws StoreFullException if there is no such block
   */
  public long exchangeBelow(long limit, long bytes, int ownerId, long notePosition) {
    if (limit == Long.MAX_VALUE) {
      return exchange(bytes, ownerId, notePosition);
    }
    long position = allocateBelow(limit, bytes, ownerId, notePosition);
    if (position == 0) {
      throw new StoreFullException(
          "there is no room for the block where it is wanted, below=" + limit + " bytes=" + bytes);
    }
    return position;
  }

  /**
   * True if there was no room lately: segments had better keep the blocks that they have, as each
   * may need all of it again.
   */
  public boolean isFull() {
    return reserves && table.epochs.isFull();
  }

  /** Says that there is no room, or that it may be otherwise now. */
  public void putFull(boolean isFull) {
    table.epochs.putFull(isFull);
  }

  /**
   * Sees to it that the reserve is there from the first change on, in a new file.
   *
   * @throws StoreFullException if there is no room for it
   */
  public void makeReserve() {
    if (reserves) {
      reserve.ensure(0);
    }
  }

  /**
   * Lets the exchanges of this thread take of the reserve while an action runs. For one thread at a
   * time in all processes.
   */
  public void useReserve(Runnable action) {
    reserve.use(action);
  }

  /** True if that is this thread. */
  public boolean isRelieving() {
    return reserve.isUser();
  }

  /**
   * As {@link #allocate}, of a block that ends at or below a limit.
   *
   * @return position of the block; 0 if there is none
   */
  public long allocateBelow(long limit, long bytes, int ownerId, long notePosition) {
    long extents = Math.min(limit >>> RegionLayout.EXTENT_SHIFT, Integer.MAX_VALUE - 1);
    return allocate((int) extents, bytes, false, ownerId, notePosition);
  }

  private long allocate(int limit, long bytes, boolean exchanges, int ownerId, long note) {
    if (bytes < 0 || bytes > maxBlockBytes()) {
      throw new StoreFullException(
          "a window has no room for a block of this size; make the store with larger windows,"
              + " bytes="
              + bytes
              + " maxBlockBytes="
              + maxBlockBytes());
    }
    if (quota == Quota.NONE) {
      return choice.take(limit, bytes, exchanges, ownerId, note);
    }
    long counted = blockBytes(bytes);
    long position = 0;
    // What an exchange gives back stands in the file until then, which has its own bound.
    long credit = exchanges ? counted : 0;
    quota.take(ownerId, counted, credit);
    try {
      position = choice.take(limit, bytes, exchanges, ownerId, note);
      return position == 0 ? 0 : withinQuota(position, counted, credit, ownerId, note);
    } finally {
      if (position == 0) {
        quota.give(ownerId, counted);
      }
    }
  }

  /** In a full file a block may be larger than what was asked for: is that allowed, too? */
  private long withinQuota(long position, long counted, long credit, int ownerId, long note) {
    long more = sizeOf(position) - counted;
    boolean allowed = false;
    try {
      quota.take(ownerId, more, credit);
      allowed = true;
      return position;
    } finally {
      if (!allowed) {
        release(position, ownerId, note);
        quota.give(ownerId, counted);
      }
    }
  }

  // --- blocks that are in use --------------------------------------------------------------------

  /**
   * True if a block begins there and is this owner's. Wait-free.
   *
   * @throws CorruptStoreException if no block can be at this position
   */
  public boolean isOwned(long position, int ownerId) {
    int extent = table.extentOf(position);
    return isOwned(extent, table.word(extent), position, ownerId);
  }

  private boolean isOwned(int extent, int word, long position, int ownerId) {
    return ExtentBlocks.hasBlocks(word)
        ? blocks.isOwned(extent, word, position, ownerId)
        : ExtentRuns.isRun(word) && runs.isOwned(extent, position, ownerId);
  }

  /**
   * Size of the block that begins there. Wait-free.
   *
   * @throws CorruptStoreException if none does
   */
  public long sizeOf(long position) {
    int extent = table.extentOf(position);
    int word = table.word(extent);
    if (ExtentBlocks.hasBlocks(word)) {
      int units = ExtentBlocks.unitsOf(extent, word);
      if (ExtentBlocks.indexOf(position, units) >= 0) {
        return (long) units << ExtentLayout.UNIT_SHIFT;
      }
    } else if (ExtentRuns.isRun(word)
        && position == ExtentTable.position(extent) + ExtentLayout.UNIT_BYTES) {
      return BlockSizes.runBytes(runs.lengthOf(extent, word));
    }
    throw new CorruptStoreException("extent", position, "no block begins here");
  }

  // --- freeing -----------------------------------------------------------------------------------

  /**
   * Frees a block, then clears the note. Lock-free.
   *
   * @param notePosition a note of the shard, where the position stands
   * @throws CorruptStoreException if the owner has no such block
   */
  public void free(long position, int ownerId, long notePosition) {
    if (!freeIfOwned(position, ownerId, notePosition)) {
      throw new CorruptStoreException(
          "extent", position, "the shard has no block here, shard=" + ownerId);
    }
  }

  /**
   * Frees what a note names, if it is the owner's, then clears the note; for the repair. The noted
   * operation is complete after this, wherever it was stopped; so is an earlier repair. Lock-free.
   *
   * @param position what the note says; 0 is nothing
   * @return true if there was such a block
   */
  public boolean freeIfOwned(long position, int ownerId, long notePosition) {
    long counted =
        quota != Quota.NONE && position != 0 && isOwned(position, ownerId) ? sizeOf(position) : 0;
    boolean isFreed = release(position, ownerId, notePosition);
    if (counted != 0) {
      quota.give(ownerId, counted);
    }
    return isFreed;
  }

  private boolean release(long position, int ownerId, long notePosition) {
    boolean isFreed = false;
    int extent = 0;
    if (position != 0) {
      extent = table.extentOf(position);
      int word = table.word(extent);
      isFreed = isOwned(extent, word, position, ownerId);
      boolean isQuarantined = false;
      if (ExtentRuns.isRun(word)) {
        isQuarantined = isFreed && !runs.release(extent, ownerId);
      } else {
        if (isFreed && blocks.release(extent, word, position, ownerId)) {
          search.noteRoom(extent, ExtentLayout.units(word));
        } else {
          isQuarantined = isFreed;
        }
        // Even if it was freed before: whoever did may have been stopped before this.
        blocks.addRoom(extent);
      }
      if (isQuarantined) {
        table.quarantine.add(extent, table.epochs.epochOf(ownerId));
      }
    }
    memory.putLongRelease(notePosition, 0, 0);
    // Last, as the note itself would keep the extent from being emptied.
    if (position != 0) {
      search.giveBack(extent);
    }
    return isFreed;
  }

  /** Puts back what a process had claimed that is dead for certain. Lock-free; reads all tables. */
  public void recoverClaims(int slot, long incarnation) {
    claims.recoverAll(slot, incarnation);
  }

  // --- the file as a whole -----------------------------------------------------------------------

  /** Statistics and checks. */
  public ExtentReport report() {
    return new ExtentReport(table);
  }

  /** The end of the file. */
  public ExtentTail tail() {
    return tail;
  }
}
