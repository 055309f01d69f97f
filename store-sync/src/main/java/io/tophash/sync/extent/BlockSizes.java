package io.tophash.sync.extent;

import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.RegionLayout;

/**
 * The sizes of blocks. Those of one extent are of one size, and a size is as large as the number of
 * such blocks in an extent allows: so what is left over at its end is less than one unit for each
 * block. Larger ones are runs of whole extents.
 */
final class BlockSizes {
  // For each number of units that may be asked for, the units that it gets.
  private static final short[] UNITS = new short[ExtentLayout.UNITS + 1];

  static {
    for (int asked = 0; asked <= ExtentLayout.UNITS; asked++) {
      int units = Math.max(ExtentLayout.MIN_UNITS, asked);
      UNITS[asked] = (short) (ExtentLayout.UNITS / ExtentLayout.blockCount(units));
    }
  }

  private BlockSizes() {}

  /** Units of the smallest block that holds so many bytes; 0 if it must be a run. */
  static int units(long bytes) {
    long asked = bytes + ExtentLayout.UNIT_BYTES - 1 >> ExtentLayout.UNIT_SHIFT;
    return asked > ExtentLayout.UNITS ? 0 : UNITS[(int) asked];
  }

  /** Number of extents of the shortest run that holds so many bytes. */
  static long runLength(long bytes) {
    long all = bytes + ExtentLayout.UNIT_BYTES;
    return all + RegionLayout.EXTENT_BYTES - 1 >> RegionLayout.EXTENT_SHIFT;
  }

  /** Size of the block that a run is. */
  static long runBytes(long length) {
    return (length << RegionLayout.EXTENT_SHIFT) - ExtentLayout.UNIT_BYTES;
  }

  /** True if extents hold blocks of this size. */
  static boolean isSize(int units) {
    return units > 0 && units <= ExtentLayout.UNITS && UNITS[units] == units;
  }
}
