package io.tophash.core.memory;

import static io.tophash.core.memory.CrashPoint.IS_HOOKED;
import static io.tophash.core.memory.MemoryMode.IS_FAST;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
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
 * <p>Windows are added, never replaced or unmapped: the mapping goes when this object and all its
 * views have become unreachable, so a closed store can never crash an operation that is still
 * running.
 *
 * <p>Not thread-safe for writers of the window table; see the owner.
 */
public final class MappedMemory {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] ZEROS = new byte[8192];

  private final int windowShift;
  private final long windowMask;
  private ByteBuffer[] windows = new ByteBuffer[0];
  // Read-only and writable views whose position and limit are moved for each use.
  private ByteBuffer[] readViews = new ByteBuffer[0];
  private ByteBuffer[] writeViews = new ByteBuffer[0];
  private long[] addresses = new long[0];
  // Fast mode, after the close: an access by address holds no buffer, so this object must.
  private ByteBuffer[] closedWindows;

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

  /** Appends the next window. */
  void addWindow(MappedByteBuffer window) {
    int n = windows.length;
    windows = java.util.Arrays.copyOf(windows, n + 1);
    readViews = java.util.Arrays.copyOf(readViews, n + 1);
    writeViews = java.util.Arrays.copyOf(writeViews, n + 1);
    addresses = java.util.Arrays.copyOf(addresses, n + 1);
    windows[n] = window.order(ByteOrder.LITTLE_ENDIAN);
    readViews[n] = window.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    writeViews[n] = window.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    addresses[n] = IS_FAST ? BufferUtil.address(window) : 0;
  }

  /** Forgets the windows: every later access fails with an exception. */
  void clearWindows() {
    // The old arrays, and with them the mapping, live on for whoever is inside an access: a buffer
    // is held by the access itself, an address by the keepAlive() that follows it.
    closedWindows = IS_FAST ? windows : null;
    windows = new ByteBuffer[0];
    readViews = new ByteBuffer[0];
    writeViews = new ByteBuffer[0];
    addresses = new long[0];
  }

  /**
   * Writes the changed pages of the mapping back to the storage device and waits for it.
   *
   * @param length bytes from the start of the file
   */
  public void force(long length) {
    for (int i = 0; i < windows.length; i++) {
      long rest = Math.min(length - ((long) i << windowShift), windowBytes());
      if (rest > 0) {
        ((MappedByteBuffer) windows[i]).force(0, (int) rest);
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
    return addresses[(int) (base >>> windowShift)] + (base & windowMask) + offset;
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
