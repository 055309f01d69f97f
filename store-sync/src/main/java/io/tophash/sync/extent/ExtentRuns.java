package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.CLAIMED;
import static io.tophash.sync.format.ExtentLayout.CLOSING;
import static io.tophash.sync.format.ExtentLayout.FREE;
import static io.tophash.sync.format.ExtentLayout.RUN;
import static io.tophash.sync.format.ExtentLayout.RUN_INNER;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.ExtentLayout.kind;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;

/**
 * Runs: neighbouring extents of one window that are one large block.
 *
 * <p><b>Making one.</b> (1) all its extents claimed, from the first to the last, and made ready;
 * (2) the note; (3) mark and owner, in the first extent's header; (4) the first extent {@code
 * CLAIMED} to {@code RUN}, the commit; (5) the others {@code CLAIMED} to {@code RUN_INNER}. Killed
 * before (4), there are claims of a dead process, which anybody puts back. Killed after it, the
 * note leads the repair to a run whose later extents may be claims of the dead process, or have
 * been put back and taken by others: it frees the run, and only those extents that still are of
 * this run. The caller has not had the run yet, so nothing of it was used.
 *
 * <p><b>Freeing one</b> is one store, to its owner word. As a checkpoint may still name it, the
 * extents come later, when the owner word is takeable, and whoever meets the run gives them back:
 * (1) the first extent {@code RUN} to {@code CLOSING}, of no units, a claim; (2) the later extents
 * {@code RUN_INNER} to {@code FREE}; (3) the first one to {@code FREE}. Killed in between, anybody
 * makes the claim {@code RUN} again, and the next one begins anew: a later extent that has been
 * taken by others is no {@code RUN_INNER} of this distance, as that could only be of a run that
 * begins at the same place.
 *
 * <p>Thread-safe, lock-free: of those who claim overlapping runs, the one with the last extent goes
 * on; the others put theirs back and search behind it.
 */
final class ExtentRuns {
  private final ExtentTable table;
  private final MappedMemory memory;
  private final ExtentClaims claims;

  ExtentRuns(ExtentTable table, ExtentClaims claims) {
    this.table = table;
    this.memory = table.memory;
    this.claims = claims;
  }

  // --- making ------------------------------------------------------------------------------------

  /**
   * Makes a run.
   *
   * @return position of the block
   * @throws StoreFullException if there is no room for it
   */
  long take(int length, int ownerId, long note) {
    try {
      while (true) {
        long position = takeBelow(Integer.MAX_VALUE, length, true, ownerId, note);
        if (position != 0) {
          return position;
        }
        claims.openWindow();
      }
    } catch (StoreFullException e) {
      // Further on there may be enough extents that need no new space.
      long position = takeBelow(Integer.MAX_VALUE, length, false, ownerId, note);
      if (position == 0) {
        throw e;
      }
      return position;
    }
  }

  /**
   * Makes a run of extents below a limit.
   *
   * @param extend true to use extents that are not in the file yet
   * @return position of the block; 0 if there are not so many neighbouring extents
   */
  long takeBelow(int limit, int length, boolean extend, int ownerId, long note) {
    int end = Math.min(limit, table.extentCount());
    int livingClaim = 0;
    int found = 0;
    boolean isOpen = false;
    for (int extent = 0; extent < end; extent++) {
      if (table.isFirst(extent)) {
        isOpen = table.isOpen(table.window(extent));
        found = 0;
        continue;
      }
      if (!isOpen) {
        continue;
      }
      int word = table.word(extent);
      if (ExtentClaims.isClaim(word) && word != livingClaim) {
        if (claims.isDead(word)) {
          claims.recover(extent, word);
          word = table.word(extent);
        } else {
          livingClaim = word;
        }
      }
      if (kind(word) == RUN && giveBack(extent, word, false)) {
        word = table.word(extent);
      }
      found = kind(word) == FREE || extend && kind(word) == UNREADY ? found + 1 : 0;
      if (found == length) {
        int first = extent - length + 1;
        int obstacle = claimAll(first, length, extend);
        if (obstacle < 0) {
          return commit(first, length, ownerId, note);
        }
        extent = obstacle; // somebody was faster: on behind it
        found = 0;
      }
    }
    return 0;
  }

  /** Claims extents and makes them ready; returns -1, or which one could not be claimed. */
  private int claimAll(int first, int length, boolean extend) {
    boolean[] isReady = new boolean[length];
    int claimed = 0;
    boolean isDone = false;
    try {
      while (claimed < length) {
        int word = table.word(first + claimed);
        isReady[claimed] = kind(word) == FREE;
        if (!isReady[claimed] && !(extend && kind(word) == UNREADY)
            || !table.compareAndSet(first + claimed, word, claims.claim())) {
          return first + claimed;
        }
        claimed++;
        CrashPoint.reached("run.claimed");
      }
      for (int i = 0; i < length; i++) {
        if (!isReady[i]) {
          table.space.ready(ExtentTable.position(first + i), RegionLayout.EXTENT_BYTES);
          isReady[i] = true;
        }
      }
      table.map(first + length - 1);
      isDone = true;
      return -1;
    } finally {
      for (int i = 0; i < claimed && !isDone; i++) {
        int word = ExtentLayout.word(isReady[i] ? FREE : UNREADY, 0);
        table.compareAndSet(first + i, claims.claim(), word);
      }
    }
  }

  private long commit(int first, int length, int ownerId, long note) {
    long base = ExtentTable.position(first);
    long position = base + ExtentLayout.UNIT_BYTES;
    memory.putLongRelease(note, 0, position);
    MappedMemory.storeStoreFence();
    long mark = ExtentLayout.runMark(table.epochs.storeId(), base, length);
    memory.putLong(base, ExtentLayout.MARK, mark);
    long owner = OwnerWord.of(ownerId, table.epochs.epochOf(ownerId));
    memory.putLong(base, ExtentLayout.owner(0), owner);
    table.compareAndSet(first, claims.claim(), ExtentLayout.word(RUN, length));
    CrashPoint.reached("run.committed");
    for (int i = 1; i < length; i++) {
      table.compareAndSet(first + i, claims.claim(), ExtentLayout.word(RUN_INNER, i));
    }
    return position;
  }

  // --- freeing -----------------------------------------------------------------------------------

  /** True if the state word is that of a run, if only for the moment. */
  static boolean isRun(int word) {
    return kind(word) == RUN || kind(word) == CLOSING && ExtentLayout.units(word) == 0;
  }

  /** True if a run begins there and is this owner's; one that was freed is nobody's. */
  boolean isOwned(int extent, long position, int ownerId) {
    table.map(extent);
    long base = ExtentTable.position(extent);
    return position == base + ExtentLayout.UNIT_BYTES
        && OwnerWord.isOwnedBy(ownerWord(extent), ownerId);
  }

  /** Owner word of the run that begins in an extent, which is mapped. */
  private long ownerWord(int extent) {
    return memory.getLongAcquire(ExtentTable.position(extent), ExtentLayout.owner(0));
  }

  /**
   * Frees a run that is this owner's; its extents are given back by {@link #giveBack}.
   *
   * @return true if that can be done at once, false if it is quarantined
   */
  boolean release(int extent, int ownerId) {
    long owner = ownerWord(extent);
    long freed = OwnerWord.freed(owner, table.epochs.epochOf(ownerId));
    memory.compareAndSetLong(ExtentTable.position(extent), ExtentLayout.owner(0), owner, freed);
    CrashPoint.reached("run.freed");
    return freed == 0;
  }

  /**
   * Gives the extents of a run back, if it is free and no checkpoint names it.
   *
   * @param word of its first extent
   * @param always false to pass by one that was found in use lately
   * @return true if they were given back
   */
  boolean giveBack(int extent, int word, boolean always) {
    long reuseBelow = table.epochs.reuseBelow();
    if (!always && table.quarantine.isBarren(extent, reuseBelow)) {
      return false;
    }
    int length = lengthOf(extent, word);
    table.map(extent);
    long owner = ownerWord(extent);
    if (!OwnerWord.isTakeable(owner, reuseBelow)) {
      table.quarantine.noteBarren(extent, reuseBelow);
      return false;
    }
    int closing = claims.closing(0);
    if (!table.compareAndSet(extent, word, closing)) {
      return false;
    }
    // A run of the same length may have come here since: now that it is claimed nobody frees it.
    boolean isFree = table.epochs.isTakeable(ownerWord(extent));
    CrashPoint.reached("run.closing");
    if (isFree) {
      freeInner(extent, length);
    }
    table.compareAndSet(extent, closing, isFree ? ExtentLayout.word(FREE, 0) : word);
    return isFree;
  }

  private void freeInner(int extent, int length) {
    for (int i = 1; i < length; i++) {
      int inner = table.word(extent + i);
      if (inner == ExtentLayout.word(RUN_INNER, i)) {
        table.compareAndSet(extent + i, inner, ExtentLayout.word(FREE, 0));
      } else if (kind(inner) == CLAIMED && claims.isDead(inner)) {
        claims.recover(extent + i, inner);
      }
      CrashPoint.reached("run.innerFreed");
    }
  }

  /** Length of the run that begins in an extent. */
  int lengthOf(int extent, int word) {
    int length = ExtentLayout.low(word);
    if (kind(word) == CLOSING) {
      table.map(extent);
      length =
          ExtentLayout.markedLength(
              memory.getLong(ExtentTable.position(extent), ExtentLayout.MARK));
    }
    if (length < 2 || (extent & table.perWindow() - 1) + length > table.perWindow()) {
      throw new CorruptStoreException(
          "extent table",
          ExtentTable.position(extent),
          "a run leaves its window, length=" + length);
    }
    return length;
  }
}
