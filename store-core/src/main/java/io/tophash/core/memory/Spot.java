package io.tophash.core.memory;

import static io.tophash.core.memory.MemoryMode.IS_FAST;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.agrona.UnsafeApi;

/**
 * Reads in one window of a {@link MappedMemory} that was resolved once, for code that counts
 * instructions. A <i>spot</i> is an index in the window, or, in fast mode, an address.
 *
 * <p>In the default mode each access is checked by the buffer. In fast mode nothing is: the caller
 * compares with {@link #mappedBytes}, and calls {@link MappedMemory#keepAlive} after its last read.
 */
public final class Spot {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  // Up to here a loop copies faster than a call of the JVM's routine.
  private static final int FEW_BYTES = 32;

  // A constant to the JIT compiler, which a call is not.
  private static final long BYTES = IS_FAST ? UnsafeApi.arrayBaseOffset(byte[].class) : 0;

  private Spot() {}

  /**
   * The window of a position; null in fast mode.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public static ByteBuffer window(MappedMemory memory, long position) {
    return IS_FAST ? null : memory.windows[(int) (position >>> memory.windowShift)];
  }

  /** The spot of a position in its window. */
  public static long of(MappedMemory memory, long position) {
    return (IS_FAST ? memory.places[(int) (position >>> memory.windowShift) << 1] : 0)
        + (position & memory.windowMask);
  }

  /** How many bytes are mapped from a position to the end of its window; used in fast mode. */
  public static long mappedBytes(MappedMemory memory, long position) {
    return IS_FAST
        ? memory.places[((int) (position >>> memory.windowShift) << 1) + 1]
            - (position & memory.windowMask)
        : Long.MAX_VALUE;
  }

  /** Plain read of eight bytes. */
  public static long getLong(ByteBuffer window, long spot, int offset) {
    return IS_FAST
        ? UnsafeApi.getLong(spot + offset)
        : (long) LONG.get(window, (int) spot + offset);
  }

  /** Plain read of four bytes. */
  public static int getInt(ByteBuffer window, long spot, int offset) {
    return IS_FAST ? UnsafeApi.getInt(spot + offset) : (int) INT.get(window, (int) spot + offset);
  }

  /** Read of one byte. */
  public static byte getByte(ByteBuffer window, long spot, int offset) {
    return IS_FAST ? UnsafeApi.getByte(spot + offset) : window.get((int) spot + offset);
  }

  /** Read of an aligned long before all reads and writes after it. */
  public static long getLongAcquire(ByteBuffer window, long spot, int offset) {
    return IS_FAST
        ? UnsafeApi.getLongAcquire(null, spot + offset)
        : (long) LONG.getAcquire(window, (int) spot + offset);
  }

  /** Read of an aligned int before all reads and writes after it. */
  public static int getIntAcquire(ByteBuffer window, long spot, int offset) {
    return IS_FAST
        ? UnsafeApi.getIntAcquire(null, spot + offset)
        : (int) INT.getAcquire(window, (int) spot + offset);
  }

  /**
   * Copies to the heap.
   *
   * @throws IndexOutOfBoundsException if the target has no such room
   */
  public static void copy(
      ByteBuffer window, long spot, int offset, byte[] target, int at, int length) {
    if (IS_FAST) {
      Objects.checkFromIndexSize(at, length, target.length);
      copy(spot + offset, target, at, length);
    } else {
      window.get((int) spot + offset, target, at, length);
    }
  }

  /** A copy on the heap. */
  public static byte[] copy(ByteBuffer window, long spot, int offset, int length) {
    byte[] copy =
        IS_FAST
            ? (byte[]) UnsafeApi.allocateUninitializedArray(byte.class, length)
            : new byte[length];
    if (IS_FAST) {
      copy(spot + offset, copy, 0, length);
    } else {
      window.get((int) spot + offset, copy, 0, length);
    }
    return copy;
  }

  private static void copy(long from, byte[] target, int at, int length) {
    long to = BYTES + at;
    if (length > FEW_BYTES) {
      UnsafeApi.copyMemory(null, from, target, to, length);
      return;
    }
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      UnsafeApi.putLong(target, to + i, UnsafeApi.getLong(from + i));
    }
    for (; i < length; i++) {
      UnsafeApi.putByte(target, to + i, UnsafeApi.getByte(from + i));
    }
  }
}
