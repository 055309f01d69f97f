package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.tophash.core.codec.Codecs;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the Javadoc of {@code getInto} promises: it allocates nothing. */
@Tag("fast")
@Tag("contract")
class GetIntoAllocatesNothingTest {
  private static final int ENTRIES = 2_000;
  // Until the compiler, which may be busy, has got rid of what does not escape.
  private static final int MAX_ROUNDS = 5_000;
  // A byte for each lookup: one of the few keys in a dirty table takes some eighty.
  private static final long ENOUGH = 2 * ENTRIES;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path directory;

  private interface Lookup {
    int getInto(String key, ByteBuffer target);
  }

  @Test
  void ofStringsAndBytes() {
    try (SyncStore<String, byte[]> store =
        SyncStore.builder(Codecs.utf8(), Codecs.bytes()).open(directory.resolve("store"))) {
      String[] keys = new String[ENTRIES];
      for (int i = 0; i < ENTRIES; i++) {
        keys[i] = "key-" + i;
        store.put(keys[i], new byte[i % 97]);
      }
      check(keys, store::getInto, ByteBuffer.allocate(128));
      check(keys, store::getInto, ByteBuffer.allocateDirect(128));
    }
  }

  private static void check(String[] keys, Lookup lookup, ByteBuffer target) {
    long fewest = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && fewest > ENOUGH; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      int absent = 0;
      for (int i = 0; i < keys.length; i++) {
        absent += lookup.getInto(keys[i], target.clear()) == i % 97 ? 0 : 1;
        absent += lookup.getInto("none", target.clear()) < 0 ? 0 : 1;
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertEquals(0, absent);
      fewest = Math.min(fewest, allocated);
    }
    assertTrue(fewest <= ENOUGH, "bytes allocated by lookups, 2 x " + ENTRIES + ": " + fewest);
  }
}
