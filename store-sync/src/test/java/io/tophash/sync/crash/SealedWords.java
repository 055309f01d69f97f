package io.tophash.sync.crash;

import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;
import io.tophash.sync.format.SegmentLayout;
import java.util.BitSet;

/** The words of a file that a checkpoint leads to: nothing may be stored to them. */
final class SealedWords {
  private final BitSet words = new BitSet();
  // Those in which a segment has its sum, which it gets when it is sealed.
  private final BitSet sums = new BitSet();

  /** Adds what a checkpoint names, by the owner words in an image of the file. */
  void add(Sectors image, long checkpoint) {
    long storeId = image.getLong(io.tophash.core.format.HeaderLayout.STORE_ID);
    int base = RegionLayout.EXTENT_BYTES;
    while (base + RegionLayout.EXTENT_BYTES <= image.bytes()) {
      long mark = image.getLong(base);
      int length = 1;
      if (ExtentLayout.isMark(mark, storeId, base)) {
        int run = ExtentLayout.markedLength(mark);
        int units = ExtentLayout.markedUnits(mark);
        boolean isLiveRun = run > 0 && isLive(image, base, 0, checkpoint);
        if (isLiveRun) {
          length = run;
          seal(base + ExtentLayout.UNIT_BYTES, run * RegionLayout.EXTENT_BYTES - 1024);
        }
        for (int block = 0; run == 0 && block < ExtentLayout.blockCount(units); block++) {
          if (isLive(image, base, block, checkpoint)) {
            seal(base + ExtentLayout.block(units, block), units << ExtentLayout.UNIT_SHIFT);
          }
        }
      }
      base += length * RegionLayout.EXTENT_BYTES;
    }
  }

  private static boolean isLive(Sectors image, int base, int block, long checkpoint) {
    return OwnerWord.isLiveAt(image.getLong(base + ExtentLayout.owner(block)), checkpoint);
  }

  private void seal(int from, int length) {
    words.set(from >> 3, from + length >> 3);
    sums.set(from + SegmentLayout.SUM >> 3);
  }

  /** Forgets all. */
  void clear() {
    words.clear();
    sums.clear();
  }

  /** True if a store hits what is sealed. */
  boolean contains(long position, int length) {
    if (length == Integer.BYTES && (position & 7) == 0 && sums.get((int) (position >> 3))) {
      return false;
    }
    int hit = words.nextSetBit((int) (position >> 3));
    return hit >= 0 && (long) hit << 3 < position + length;
  }

  int count() {
    return words.cardinality();
  }
}
