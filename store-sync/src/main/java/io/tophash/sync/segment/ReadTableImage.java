package io.tophash.sync.segment;

import static io.tophash.core.format.BucketLayout.CELLS;
import static io.tophash.sync.format.SegmentLayout.HEADER_BYTES;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.memory.HeapBytes;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.format.OverflowWord;
import io.tophash.sync.format.SegmentWord;

/**
 * The read table in the image of a block under construction, on the heap: which cell each entry
 * gets, and how the buckets are chained. The form is that of {@link Segments}.
 */
final class ReadTableImage {
  /**
   * Entries for two read buckets of a fresh block at most: 5.5 of 8 cells. The rest is room for new
   * keys in their home buckets.
   */
  static final int MAX_FRESH_LOAD = 11;

  /**
   * The same where a cache has reached its bound: 6.5 of 8 cells. It gets few new keys until the
   * next build, and each byte of its table is one less for entries.
   */
  static final int MAX_BOUND_LOAD = 13;

  /** A block has at least one dirty bucket for so many read buckets. */
  static final int READ_PER_DIRTY = 16;

  private final int bucketBytes;
  private final int overflow;

  /**
   * @param bucketBytes size of a bucket
   * @param overflow where in it the overflow word is
   */
  ReadTableImage(int bucketBytes, int overflow) {
    this.bucketBytes = bucketBytes;
    this.overflow = overflow;
  }

  /**
   * Smallest number of read buckets for so many entries.
   *
   * @param load entries for two of them at most
   */
  static int readBuckets(int entries, int load) {
    int buckets = Math.max(1, (2 * entries + load - 1) / load);
    if (buckets > SegmentWord.MAX_BUCKETS) {
      throw new StoreFullException(
          "too many keys share the hash bits that divide the store into segments, limit="
              + SegmentWord.MAX_BUCKETS * load / 2
              + " keys="
              + entries);
    }
    return buckets;
  }

  /** Smallest number of read buckets that have cells for so many entries, and none to spare. */
  static int leastReadBuckets(int entries) {
    return Math.max(1, (entries + CELLS - 1) / CELLS);
  }

  /** Number of dirty buckets beside so many read buckets. */
  static int dirtyBuckets(int readBuckets) {
    return Math.max(1, readBuckets / READ_PER_DIRTY);
  }

  /** Puts one entry of the image into a cell. */
  interface CellWriter {
    void write(int entry, int bucketOffset, int cell);
  }

  /** Distributes entries over the buckets; there are cells for all of them. */
  void fill(Gathered g, int from, int to, int buckets, CellWriter writer) {
    byte[] fill = g.newFill(buckets);
    int displaced = 0;
    for (int i = from; i < to; i++) {
      int home = HashBits.bucket(g.hashes[i], buckets);
      if (fill[home] < CELLS) {
        place(g, i, home, fill, writer);
      } else {
        g.displace(displaced++, i);
      }
    }
    // Only now is it known which buckets have room.
    for (int d = 0; d < displaced; d++) {
      int i = g.displaced[d];
      int index = HashBits.bucket(g.hashes[i], buckets);
      while (fill[index] == CELLS) {
        int at = offset(index) + overflow;
        long present = HeapBytes.getLong(g.image, at);
        int link = OverflowWord.link(present);
        if (link == 0) {
          // From the full bucket on, so that the chain is likely to be in neighbouring lines.
          int room = index;
          do {
            room = room + 1 == buckets ? 0 : room + 1;
          } while (fill[room] == CELLS);
          link = room + 1;
        }
        HeapBytes.putLong(g.image, at, OverflowWord.with(present, link, g.hashes[i]));
        index = link - 1;
      }
      place(g, i, index, fill, writer);
    }
  }

  private int offset(int bucket) {
    return HEADER_BYTES + bucket * bucketBytes;
  }

  private void place(Gathered g, int entry, int bucket, byte[] fill, CellWriter writer) {
    int at = offset(bucket);
    int cell = fill[bucket]++;
    g.image[at + cell] = (byte) HashBits.tophash(g.hashes[entry]);
    writer.write(entry, at, cell);
  }
}
