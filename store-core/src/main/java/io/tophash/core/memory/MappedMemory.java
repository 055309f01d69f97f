package io.tophash.core.memory;

import static io.tophash.core.memory.CrashPoint.IS_HOOKED;
import static io.tophash.core.memory.MemoryMode.IS_FAST;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * <p>Any number of threads may read and write the bytes. In fast mode nothing else stands between a
 * position and memory that is not mapped, so the caller compares it with that figure. The shared
 * views ({@link #readView}, {@link #writeView}) are for owners that are used by one thread at a
 * time.
 */
public final class MappedMemory extends MappedWindows {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  // Up to here a loop copies faster than a call of the JVM's routine.
  private static final int FEW_BYTES = 256;
  private static final byte[] ZEROS = new byte[8192];

  /**
   * @param windowShift log2 of the window size in bytes
   */
  public MappedMemory(int windowShift) {
    super(windowShift);
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
