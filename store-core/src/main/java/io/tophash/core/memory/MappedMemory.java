package io.tophash.core.memory;

import static io.tophash.core.memory.CrashPoint.IS_HOOKED;
import static io.tophash.core.memory.MemoryMode.IS_FAST;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.UnsafeApi;

/**
 * The mapped bytes of a store, addressed by 64-bit position.
 *
 * <p>The file is mapped in windows of one power-of-two size; nothing that is read or written in one
 * access straddles two. An access names a {@code base} position and an {@code offset} from it: the
 * window of the base is looked up once, and the JIT compiler shares that work between all accesses
 * with the same base (the tophash word, a key cell and a value cell of one bucket, say).
 *
 * <p>Positions that were read from the file are untrusted: the caller checks them against the
 * allocated part of the file before they come here as a base. Under that condition neither mode can
 * touch memory outside the mapping.
 *
 * <p>Windows are added, or replaced by a longer mapping of the same bytes, and never unmapped: the
 * mapping goes when this object and all its views have become unreachable, so a closed store can
 * never crash an operation that is still running.
 *
 * <p>Any number of threads may read and write the bytes. The window table is changed by one thread
 * at a time, which the owner sees to, while others use it: who needs a position that was mapped
 * meanwhile reads {@link #mappedBytes()} first. In fast mode nothing else stands between a position
 * and memory that is not mapped, so the caller compares it with that figure. The shared views
 * ({@link #readView}, {@link #writeView}) are for owners that are used by one thread at a time.
 */
public final class MappedMemory {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  // Up to here a loop copies faster than a call of the JVM's routine.
  private static final int FEW_BYTES = 256;
  private static final byte[] ZEROS = new byte[8192];

  private final int windowShift;
  private final long windowMask;
  // The arrays never change once they stand in their fields: a change is a new array.
  private ByteBuffer[] windows = new ByteBuffer[0];
  // Read-only and writable views whose position and limit are moved for each use.
  private ByteBuffer[] readViews = new ByteBuffer[0];
  private ByteBuffer[] writeViews = new ByteBuffer[0];
  // Address and size of each window, in turns, for the fast mode.
  private long[] places = new long[0];
  // Windows that were replaced, or closed: an access by address holds no buffer, so this object
  // must.
  private final List<ByteBuffer> oldWindows = new ArrayList<>();
  // Written after the arrays: who reads it sees the windows below it.
  private volatile long mappedBytes;

  /**
   * @param windowShift log2 of the window size in bytes
   */
  public MappedMemory(int windowShift) {
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

  /** Appends the next window. */
  void addWindow(MappedByteBuffer window) {
    putWindow(windows.length, window);
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
   * Writes the changed pages of the mapping back to the storage device and waits for it.
   *
   * @param length bytes from the start of the file
   */
  public void force(long length) {
    ByteBuffer[] all = windows;
    for (int i = 0; i < all.length; i++) {
      long rest = Math.min(length - ((long) i << windowShift), all[i].capacity());
      if (rest > 0) {
        ((MappedByteBuffer) all[i]).force(0, (int) rest);
      }
    }
  }

  private ByteBuffer window(long base) {
    return windows[(int) (base >>> windowShift)];
  }

  private int at(long base, int offset) {
    return (int) (base & windowMask) + offset;
  }

  private long address(long base, int offset) {
    // The JIT compiler shares all but the offset between accesses with the same base, and folds the
    // offset into the instruction.
    return places[(int) (base >>> windowShift) << 1] + (base & windowMask) + offset;
  }

  /**
   * Resolves a position, for several accesses by {@link #getLongAt} and the like. In fast mode this
   * is the one check of the position, and it costs less than a look at {@link #mappedBytes()}; in
   * the default mode each access checks by itself.
   *
   * @param base position, 0 or more
   * @param bytes how many are read from there on
   * @return the place, valid as long as this object is reachable
   * @throws IndexOutOfBoundsException in fast mode, if not all of these bytes are mapped in one
   *     window, as far as this thread knows
   */
  public long place(long base, long bytes) {
    if (!IS_FAST) {
      return base;
    }
    long[] all = places;
    int shift = windowShift;
    int window = (int) (base >>> shift) << 1;
    long at = base & (1L << shift) - 1;
    if (at + bytes > all[window + 1]) {
      throw new IndexOutOfBoundsException("position=" + base + " bytes=" + bytes);
    }
    return all[window] + at;
  }

  /** Plain read of eight bytes at a {@link #place}. */
  public long getLongAt(long place, int offset) {
    return IS_FAST ? UnsafeApi.getLong(place + offset) : getLong(place, offset);
  }

  /** Plain read of four bytes at a {@link #place}. */
  public int getIntAt(long place, int offset) {
    return IS_FAST ? UnsafeApi.getInt(place + offset) : getInt(place, offset);
  }

  /** Read of one byte at a {@link #place}. */
  public byte getByteAt(long place, int offset) {
    return IS_FAST ? UnsafeApi.getByte(place + offset) : getByte(place, offset);
  }

  /** Read of an aligned long at a {@link #place}, before all reads and writes after it. */
  public long getLongAcquireAt(long place, int offset) {
    return IS_FAST ? UnsafeApi.getLongAcquire(null, place + offset) : getLongAcquire(place, offset);
  }

  /** Read of an aligned int at a {@link #place}, before all reads and writes after it. */
  public int getIntAcquireAt(long place, int offset) {
    return IS_FAST ? UnsafeApi.getIntAcquire(null, place + offset) : getIntAcquire(place, offset);
  }

  /** Plain read of eight bytes. */
  public long getLong(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getLong(address(base, offset))
        : (long) LONG.get(window(base), at(base, offset));
  }

  /** Plain read of four bytes. */
  public int getInt(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getInt(address(base, offset))
        : (int) INT.get(window(base), at(base, offset));
  }

  /** Read of one byte. */
  public byte getByte(long base, int offset) {
    return IS_FAST ? UnsafeApi.getByte(address(base, offset)) : window(base).get(at(base, offset));
  }

  /** Plain write of eight bytes: not ordered against other writes. */
  public void putLong(long base, int offset, long value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 8, false);
    }
    if (IS_FAST) {
      UnsafeApi.putLong(address(base, offset), value);
    } else {
      LONG.set(window(base), at(base, offset), value);
    }
  }

  /** Plain write of four bytes. */
  public void putInt(long base, int offset, int value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 4, false);
    }
    if (IS_FAST) {
      UnsafeApi.putInt(address(base, offset), value);
    } else {
      INT.set(window(base), at(base, offset), value);
    }
  }

  /** Write of one byte. */
  public void putByte(long base, int offset, byte value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 1, false);
    }
    if (IS_FAST) {
      UnsafeApi.putByte(address(base, offset), value);
    } else {
      window(base).put(at(base, offset), value);
    }
  }

  /**
   * Write of an aligned long after all writes before it: a process that is killed leaves either
   * this write and all before it, or not this write.
   */
  public void putLongRelease(long base, int offset, long value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 8, true);
    }
    if (IS_FAST) {
      UnsafeApi.storeFence();
      UnsafeApi.putLong(address(base, offset), value);
    } else {
      LONG.setRelease(window(base), at(base, offset), value);
    }
  }

  /** As {@link #putLongRelease} for an aligned int. */
  public void putIntRelease(long base, int offset, int value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 4, true);
    }
    if (IS_FAST) {
      UnsafeApi.storeFence();
      UnsafeApi.putInt(address(base, offset), value);
    } else {
      INT.setRelease(window(base), at(base, offset), value);
    }
  }

  /** Read of an aligned long before all reads and writes after it; pairs with a release. */
  public long getLongAcquire(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getLongAcquire(null, address(base, offset))
        : (long) LONG.getAcquire(window(base), at(base, offset));
  }

  /** As {@link #getLongAcquire} for an aligned int. */
  public int getIntAcquire(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getIntAcquire(null, address(base, offset))
        : (int) INT.getAcquire(window(base), at(base, offset));
  }

  /** Read of an aligned long, in one order with all volatile writes and changes. */
  public long getLongVolatile(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getLongVolatile(null, address(base, offset))
        : (long) LONG.getVolatile(window(base), at(base, offset));
  }

  /** As {@link #getLongVolatile} for an aligned int. */
  public int getIntVolatile(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getIntVolatile(null, address(base, offset))
        : (int) INT.getVolatile(window(base), at(base, offset));
  }

  /** Write of an aligned long, in one order with all volatile reads and changes. */
  public void putLongVolatile(long base, int offset, long value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 8, true);
    }
    if (IS_FAST) {
      UnsafeApi.putLongVolatile(null, address(base, offset), value);
    } else {
      LONG.setVolatile(window(base), at(base, offset), value);
    }
  }

  /** Changes an aligned long if it has the expected value; volatile. True if it did. */
  public boolean compareAndSetLong(long base, int offset, long expected, long value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 8, true);
    }
    return IS_FAST
        ? UnsafeApi.compareAndSetLong(null, address(base, offset), expected, value)
        : (boolean) LONG.compareAndSet(window(base), at(base, offset), expected, value);
  }

  /** As {@link #compareAndSetLong} for an aligned int. */
  public boolean compareAndSetInt(long base, int offset, int expected, int value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 4, true);
    }
    return IS_FAST
        ? UnsafeApi.compareAndSetInt(null, address(base, offset), expected, value)
        : (boolean) INT.compareAndSet(window(base), at(base, offset), expected, value);
  }

  /** Adds to an aligned long and returns what it was; volatile. */
  public long getAndAddLong(long base, int offset, long delta) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 8, true);
    }
    return IS_FAST
        ? UnsafeApi.getAndAddLong(null, address(base, offset), delta)
        : (long) LONG.getAndAdd(window(base), at(base, offset), delta);
  }

  /** As {@link #getAndAddLong} for an aligned int. */
  public int getAndAddInt(long base, int offset, int delta) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 4, true);
    }
    return IS_FAST
        ? UnsafeApi.getAndAddInt(null, address(base, offset), delta)
        : (int) INT.getAndAdd(window(base), at(base, offset), delta);
  }

  /** No later read or write comes before an earlier read. */
  public static void acquireFence() {
    VarHandle.acquireFence();
  }

  /** No later access comes before an earlier one. */
  public static void fullFence() {
    if (IS_HOOKED) {
      CrashPoint.fence();
    }
    VarHandle.fullFence();
  }

  /** No later write comes before an earlier one, whatever kind they are. */
  public static void storeStoreFence() {
    if (IS_HOOKED) {
      CrashPoint.fence();
    }
    VarHandle.storeStoreFence();
  }

  /** Copies from the heap. */
  public void putBytes(long base, byte[] source, int sourceOffset, int length) {
    if (IS_HOOKED) {
      CrashPoint.storing(base, length, false);
    }
    if (length > 0) {
      window(base).put(at(base, 0), source, sourceOffset, length);
    }
  }

  /** Copies to the heap. */
  public void getBytes(long base, byte[] target, int targetOffset, int length) {
    if (length > 0) {
      window(base).get(at(base, 0), target, targetOffset, length);
    }
  }

  /**
   * A copy of bytes on the heap.
   *
   * @param place resolved for so many bytes behind the offset
   */
  public byte[] copyAt(long place, int offset, int length) {
    byte[] copy = new byte[length];
    if (IS_FAST && length <= FEW_BYTES) {
      int i = 0;
      for (; i <= length - Long.BYTES; i += Long.BYTES) {
        HeapBytes.LONG.set(copy, i, UnsafeApi.getLong(place + offset + i));
      }
      for (; i < length; i++) {
        copy[i] = UnsafeApi.getByte(place + offset + i);
      }
    } else if (IS_FAST) {
      UnsafeApi.copyMemory(
          null, place + offset, copy, UnsafeApi.arrayBaseOffset(byte[].class), length);
    } else {
      getBytes(place + offset, copy, 0, length);
    }
    return copy;
  }

  /** Copies within the file; the ranges do not overlap. */
  public void copy(long from, long to, int length) {
    if (length <= 64 && (length & 7) == 0) {
      for (int i = 0; i < length; i += 8) {
        putLong(to, i, getLong(from, i));
      }
    } else {
      if (IS_HOOKED) {
        CrashPoint.storing(to, length, false);
      }
      window(to).put(at(to, 0), window(from), at(from, 0), length);
    }
  }

  /** Writes zeros. */
  public void zero(long base, int length) {
    if (IS_HOOKED) {
      CrashPoint.storing(base, length, false);
    }
    ByteBuffer window = window(base);
    int at = at(base, 0);
    int done = 0;
    while (done < length) {
      int step = Math.min(ZEROS.length, length - done);
      window.put(at + done, ZEROS, 0, step);
      done += step;
    }
  }

  /** True if the bytes at {@code base} are those of the array. */
  public boolean sameBytes(long base, byte[] other, int length) {
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      if (getLong(base, i) != (long) HeapBytes.LONG.get(other, i)) {
        return false;
      }
    }
    for (; i < length; i++) {
      if (getByte(base, i) != other[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * A read-only, little-endian view of {@code length} bytes. It is shared: valid until the next
   * call of this method, and not to be kept.
   */
  public ByteBuffer readView(long base, int length) {
    int from = at(base, 0);
    return view(readViews[(int) (base >>> windowShift)], from, length);
  }

  /** A writable view under the same conditions as {@link #readView}. */
  public ByteBuffer writeView(long base, int length) {
    if (IS_HOOKED) {
      CrashPoint.storing(base, length, false);
    }
    int from = at(base, 0);
    return view(writeViews[(int) (base >>> windowShift)], from, length);
  }

  /** A read-only, little-endian view of {@code length} bytes, for any thread and to be kept. */
  public ByteBuffer slice(long base, int length) {
    ByteBuffer slice = window(base).slice(at(base, 0), length);
    return slice.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer view(ByteBuffer view, int from, int length) {
    // The order too, as whoever had the view before may have changed it.
    return view.order(ByteOrder.LITTLE_ENDIAN).limit(from + length).position(from);
  }

  /** Keeps the mapping reachable up to this point; needed after the last access by address. */
  public void keepAlive() {
    if (IS_FAST) {
      Reference.reachabilityFence(this);
    }
  }
}
