package io.tophash.core.memory;

import static io.tophash.core.memory.MemoryMode.IS_FAST;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.BufferUtil;

/**
 * The windows of a {@link MappedMemory}: which parts of the file are mapped, and where. What is
 * read and written in them is that class's; the fields are here for it to use.
 *
 * <p>Windows are added, or replaced by a longer mapping of the same bytes, and never unmapped: the
 * mapping goes when this object and all its views have become unreachable, so a closed store can
 * never crash an operation that is still running.
 *
 * <p>The window table is changed by one thread at a time, which the owner sees to, while others use
 * it: who needs a position that was mapped meanwhile reads {@link #mappedBytes()} first.
 */
abstract class MappedWindows {
  final int windowShift;
  final long windowMask;
  // The arrays never change once they stand in their fields: a change is a new array.
  ByteBuffer[] windows = new ByteBuffer[0];
  // Read-only and writable views whose position and limit are moved for each use.
  ByteBuffer[] readViews = new ByteBuffer[0];
  ByteBuffer[] writeViews = new ByteBuffer[0];
  // Address and size of each window, in turns, for the fast mode.
  long[] places = new long[0];
  // Windows that were replaced, or closed: an access by address holds no buffer, so this object
  // must.
  private final List<ByteBuffer> oldWindows = new ArrayList<>();
  // Written after the arrays: who reads it sees the windows below it.
  private volatile long mappedBytes;

  MappedWindows(int windowShift) {
    this.windowShift = windowShift;
    this.windowMask = (1L << windowShift) - 1;
  }

  /** Size of a window in bytes. */
  public long windowBytes() {
    return windowMask + 1;
  }

  /** Number of windows mapped so far. */
  public int windowCount() {
    return windows.length;
  }

  /**
   * End of what is mapped: every position below it can be read. A volatile read, which pairs with
   * the store that follows the change of the window table; 0 after the close.
   */
  public long mappedBytes() {
    return mappedBytes;
  }

  /**
   * Appends a window, or replaces one by a longer mapping of the same bytes. All windows but the
   * last are whole. One thread at a time.
   */
  void putWindow(int index, MappedByteBuffer window) {
    int n = Math.max(windows.length, index + 1);
    ByteBuffer[] newWindows = Arrays.copyOf(windows, n);
    ByteBuffer[] newReadViews = Arrays.copyOf(readViews, n);
    ByteBuffer[] newWriteViews = Arrays.copyOf(writeViews, n);
    long[] newPlaces = Arrays.copyOf(places, 2 * n);
    if (newWindows[index] != null) {
      oldWindows.add(newWindows[index]);
    }
    newWindows[index] = window.order(ByteOrder.LITTLE_ENDIAN);
    newReadViews[index] = window.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    newWriteViews[index] = window.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    newPlaces[2 * index] = IS_FAST ? BufferUtil.address(window) : 0;
    newPlaces[2 * index + 1] = window.capacity();
    VarHandle.releaseFence(); // an element is never seen later than its array
    windows = newWindows;
    readViews = newReadViews;
    writeViews = newWriteViews;
    places = newPlaces;
    mappedBytes = ((long) (n - 1) << windowShift) + newWindows[n - 1].capacity();
  }

  /**
   * Puts other windows in the place of all present ones, which are forgotten.
   *
   * @return the former windows, each reachable only from accesses that are under way
   */
  List<WeakReference<ByteBuffer>> replaceWindows(List<MappedByteBuffer> fresh) {
    List<WeakReference<ByteBuffer>> former = new ArrayList<>();
    oldWindows.forEach(window -> former.add(new WeakReference<>(window)));
    for (ByteBuffer window : windows) {
      former.add(new WeakReference<>(window));
    }
    oldWindows.clear();
    for (int i = 0; i < fresh.size(); i++) {
      putWindow(i, fresh.get(i));
    }
    int n = fresh.size();
    windows = Arrays.copyOf(windows, n);
    readViews = Arrays.copyOf(readViews, n);
    writeViews = Arrays.copyOf(writeViews, n);
    places = Arrays.copyOf(places, 2 * n);
    mappedBytes = ((long) (n - 1) << windowShift) + windows[n - 1].capacity();
    oldWindows.clear();
    return former;
  }

  /** Forgets the windows: every later access fails with an exception. */
  void clearWindows() {
    // The old arrays, and with them the mapping, live on for whoever is inside an access: a buffer
    // is held by the access itself, an address by the keepAlive() that follows it.
    if (IS_FAST) {
      oldWindows.addAll(Arrays.asList(windows));
    } else {
      oldWindows.clear();
    }
    windows = new ByteBuffer[0];
    readViews = new ByteBuffer[0];
    writeViews = new ByteBuffer[0];
    places = new long[0];
    mappedBytes = 0;
  }

  /**
   * Writes the changed pages at the start of the file back to the storage device and waits for it.
   *
   * @param length bytes from the start of the file
   * @throws UncheckedIOException if the device refuses
   */
  public void force(long length) {
    force(0, length);
  }

  /**
   * Writes changed pages of the mapping back to the storage device and waits for it.
   *
   * @param length bytes from the position on; what is not mapped is left out
   * @throws UncheckedIOException if the device refuses
   */
  public void force(long position, long length) {
    try {
      CrashPoint.forcing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteBuffer[] all = windows;
    long end = position + Math.min(length, Long.MAX_VALUE - position);
    for (int i = 0; i < all.length; i++) {
      long start = (long) i << windowShift;
      long from = Math.max(position, start) - start;
      long to = Math.min(end - start, all[i].capacity());
      if (from < to) {
        ((MappedByteBuffer) all[i]).force((int) from, (int) (to - from));
        CrashPoint.forced(start + from, to - from);
      }
    }
  }
}
