package io.tophash.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codec;
import io.tophash.core.codec.Codecs;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code getInto} allocates nothing, whatever the JIT compiler makes of it. */
@Tag("contract")
class AllocationTest {
  private static final int CALLS = 20_000;

  private static <K> void assertAllocatesNothing(Codec<K> keys, IntFunction<K> key) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (HashStore<K, byte[]> store =
        HashStore.builder(keys, Codecs.bytes()).windowBytes(1 << 20).openTemporary()) {
      Object[] all = new Object[100];
      for (int i = 0; i < all.length; i++) {
        all[i] = key.apply(i);
        store.set(key.apply(i), new byte[i]);
      }
      ByteBuffer target = ByteBuffer.allocateDirect(200);
      lookUp(store, all, target);
      long before = threads.getCurrentThreadAllocatedBytes();
      lookUp(store, all, target);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      // The measurement itself takes some.
      assertTrue(allocated < CALLS, () -> "bytes=" + allocated + " calls=" + CALLS);
    }
  }

  @SuppressWarnings("unchecked")
  private static <K> void lookUp(HashStore<K, byte[]> store, Object[] keys, ByteBuffer target) {
    for (int i = 0; i < CALLS; i++) {
      int n = i % keys.length;
      target.clear();
      assertEquals(n, store.getInto((K) keys[n], target));
    }
  }

  @Test
  void getIntoAllocatesNothing() {
    assertAllocatesNothing(Codecs.int64(), i -> (long) i);
    assertAllocatesNothing(Codecs.uuid(), i -> new UUID(i, i));
    assertAllocatesNothing(Codecs.bytes(), i -> new byte[] {(byte) i, 1, 2, 3});
  }
}
