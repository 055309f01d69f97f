package io.tophash.core.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Little-endian longs and ints in heap arrays, in the byte order of the file. */
public final class HeapBytes {
  /** View of eight bytes; index in bytes, any alignment. */
  public static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** View of four bytes; index in bytes, any alignment. */
  public static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private HeapBytes() {}
}
