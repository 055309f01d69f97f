package io.tophash.sync.segment;

import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.CacheLayout;
import io.tophash.sync.format.SlotWord;
import java.util.Arrays;

/**
 * Which entries of a segment of a cache stay: SIEVE (Zhang et al., 2024) over the order of the log,
 * which is that of insertion.
 *
 * <p>A hit marks an entry, in its slot, up to three times. Where room is needed, the hand goes from
 * the entry at which it stands towards the younger ones: a marked one loses a mark and stays, the
 * others go, until there is room; behind the youngest it goes on at the oldest. So an entry that is
 * never hit goes after one round of the hand, and a scan passes by without taking what is used. Of
 * an entry that went, a fingerprint is kept for a while: a key that comes back so soon begins with
 * a mark.
 *
 * <p>Works on gathered entries. For the holder of the lock, with the shard frozen; what is left out
 * here is gone when the fresh block is published.
 */
public final class Sieve {
  /** Hears of each entry that goes, before it does. */
  public interface Victims {
    /** Of who does not want to know. */
    Victims NONE = (g, entry, expired) -> {};

    /**
     * An entry goes.
     *
     * @param expired true if its time was over, false if it had to make room
     */
    void gone(Gathered g, int entry, boolean expired);
  }

  private static final int INDEX_BITS = 20;

  /** The hand looks at a small entry at least once in so many rounds. */
  private static final int MOST_PASSES = 8;

  private Sieve() {}

  /** The time at which an entry expires, with the bits that are not the time. */
  public static long expires(RecordSegments kind, Gathered g, int entry) {
    long large = g.largeBlock(entry);
    return large == 0
        ? HeapBytes.getLong(g.bytes, g.recordOffset(entry) + CacheLayout.EXPIRES)
        : kind.memory.getLong(large, 0);
  }

  /** Bytes that the gathered entries take, with what a block needs for them, but no room. */
  public static long needed(RecordSegments kind, Gathered g) {
    long records = 0;
    for (int i = 0; i < g.count; i++) {
      records += kind.logBytes(g.values[i]);
    }
    return RecordBuilder.leastBytes(g.count, records);
  }

  /** The next block of gathered entries shall be of this size. */
  public static void chooseBlock(Gathered g, long bytes) {
    g.aging.blockBytes = bytes;
  }

  /** Puts a range of entries into the order of their age, the oldest first. */
  public static void sort(Gathered g, int from, int to) {
    int count = to - from;
    long[] order = new long[count];
    boolean sorted = true;
    for (int i = 0; i < count; i++) {
      order[i] = (long) g.recordOffset(from + i) << INDEX_BITS | i;
      sorted &= i == 0 || order[i - 1] < order[i];
    }
    if (sorted) {
      return;
    }
    Arrays.sort(order);
    permute(g.hashes, order, from);
    permute(g.keys, order, from);
    permute(g.values, order, from);
    permute(g.cells, order, from);
  }

  private static void permute(long[] array, long[] order, int from) {
    long[] copy = Arrays.copyOfRange(array, from, from + order.length);
    for (int i = 0; i < order.length; i++) {
      array[from + i] = copy[(int) order[i] & (1 << INDEX_BITS) - 1];
    }
  }

  /** Leaves out the entries whose time is over, but large ones; returns how many there were. */
  public static int dropExpired(RecordSegments kind, Gathered g, long nowMs, Victims victims) {
    int kept = 0;
    for (int i = 0; i < g.count; i++) {
      boolean over = g.largeBlock(i) == 0 && CacheLayout.isOver(expires(kind, g, i), nowMs);
      if (over) {
        victims.gone(g, i, true);
        g.garbage += kind.logBytes(g.values[i]);
      } else {
        move(g, i, kept++);
      }
    }
    int dropped = g.count - kept;
    g.count = kept;
    return dropped;
  }

  /**
   * Leaves out entries until the others fit. Large ones stay: their blocks are freed one by one.
   *
   * @param bytes what a block may take, with its buckets and ghosts
   * @param entries how many there may be
   * @return how many went; the rest may still be too much if there are large ones
   */
  public static int evict(
      RecordSegments kind, Gathered g, long bytes, int entries, Victims victims) {
    int count = g.count;
    long records = 0;
    for (int i = 0; i < count; i++) {
      records += kind.logBytes(g.values[i]);
    }
    if (fits(count, records, bytes, entries)) {
      return 0;
    }
    // Else their number is what is too large.
    Weighing weighing = count <= entries ? new Weighing(kind, g, records) : null;
    boolean[] gone = new boolean[count];
    short[] ghosts = new short[count];
    int evicted = 0;
    int at = handIndex(g);
    // Each round takes a mark from each entry it looks at, so that after four times all are gone
    // that can.
    for (int steps = 5 * MOST_PASSES * count;
        steps > 0 && !fits(count - evicted, records, bytes, entries);
        steps--) {
      if (at == count) {
        at = 0;
      }
      if (!gone[at] && g.largeBlock(at) == 0) {
        boolean isMarked = !SlotWord.isUnmarked(g.slot(at));
        if (weighing != null && weighing.passesBy(kind.logBytes(g.values[at]), isMarked)) {
          at++;
          continue;
        }
        if (isMarked) {
          g.setSlot(at, SlotWord.unmarked(g.slot(at)));
        } else {
          gone[at] = true;
          victims.gone(g, at, false);
          ghosts[evicted++] = Aging.fingerprint(g.hashes[at]);
          records -= kind.logBytes(g.values[at]);
          g.garbage += kind.logBytes(g.values[at]);
        }
      }
      at++;
    }
    while (at < count && gone[at]) {
      at++;
    }
    g.aging.hand = at < count ? g.recordOffset(at) : 0;
    g.aging.addGhosts(ghosts, evicted);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!gone[i]) {
        move(g, i, kept++);
      }
    }
    g.count = kept;
    return evicted;
  }

  /** Which entries the hand looks at and which it passes by, by their sizes. */
  private static final class Weighing {
    /**
     * What was hit counts for a smaller entry: the smaller, the more the sizes differ. Of sizes
     * that differ by as much as their average it is a fifth, of equal ones the same.
     */
    private static final int HIT_FACTOR = 4;

    private final long average;
    private final double ofHit;
    private double credit;

    Weighing(RecordSegments kind, Gathered g, long records) {
      average = Math.max(1, records / Math.max(1, g.count));
      double deviation = 0;
      for (int i = 0; i < g.count; i++) {
        deviation += Math.abs(kind.logBytes(g.values[i]) - average);
      }
      ofHit = records / (records + HIT_FACTOR * deviation);
      // Whatever it is, so that it is not always the same entries that are looked at.
      credit = (g.hashes[0] >>> 1) % average;
    }

    /** True if an entry is passed by this time. */
    boolean passesBy(long size, boolean isMarked) {
      double weight = isMarked ? size * ofHit : size;
      if (weight >= average) {
        return false;
      }
      credit += Math.max(weight, (double) average / MOST_PASSES);
      if (credit < average) {
        return true;
      }
      credit -= average;
      return false;
    }
  }

  private static boolean fits(int count, long records, long bytes, int entries) {
    return count <= entries && RecordBuilder.leastBytes(count, records) <= bytes;
  }

  /** Index of the first entry that is not older than the hand, of sorted entries. */
  private static int handIndex(Gathered g) {
    if (g.aging.hand != 0) {
      for (int i = 0; i < g.count; i++) {
        if (g.recordOffset(i) >= g.aging.hand) {
          return i;
        }
      }
    }
    return 0;
  }

  private static void move(Gathered g, int from, int to) {
    g.hashes[to] = g.hashes[from];
    g.keys[to] = g.keys[from];
    g.values[to] = g.values[from];
    g.cells[to] = g.cells[from];
  }
}
