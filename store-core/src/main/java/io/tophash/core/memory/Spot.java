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

  // Fast mode: between these, straight code copies faster than a loop or the JVM's routine.
  private static final int FEW_BYTES = 32;
  private static final int MANY_BYTES = 128;

  // A constant to the JIT compiler, which a call is not.
  private static final long BYTES = IS_FAST ? UnsafeApi.arrayBaseOffset(byte[].class) : 0;

  private Spot() {}

  /**
   * The window of a position, or of a {@link MappedMemory#place}; null in fast mode.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public static ByteBuffer window(MappedMemory memory, long position) {
    return IS_FAST ? null : memory.windows[(int) (position >>> memory.windowShift)];
  }

  /**
   * The window of a position, where that of a place is at hand: nearly always it is the same.
   *
   * @param window of the place
   * @throws IndexOutOfBoundsException if there is none
   */
  public static ByteBuffer windowNear(
      MappedMemory memory, ByteBuffer window, long place, long position) {
    return IS_FAST || (place ^ position) >>> memory.windowShift == 0
        ? window
        : window(memory, position);
  }

  /** The spot of a place in its window. */
  public static long at(MappedMemory memory, long place) {
    return IS_FAST ? place : place & memory.windowMask;
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
    // Aligned, so it is read at once; a buffer would compute the alignment of each access.
    long value = getLong(window, spot, offset);
    MappedMemory.acquireFence();
    return value;
  }

  /** Read of an aligned int before all reads and writes after it. */
  public static int getIntAcquire(ByteBuffer window, long spot, int offset) {
    int value = getInt(window, spot, offset);
    MappedMemory.acquireFence();
    return value;
  }

  /**
   * Copies to the heap.
   *
   * @throws IndexOutOfBoundsException if the target has no such room
   */
  public static void copy(
      ByteBuffer window, long spot, int offset, byte[] target, int at, int length) {
    Objects.checkFromIndexSize(at, length, target.length);
    copyChecked(window, spot + offset, target, at, length);
  }

  /** A copy on the heap. */
  public static byte[] copy(ByteBuffer window, long spot, int offset, int length) {
    byte[] copy =
        IS_FAST
            ? (byte[]) UnsafeApi.allocateUninitializedArray(byte.class, length)
            : new byte[length];
    copyChecked(window, spot + offset, copy, 0, length);
    return copy;
  }

  private static void copyChecked(ByteBuffer window, long from, byte[] target, int at, int length) {
    if (!IS_FAST) {
      window.get((int) from, target, at, length);
    } else if (length >= FEW_BYTES && length <= MANY_BYTES) {
      copySome(from, target, BYTES + at, length);
    } else if (length > MANY_BYTES) {
      UnsafeApi.copyMemory(null, from, target, BYTES + at, length);
    } else {
      copyFew(from, target, BYTES + at, length);
    }
  }

  // The last 64 bytes may be copied twice.
  private static void copySome(long from, byte[] target, long to, int length) {
    copy32(from, target, to);
    if (length > 64) {
      copy32(from + 32, target, to + 32);
      copy32(from + length - 64, target, to + length - 64);
    }
    copy32(from + length - 32, target, to + length - 32);
  }

  private static void copy32(long from, byte[] target, long to) {
    UnsafeApi.putLong(target, to, UnsafeApi.getLong(from));
    UnsafeApi.putLong(target, to + 8, UnsafeApi.getLong(from + 8));
    UnsafeApi.putLong(target, to + 16, UnsafeApi.getLong(from + 16));
    UnsafeApi.putLong(target, to + 24, UnsafeApi.getLong(from + 24));
  }

  private static void copyFew(long from, byte[] target, long to, int length) {
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      UnsafeApi.putLong(target, to + i, UnsafeApi.getLong(from + i));
    }
    for (; i < length; i++) {
      UnsafeApi.putByte(target, to + i, UnsafeApi.getByte(from + i));
    }
  }
}
