package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.BLOCKS;
import static io.tophash.sync.format.ExtentLayout.CLOSING;
import static io.tophash.sync.format.ExtentLayout.FREE;
import static io.tophash.sync.format.ExtentLayout.MAYBE_ROOM;
import static io.tophash.sync.format.ExtentLayout.kind;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;

/**
 * The blocks of an extent: each has an {@link OwnerWord} in the extent's header, and is taken and
 * given back by one compare-and-set of it. A block that was freed but that a checkpoint may still
 * name, <i>quarantined</i>, counts as used here, until {@link Epochs#reuseBelow} has moved on.
 *
 * <p><b>No owner word is written in an extent that has become something else.</b> After an extent
 * was emptied its header may be part of a large record. A thread that looked at an owner word and
 * was then stopped must not write there when it goes on. So a note is a hazard pointer:
 *
 * <ul>
 *   <li>who takes a block writes its position into the note, <i>fence</i>, reads the state word,
 *       and goes on only if the extent still holds blocks of that size. The note stays until the
 *       compare-and-set of the owner word is over;
 *   <li>who empties an extent makes it {@code CLOSING}, <i>fence</i>, reads the notes, then the
 *       owner words. It becomes {@code FREE} only if no note names it and no block is owned.
 * </ul>
 *
 * <p>Of the two, at least one sees the other. If the emptier saw no note, then either the taker
 * reads {@code CLOSING} or what comes after, and writes nothing; or its compare-and-set is over, as
 * a note is changed after it, and the owner words, which are read last, tell how it ended. An
 * extent that comes back as {@code BLOCKS} of the same size in between does no harm: from the read
 * of the state word on the note protects that one.
 *
 * <p><b>No free block is forgotten.</b> {@code MAYBE_ROOM} is a hint that may be set in vain. It is
 * cleared by who found all blocks in use, who then looks again; a quarantined one is not, so of an
 * extent with such blocks the bit stays. It is set by who frees a block, after the owner word. If
 * the one who clears it overlooks the block a second time, then the owner word was zeroed after
 * that look, and who zeroed it reads the state word after that and sets the bit. A kill between the
 * two stores of either is repaired from its note: {@link #addRoom}.
 *
 * <p>Thread-safe, lock-free: a compare-and-set fails only if somebody else's succeeded.
 */
final class ExtentBlocks {
  private final ExtentTable table;
  private final MappedMemory memory;
  private final ExtentClaims claims;

  ExtentBlocks(ExtentTable table, ExtentClaims claims) {
    this.table = table;
    this.memory = table.memory;
    this.claims = claims;
  }

  static boolean holds(int word, int units) {
    return kind(word) == BLOCKS && ExtentLayout.units(word) == units;
  }

  // --- taking ------------------------------------------------------------------------------------

  /**
   * Takes a block.
   *
   * @param firstBlock where to begin to look; only speed depends on it
   * @return its position; 0 if the extent has no takeable block of this size
   */
  long take(int extent, int units, int firstBlock, int ownerId, long note) {
    long base = ExtentTable.position(extent);
    while (true) {
      int word = table.word(extent);
      if (!holds(word, units)) {
        return 0;
      }
      table.map(extent);
      // Before the owner words: whoever reads the number sees what was freed before it was stored.
      long reuseBelow = table.epochs.reuseBelow();
      long position = tryTake(extent, units, firstBlock, reuseBelow, ownerId, note);
      if (position != 0 || (word & MAYBE_ROOM) == 0) {
        return position;
      }
      if (hasFree(base, units)) {
        table.quarantine.noteBarren(extent, reuseBelow);
        return 0;
      }
      // The extent itself, where no block begins: a kill before the second look leaves a note that
      // makes the repair set the bit, and that can be mistaken for no block of this owner.
      memory.putLongRelease(note, 0, base);
      if (table.compareAndSet(extent, word, word & ~MAYBE_ROOM)) {
        CrashPoint.reached("extent.full");
        MappedMemory.fullFence();
        if (!hasFree(base, units)) {
          return 0;
        }
        addRoom(extent);
      }
    }
  }

  private long tryTake(
      int extent, int units, int firstBlock, long reuseBelow, int ownerId, long note) {
    long base = ExtentTable.position(extent);
    int count = ExtentLayout.blockCount(units);
    for (int i = 0; i < count; i++) {
      int block = firstBlock + i < count ? firstBlock + i : (firstBlock + i) % count;
      long owner = memory.getLongAcquire(base, ExtentLayout.owner(block));
      if (OwnerWord.isTakeable(owner, reuseBelow)) {
        long position = base + ExtentLayout.block(units, block);
        memory.putLongRelease(note, 0, position);
        MappedMemory.fullFence();
        if (!holds(table.word(extent), units)) {
          return 0;
        }
        long mine = OwnerWord.of(ownerId, table.epochs.epochOf(ownerId));
        if (memory.compareAndSetLong(base, ExtentLayout.owner(block), owner, mine)) {
          return position;
        }
      }
    }
    return 0;
  }

  /** True if a block is not in use, be it takeable or not. */
  private boolean hasFree(long base, int units) {
    for (int block = 0; block < ExtentLayout.blockCount(units); block++) {
      if (!OwnerWord.isUsed(memory.getLongVolatile(base, ExtentLayout.owner(block)))) {
        return true;
      }
    }
    return false;
  }

  // --- giving back -------------------------------------------------------------------------------

  /** Index of the block that begins at a position; -1 if none does. */
  static int indexOf(long position, int units) {
    long offset = (position & RegionLayout.EXTENT_BYTES - 1) - ExtentLayout.UNIT_BYTES;
    long bytes = (long) units << ExtentLayout.UNIT_SHIFT;
    if (offset < 0 || offset % bytes != 0 || offset / bytes >= ExtentLayout.blockCount(units)) {
      return -1;
    }
    return (int) (offset / bytes);
  }

  /** True if a block begins there and is this owner's; one that was freed is nobody's. */
  boolean isOwned(int extent, int word, long position, int ownerId) {
    int units = unitsOf(extent, word);
    int block = indexOf(position, units);
    table.map(extent);
    return block >= 0 && OwnerWord.isOwnedBy(ownerWord(extent, block), ownerId);
  }

  private long ownerWord(int extent, int block) {
    return memory.getLongAcquire(ExtentTable.position(extent), ExtentLayout.owner(block));
  }

  /**
   * Gives a block back that is this owner's.
   *
   * @return true if it can be taken at once, false if it is quarantined
   */
  boolean release(int extent, int word, long position, int ownerId) {
    int block = indexOf(position, unitsOf(extent, word));
    long owner = ownerWord(extent, block);
    long freed = OwnerWord.freed(owner, table.epochs.epochOf(ownerId));
    // Comes after all that the caller did with the block, and after what unlinked it.
    if (!OwnerWord.isOwnedBy(owner, ownerId)
        || !memory.compareAndSetLong(
            ExtentTable.position(extent), ExtentLayout.owner(block), owner, freed)) {
      throw new CorruptStoreException(
          "extent", position, "the block is not its shard's any more, shard=" + ownerId);
    }
    CrashPoint.reached("extent.blockFreed");
    return freed == 0;
  }

  /** Says that an extent may have a free block. Nothing happens if it holds no blocks. */
  void addRoom(int extent) {
    MappedMemory.fullFence(); // after the owner word, before the state word is read
    int word = table.word(extent);
    while (kind(word) == BLOCKS && (word & MAYBE_ROOM) == 0) {
      if (table.compareAndSet(extent, word, word | MAYBE_ROOM)) {
        return;
      }
      word = table.word(extent);
    }
    // Of CLOSING comes FREE, or BLOCKS with the bit set.
  }

  private boolean isEmpty(long base, int units) {
    long reuseBelow = table.epochs.reuseBelow();
    for (int block = 0; block < ExtentLayout.blockCount(units); block++) {
      long owner = memory.getLongVolatile(base, ExtentLayout.owner(block));
      if (!OwnerWord.isTakeable(owner, reuseBelow)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Makes an extent free if it holds blocks and all of them are takeable. True if it is free now.
   */
  boolean closeIfEmpty(int extent) {
    long base = ExtentTable.position(extent);
    while (true) {
      int word = table.word(extent);
      if (kind(word) != BLOCKS) {
        return false;
      }
      int units = unitsOf(extent, word);
      table.map(extent);
      if (!isEmpty(base, units)) {
        return false;
      }
      int closing = claims.closing(units);
      if (!table.compareAndSet(extent, word, closing)) {
        continue;
      }
      CrashPoint.reached("extent.closing");
      MappedMemory.fullFence();
      boolean isNoted = ShardNotes.nameAny(memory, extent); // before the owner words are read
      if (!isNoted && isEmpty(base, units)) {
        return table.compareAndSet(extent, closing, ExtentLayout.word(FREE, 0));
      }
      table.compareAndSet(extent, closing, ExtentLayout.word(BLOCKS, units) | MAYBE_ROOM);
      if (isNoted) {
        return false; // somebody is about to take a block of it
      }
      // Not empty. Whoever empties it from now on sees BLOCKS and comes here; whoever did before
      // saw CLOSING and left it to this thread, which therefore looks again.
      MappedMemory.fullFence();
    }
  }

  /** Units of a block in an extent that holds some. */
  static int unitsOf(int extent, int word) {
    int units = ExtentLayout.units(word);
    if (!BlockSizes.isSize(units)) {
      throw new CorruptStoreException(
          "extent table",
          ExtentTable.position(extent),
          "there are no blocks of this size, units=" + units);
    }
    return units;
  }

  /** True if the extent holds blocks, if only for the moment. */
  static boolean hasBlocks(int word) {
    return kind(word) == BLOCKS || kind(word) == CLOSING && ExtentLayout.units(word) != 0;
  }
}
