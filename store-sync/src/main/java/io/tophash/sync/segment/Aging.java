package io.tophash.sync.segment;

import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.format.SegmentLayout;
import io.tophash.sync.format.SegmentWord;
import java.util.Arrays;

/**
 * What a rebuild of a segment of a cache knows beside its entries: where the hand stands, whose
 * keys went lately (the <i>ghosts</i>), and what the fresh block shall be.
 *
 * <p>Not thread-safe.
 */
public final class Aging {
  /** How many ghosts are kept to a hundred entries, see decision 88. */
  private static final int GHOSTS_PER_100 = 60;

  /** Where in the gathered bytes the record begins at which the hand stands; 0: at the oldest. */
  int hand;

  /** Fingerprints of keys that went, the latest first. */
  short[] ghosts = new short[512];

  /** How many of them. */
  int ghostCount;

  /** Size of the fresh block; 0 if its builder chooses. */
  long blockBytes;

  Aging() {}

  void clear() {
    hand = 0;
    ghostCount = 0;
    blockBytes = 0;
  }

  /** How many ghosts a block with so many entries keeps at most. */
  static int ghostRoom(int entries) {
    return entries * GHOSTS_PER_100 / 100;
  }

  /** Bytes at the end of a block that this many ghosts take. */
  static int ghostBytes(int ghosts) {
    return 2 * ghosts + 7 & -8;
  }

  /** What is remembered of a key: hash bits that say nothing of its bucket; never 0. */
  static short fingerprint(long hash) {
    short bits = (short) hash;
    return bits == 0 ? 1 : bits;
  }

  /** Adds ghosts behind those that are there, 0 for none. */
  void addOldGhost(short ghost) {
    if (ghost != 0) {
      room(ghostCount + 1);
      ghosts[ghostCount++] = ghost;
    }
  }

  /** Puts fresh ghosts before those that are there. */
  void addGhosts(short[] fresh, int count) {
    room(ghostCount + count);
    System.arraycopy(ghosts, 0, ghosts, count, ghostCount);
    for (int i = 0; i < count; i++) {
      ghosts[count - 1 - i] = fresh[i];
    }
    ghostCount += count;
  }

  /**
   * True if this key, or one that looks like it, went from the segment a short while ago. For the
   * holder of the lock.
   */
  public static boolean isGhost(MappedMemory memory, long segmentWord, long hash) {
    long block = SegmentWord.position(segmentWord);
    int from = memory.getInt(block, SegmentLayout.LOG_END);
    int to = memory.getInt(block, SegmentLayout.BLOCK_BYTES);
    long pattern = (fingerprint(hash) & 0xFFFFL) * 0x0001_0001_0001_0001L;
    for (int at = from; at + 8 <= to; at += 8) {
      long differs = memory.getLong(block, at) ^ pattern;
      if ((differs - 0x0001_0001_0001_0001L & ~differs & 0x8000_8000_8000_8000L) != 0) {
        return true;
      }
    }
    return false;
  }

  private void room(int count) {
    if (ghosts.length < count) {
      ghosts = Arrays.copyOf(ghosts, 2 * count);
    }
  }
}
