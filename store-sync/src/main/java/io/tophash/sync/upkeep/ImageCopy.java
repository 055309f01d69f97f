package io.tophash.sync.upkeep;

import io.tophash.core.format.HeaderLayout;
import io.tophash.core.memory.HeapBytes;
import io.tophash.core.memory.MappedMemory;
import io.tophash.sync.attach.SyncCore;
import io.tophash.sync.checkpoint.Pin;
import io.tophash.sync.checkpoint.PinnedRoot;
import io.tophash.sync.format.ExtentLayout;
import io.tophash.sync.format.ImageLayout;
import io.tophash.sync.format.OwnerWord;
import io.tophash.sync.format.RegionLayout;

/**
 * Copies the blocks of a pinned checkpoint, each to the place that it has in the store, and what an
 * opening after a power cut needs besides. A block that was born before an earlier checkpoint has
 * not been stored to since that one, so an image of it has the block already.
 *
 * <p>For one thread.
 */
final class ImageCopy {
  private static final int PIECE_BYTES = RegionLayout.EXTENT_BYTES;

  private final SyncCore core;
  private final MappedMemory memory;
  private final Pin pin;
  private final long since;
  private final MappedMemory old; // the image as it is; null if there is none
  private final long oldBytes;
  private final ImageSink sink;
  private final byte[] piece = new byte[PIECE_BYTES];
  private final byte[] header = new byte[ExtentLayout.UNIT_BYTES];
  private final byte[] oldHeader = new byte[ExtentLayout.UNIT_BYTES];
  private final long storeId;
  private long end = RegionLayout.EXTENT_BYTES;
  private long copied;

  /**
   * @param since blocks born before this checkpoint are in the image already; 0: none are
   * @param old the image, mapped; null if there is none
   * @param oldBytes its length
   */
  ImageCopy(SyncCore core, Pin pin, long since, MappedMemory old, long oldBytes, ImageSink sink) {
    this.core = core;
    this.memory = core.memory();
    this.pin = pin;
    this.since = since;
    this.old = old;
    this.oldBytes = oldBytes;
    this.sink = sink;
    this.storeId = core.header().storeId;
  }

  /** Bytes that were copied. */
  long copied() {
    return copied;
  }

  /**
   * Copies all that is needed.
   *
   * @param token of the new image
   * @return length of the file that it makes
   */
  long run(long token) {
    core.mapAll();
    int extents = (int) (core.file().length() >> RegionLayout.EXTENT_SHIFT);
    int perWindow = (int) (memory.windowBytes() >> RegionLayout.EXTENT_SHIFT);
    for (int extent = 1; extent < extents; extent++) {
      if (extent % perWindow != 0) {
        extent += copyExtent((long) extent << RegionLayout.EXTENT_SHIFT) - 1;
      }
    }
    byte[] slots = PinnedRoot.slots(memory, pin, end, storeId);
    put(RegionLayout.ROOTS, slots, slots.length);
    putHeader(token);
    return end;
  }

  /** Copies what an extent has, and returns how many extents that was. */
  private int copyExtent(long base) {
    long mark = memory.getLong(base, ExtentLayout.MARK);
    boolean isMarked = ExtentLayout.isMark(mark, storeId, base);
    int run = isMarked ? ExtentLayout.markedLength(mark) : 0;
    int units = isMarked ? ExtentLayout.markedUnits(mark) : 0;
    int blocks = run > 0 ? 1 : units > 0 ? ExtentLayout.blockCount(units) : 0;
    long[] owners = new long[blocks];
    int live = 0;
    for (int block = 0; block < blocks; block++) {
      long owner = memory.getLongAcquire(base, ExtentLayout.owner(block));
      if (OwnerWord.isLiveAt(owner, pin.number())) {
        owners[block] = OwnerWord.of(OwnerWord.owner(owner), OwnerWord.bornIn(owner));
        live++;
      }
    }
    if (live == 0) {
      forget(base);
      return 1;
    }
    int length = Math.max(1, run);
    end = Math.max(end, base + (long) length * RegionLayout.EXTENT_BYTES);
    putExtentHeader(base, mark, owners);
    if (run > 0) {
      if (OwnerWord.bornIn(owners[0]) >= since) {
        copy(
            base + ExtentLayout.UNIT_BYTES,
            (long) run * RegionLayout.EXTENT_BYTES - ExtentLayout.UNIT_BYTES);
      }
    } else {
      copyBlocks(base, units, owners);
    }
    return length;
  }

  private void copyBlocks(long base, int units, long[] owners) {
    long bytes = (long) units << ExtentLayout.UNIT_SHIFT;
    for (int block = 0; block < owners.length; block++) {
      int first = block;
      while (block < owners.length
          && owners[block] != 0
          && OwnerWord.bornIn(owners[block]) >= since) {
        block++;
      }
      if (block > first) {
        copy(base + ExtentLayout.block(units, first), (block - first) * bytes);
      }
    }
  }

  /** The header of an extent, where the image has another one. */
  private void putExtentHeader(long base, long mark, long[] owners) {
    java.util.Arrays.fill(header, (byte) 0);
    HeapBytes.putLong(header, ExtentLayout.MARK, mark);
    for (int block = 0; block < owners.length; block++) {
      HeapBytes.putLong(header, ExtentLayout.owner(block), owners[block]);
    }
    if (isInOld(base)) {
      old.getBytes(base, oldHeader, 0, oldHeader.length);
      if (java.util.Arrays.equals(header, oldHeader)) {
        return;
      }
    }
    put(base, header, header.length);
  }

  /** Of an extent without anything live, an image must have no mark. */
  private void forget(long base) {
    if (isInOld(base) && old.getLong(base, ExtentLayout.MARK) != 0) {
      put(base, new byte[8], 8);
    }
  }

  private boolean isInOld(long base) {
    return old != null && base + RegionLayout.EXTENT_BYTES <= oldBytes;
  }

  private void copy(long position, long bytes) {
    for (long done = 0; done < bytes; done += PIECE_BYTES) {
      int length = (int) Math.min(PIECE_BYTES, bytes - done);
      memory.getBytes(position + done, piece, 0, length);
      put(position + done, piece, length);
    }
  }

  /** The header of the store: unclean, so that it is settled before it is used. */
  private void putHeader(long token) {
    byte[] first = new byte[RegionLayout.FIRST_TABLE];
    memory.getBytes(0, first, 0, HeaderLayout.UNCLEAN);
    HeapBytes.putLong(first, HeaderLayout.UNCLEAN, 1);
    HeapBytes.putLong(first, ImageLayout.OF, pin.number());
    HeapBytes.putLong(first, ImageLayout.TOKEN, token);
    HeapBytes.putLong(first, ImageLayout.PENDING, old == null ? 0 : 1);
    memory.getBytes(
        ImageLayout.MADE, first, ImageLayout.MADE, ImageLayout.MADE_COUNT * ImageLayout.MADE_BYTES);
    put(0, first, first.length);
  }

  private void put(long position, byte[] bytes, int length) {
    copied += length;
    sink.put(position, bytes, length);
  }
}
