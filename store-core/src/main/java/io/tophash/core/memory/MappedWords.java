package io.tophash.core.memory;

import static io.tophash.core.memory.CrashPoint.IS_HOOKED;
import static io.tophash.core.memory.MemoryMode.IS_FAST;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * The words of a {@link MappedMemory}: one access to one of them, in each of the modes.
 *
 * <p>The name of a method says how it is ordered; release and acquire, and volatile, mean what they
 * mean for a {@link VarHandle}.
 */
abstract class MappedWords extends MappedWindows {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  MappedWords(int windowShift) {
    super(windowShift);
  }

  final ByteBuffer window(long base) {
    return windows[(int) (base >>> windowShift)];
  }

  final int at(long base, int offset) {
    return (int) (base & windowMask) + offset;
  }

  private long address(long base, int offset) {
    // The JIT compiler shares all but the offset between accesses with the same base, and folds the
    // offset into the instruction.
    return places[(int) (base >>> windowShift) << 1] + (base & windowMask) + offset;
  }

  /** Plain read of eight bytes. */
  public final long getLong(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getLong(address(base, offset))
        : (long) LONG.get(window(base), at(base, offset));
  }

  /** Plain read of four bytes. */
  public final int getInt(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getInt(address(base, offset))
        : (int) INT.get(window(base), at(base, offset));
  }

  /** Read of one byte. */
  public final byte getByte(long base, int offset) {
    return IS_FAST ? UnsafeApi.getByte(address(base, offset)) : window(base).get(at(base, offset));
  }

  /** Plain write of eight bytes: not ordered against other writes. */
  public final void putLong(long base, int offset, long value) {
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
  public final void putInt(long base, int offset, int value) {
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
  public final void putByte(long base, int offset, byte value) {
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
  public final void putLongRelease(long base, int offset, long value) {
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
  public final void putIntRelease(long base, int offset, int value) {
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
  public final long getLongAcquire(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getLongAcquire(null, address(base, offset))
        : (long) LONG.getAcquire(window(base), at(base, offset));
  }

  /** As {@link #getLongAcquire} for an aligned int. */
  public final int getIntAcquire(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getIntAcquire(null, address(base, offset))
        : (int) INT.getAcquire(window(base), at(base, offset));
  }

  /** Read of an aligned long, in one order with all volatile writes and changes. */
  public final long getLongVolatile(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getLongVolatile(null, address(base, offset))
        : (long) LONG.getVolatile(window(base), at(base, offset));
  }

  /** As {@link #getLongVolatile} for an aligned int. */
  public final int getIntVolatile(long base, int offset) {
    return IS_FAST
        ? UnsafeApi.getIntVolatile(null, address(base, offset))
        : (int) INT.getVolatile(window(base), at(base, offset));
  }

  /** Write of an aligned long, in one order with all volatile reads and changes. */
  public final void putLongVolatile(long base, int offset, long value) {
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
  public final boolean compareAndSetLong(long base, int offset, long expected, long value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 8, true);
    }
    return IS_FAST
        ? UnsafeApi.compareAndSetLong(null, address(base, offset), expected, value)
        : (boolean) LONG.compareAndSet(window(base), at(base, offset), expected, value);
  }

  /** As {@link #compareAndSetLong} for an aligned int. */
  public final boolean compareAndSetInt(long base, int offset, int expected, int value) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 4, true);
    }
    return IS_FAST
        ? UnsafeApi.compareAndSetInt(null, address(base, offset), expected, value)
        : (boolean) INT.compareAndSet(window(base), at(base, offset), expected, value);
  }

  /** Adds to an aligned long and returns what it was; volatile. */
  public final long getAndAddLong(long base, int offset, long delta) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 8, true);
    }
    return IS_FAST
        ? UnsafeApi.getAndAddLong(null, address(base, offset), delta)
        : (long) LONG.getAndAdd(window(base), at(base, offset), delta);
  }

  /** As {@link #getAndAddLong} for an aligned int. */
  public final int getAndAddInt(long base, int offset, int delta) {
    if (IS_HOOKED) {
      CrashPoint.storing(base + offset, 4, true);
    }
    return IS_FAST
        ? UnsafeApi.getAndAddInt(null, address(base, offset), delta)
        : (int) INT.getAndAdd(window(base), at(base, offset), delta);
  }
}
