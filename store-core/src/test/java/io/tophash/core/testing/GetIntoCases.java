package io.tophash.core.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tophash.core.StoreMap;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Javadoc of {@code getInto} promises: it allocates nothing. */
@Tag("contract")
public abstract class GetIntoCases {
  /** How many keys are looked up in a round, and as many that are absent. */
  protected static final int ENTRIES = 2_000;

  // Until the compiler, which may be busy, has got rid of what does not escape.
  private static final int MAX_ROUNDS = 5_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;

  protected abstract StoreMap<String, byte[]> open(Path path);

  /** How many bytes a round may allocate. */
  protected abstract long enough();

  @Test
  void ofStringsAndBytes() {
    try (StoreMap<String, byte[]> store = open(directory.resolve("store"))) {
      String[] keys = new String[ENTRIES];
      for (int i = 0; i < ENTRIES; i++) {
        keys[i] = "key-" + i;
        store.put(keys[i], new byte[i % 97]);
      }
      check(keys, store, ByteBuffer.allocate(128));
      check(keys, store, ByteBuffer.allocateDirect(128));
    }
  }

  private void check(String[] keys, StoreMap<String, byte[]> store, ByteBuffer target) {
    long fewest = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && fewest > enough(); round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      int absent = 0;
      for (int i = 0; i < keys.length; i++) {
        absent += store.getInto(keys[i], target.clear()) == i % 97 ? 0 : 1;
        absent += store.getInto("none", target.clear()) < 0 ? 0 : 1;
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertEquals(0, absent);
      fewest = Math.min(fewest, allocated);
    }
    assertTrue(fewest <= enough(), "bytes allocated by lookups, 2 x " + ENTRIES + ": " + fewest);
  }
}
