package io.tophash.core.memory;

import static io.tophash.core.memory.CrashPoint.IS_HOOKED;
import static io.tophash.core.memory.MemoryMode.IS_FAST;

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
public final class MappedMemory extends MappedWords {
  private static final byte[] ZEROS = new byte[8192];

  /**
   * @param windowShift log2 of the window size in bytes
   */
  public MappedMemory(int windowShift) {
    super(windowShift);
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
      if (getLong(base, i) != HeapBytes.getLong(other, i)) {
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

  /**
   * As {@link #readView}, to be read by the one that may also write: it shares no view with those
   * that only read.
   */
  public ByteBuffer changerView(long base, int length) {
    return view(writeViews[(int) (base >>> windowShift)], at(base, 0), length);
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
