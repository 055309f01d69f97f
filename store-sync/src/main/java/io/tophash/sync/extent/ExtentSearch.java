package io.tophash.sync.extent;

import static io.tophash.sync.format.ExtentLayout.BLOCKS;
import static io.tophash.sync.format.ExtentLayout.FREE;
import static io.tophash.sync.format.ExtentLayout.MAYBE_ROOM;
import static io.tophash.sync.format.ExtentLayout.RUN;
import static io.tophash.sync.format.ExtentLayout.UNREADY;
import static io.tophash.sync.format.ExtentLayout.kind;

import io.tophash.core.errors.StoreFullException;
import io.tophash.sync.format.ExtentLayout;
import java.util.Arrays;

/**
 * Finds an extent with room for a block.
 *
 * <p>What it remembers is this process's own and racy on purpose: plain arrays, written by all
 * threads. A wrong entry costs a look at a state word. The state words are the only truth.
 *
 * <p>Thread-safe, lock-free.
 */
final class ExtentSearch {
  /** State words looked at before a new extent is taken: a gigabyte's, 256 cache lines. */
  private static final int MAX_STEPS = 4096;

  /** Races for a free extent that are lost before a new one is made. */
  private static final int FREE_TRIES = 16;

  private static final int WAYS = 4;

  /** Extents of the quarantine that one allocation looks at. */
  private static final int SWEEP = 16;

  private final ExtentTable table;
  private final ExtentClaims claims;
  private final ExtentBlocks blocks;
  private final ExtentRuns runs;

  // By units; 0 is no extent.
  private final int[] lastUsed = new int[ExtentLayout.UNITS + 1];
  private final int[] nextBlock = new int[ExtentLayout.UNITS + 1];
  private final int[] cursor = new int[ExtentLayout.UNITS + 1];
  private final int[] roomy = new int[WAYS * (ExtentLayout.UNITS + 1)];
  private final int[] lately = new int[WAYS];
  private int firstUnready;

  ExtentSearch(ExtentTable table, ExtentClaims claims, ExtentBlocks blocks, ExtentRuns runs) {
    this.runs = runs;
    this.table = table;
    this.claims = claims;
    this.blocks = blocks;
  }

  /** A block of this extent is takeable. */
  void noteRoom(int extent, int units) {
    table.quarantine.noteRoom(extent);
    roomy[WAYS * units + (extent & WAYS - 1)] = extent;
  }

  /** Frees an extent if all in it is takeable. What a dead process was about to do is undone. */
  void giveBack(int extent) {
    int word = table.word(extent);
    if (ExtentClaims.isClaim(word) && claims.isDead(word)) {
      claims.recover(extent, word);
      word = table.word(extent);
    }
    if (kind(word) == RUN ? runs.giveBack(extent, word, true) : blocks.closeIfEmpty(extent)) {
      lately[extent & WAYS - 1] = extent;
    }
  }

  /** Looks at a few of the extents that have become takeable, if there are any. */
  void sweep() {
    long reuseBelow = table.epochs.reuseBelow();
    for (int i = 0; i < SWEEP; i++) {
      int extent = table.quarantine.poll(reuseBelow);
      if (extent == 0) {
        return;
      }
      giveBack(extent);
      int word = table.word(extent);
      if (kind(word) == BLOCKS && (word & MAYBE_ROOM) != 0) {
        noteRoom(extent, ExtentLayout.units(word));
      }
    }
  }

  /** Forgets all; for the only user of the file, after it has taken extents away. */
  void forget() {
    Arrays.fill(lastUsed, 0);
    Arrays.fill(roomy, 0);
    Arrays.fill(lately, 0);
    table.quarantine.forget();
    firstUnready = 0;
  }

  /**
   * Takes a block of just this size, from a new extent if need be.
   *
   * @param largest if the file is full, a block of up to so many units is taken
   * @throws StoreFullException if there is no room for an extent, and none in those there are
   */
  long take(int units, int largest, int ownerId, long note) {
    long position = takeRemembered(units, ownerId, note);
    if (position != 0) {
      return position;
    }
    Scan scan = new Scan(units, ownerId, note);
    position = scan.run(cursor[units], MAX_STEPS, Integer.MAX_VALUE);
    if (position != 0) {
      return position;
    }
    try {
      return takeNew(scan);
    } catch (StoreFullException e) {
      position = takeAnywhere(units, largest, ownerId, note);
      if (position == 0) {
        throw e;
      }
      return position;
    }
  }

  private long takeRemembered(int units, int ownerId, long note) {
    long position = takeFrom(lastUsed[units], units, ownerId, note);
    for (int i = WAYS * units; position == 0 && i < WAYS * (units + 1); i++) {
      int extent = roomy[i];
      roomy[i] = 0;
      position = takeFrom(extent, units, ownerId, note);
    }
    return position;
  }

  /** Takes a block of an extent; 0 if it has none of this size. */
  long takeFrom(int extent, int units, int ownerId, long note) {
    if (extent == 0) {
      return 0;
    }
    long position = blocks.take(extent, units, nextBlock[units], ownerId, note);
    if (position != 0) {
      lastUsed[units] = extent;
      nextBlock[units] = ExtentBlocks.indexOf(position, units) + 1;
    }
    return position;
  }

  private long takeNew(Scan scan) {
    int extent = scan.free;
    for (int i = 0; i < WAYS && extent == 0; i++) {
      extent = lately[i];
      lately[i] = 0;
    }
    // Each failure below is somebody else's success.
    for (int tries = 0; ; tries++) {
      if (extent == 0) {
        extent = nextUnready();
      }
      long position = openAndTake(extent, scan.units, scan.ownerId, scan.note);
      if (position == 0 && tries < FREE_TRIES) {
        // Others before the file grows: else each lost race would leave it longer for ever.
        scan.free = 0;
        position = scan.run(cursor[scan.units], MAX_STEPS, Integer.MAX_VALUE);
      }
      if (position != 0) {
        return position;
      }
      extent = tries < FREE_TRIES ? scan.free : 0;
    }
  }

  private long openAndTake(int extent, int units, int ownerId, long note) {
    int word = table.word(extent);
    return ExtentClaims.isUnused(word) && claims.openForBlocks(extent, word, units)
        ? takeFrom(extent, units, ownerId, note)
        : 0;
  }

  /**
   * The first extent that was not written yet.
   *
   * @throws StoreFullException if it would take one more window, for which there is no room
   */
  int nextUnready() {
    while (true) {
      int from = firstUnready; // once, as other threads change it
      int end = table.extentCount();
      boolean isOpen = from < end && table.isOpen(table.window(from));
      for (int extent = from; extent < end; extent++) {
        if (table.isFirst(extent)) {
          isOpen = table.isOpen(table.window(extent));
        } else if (isOpen && kind(table.word(extent)) == UNREADY) {
          firstUnready = extent;
          return extent;
        }
      }
      firstUnready = end;
      claims.openWindow();
    }
  }

  /** Takes a block of an extent below a limit; 0 if there is none, the file being full or not. */
  long takeBelow(int limit, int units, int ownerId, long note) {
    Scan scan = new Scan(units, ownerId, note);
    long position = scan.run(0, limit, limit);
    int extent = scan.free != 0 ? scan.free : scan.unready;
    if (position != 0 || extent == 0) {
      return position;
    }
    try {
      return openAndTake(extent, units, ownerId, note);
    } catch (StoreFullException e) {
      return 0;
    }
  }

  /**
   * Takes a block of this size or a larger one, wherever in the file there is one; 0 if nowhere.
   */
  private long takeAnywhere(int units, int largest, int ownerId, long note) {
    Scan scan = new Scan(units, ownerId, note);
    scan.isLast = true;
    long position = scan.run(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
    if (position != 0) {
      return position;
    }
    if (scan.free != 0
        && largest != ExtentLayout.UNITS
        && !Epochs.isReserveComplete(table.epochs.reserve())) {
      // An exchange: what it has just emptied is first of all the reserve's.
      table.keep(scan.free);
      scan.free = 0;
    }
    try {
      for (int extent : new int[] {scan.free, scan.unready}) {
        position = extent == 0 ? 0 : openAndTake(extent, units, ownerId, note);
        if (position != 0) {
          return position;
        }
      }
    } catch (StoreFullException e) {
      // That place has no room either.
    }
    for (int larger = units + 1; larger <= largest; larger++) {
      if (scan.larger[larger]) {
        Scan all = new Scan(larger, ownerId, note);
        all.isLast = true;
        position = all.run(0, Integer.MAX_VALUE, Integer.MAX_VALUE);
        if (position != 0) {
          return position;
        }
      }
    }
    return 0;
  }

  /** One pass over state words. */
  private final class Scan {
    final int units;
    final int ownerId;
    final long note;
    boolean isLast; // empties what is empty, and looks for larger blocks
    int free; // first extent seen of that kind, 0 if none
    int unready;
    final boolean[] larger = new boolean[ExtentLayout.UNITS + 1];
    private final long reuseBelow = table.epochs.reuseBelow();
    private int livingClaim;

    Scan(int units, int ownerId, long note) {
      this.units = units;
      this.ownerId = ownerId;
      this.note = note;
    }

    long run(int from, int steps, int limit) {
      int end = Math.min(limit, table.extentCount());
      int extent = from < end ? from : 0;
      boolean isOpen = false;
      for (int left = Math.min(steps, end); left > 0; left--, extent++) {
        if (extent >= end) {
          extent = 0;
        }
        if (table.isFirst(extent)) {
          isOpen = table.isOpen(table.window(extent));
          continue;
        }
        isOpen |= extent == from && table.isOpen(table.window(extent));
        long position = isOpen ? look(extent) : 0;
        if (position != 0) {
          cursor[units] = extent;
          return position;
        }
      }
      cursor[units] = extent;
      return 0;
    }

    private long look(int extent) {
      int word = table.word(extent);
      if (ExtentClaims.isClaim(word) && word != livingClaim) {
        // One question to the kernel for all the claims of a living process.
        if (claims.isDead(word)) {
          claims.recover(extent, word);
          word = table.word(extent);
          firstUnready = Math.min(firstUnready, extent);
        } else {
          livingClaim = word;
        }
      }
      if (ExtentBlocks.holds(word, units)) {
        boolean maybe = (word & MAYBE_ROOM) != 0;
        return maybe && (isLast || !table.quarantine.isBarren(extent, reuseBelow))
            ? takeFrom(extent, units, ownerId, note)
            : 0;
      }
      if (isLast && kind(word) == RUN && free == 0 && runs.giveBack(extent, word, true)) {
        word = table.word(extent);
      }
      if (isLast && kind(word) == BLOCKS && (word & MAYBE_ROOM) != 0) {
        if (free == 0 && blocks.closeIfEmpty(extent)) {
          word = table.word(extent);
        } else {
          larger[ExtentBlocks.unitsOf(extent, word)] = true;
        }
      }
      if (kind(word) == FREE && free == 0) {
        free = extent;
      } else if (kind(word) == UNREADY && unready == 0) {
        unready = extent;
      }
      return 0;
    }
  }
}
