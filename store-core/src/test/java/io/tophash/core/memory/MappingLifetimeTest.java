package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mapping outlives the close as long as somebody may be inside an access, and no longer. */
@Tag("fast")
@Tag("contract")
class MappingLifetimeTest {
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  @TempDir Path directory;

  private MappedMemory openAndClose(String name) {
    try (StoreFile file = StoreFile.open(directory.resolve(name), false, 1 << 20)) {
      MappedMemory memory = file.map(16);
      file.ensureLength(1 << 17);
      file.ensureMapped(1 << 17);
      file.publish();
      assertTrue(isMapped(name));
      return memory;
    }
  }

  private boolean isMapped(String name) {
    try {
      return Files.readString(MAPPINGS).contains(directory.getFileName() + "/" + name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void collectUntilUnmapped(String name) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (isMapped(name)) {
      System.gc();
      assertFalse(System.nanoTime() > deadline, "still mapped: " + name);
    }
  }

  @Test
  void anAccessByAddressIsSafeWhileItsMemoryIsReachable() {
    assumeTrue(Files.isReadable(MAPPINGS));
    MappedMemory inUse = openAndClose("used");
    openAndClose("unused");
    collectUntilUnmapped("unused");
    // Without addresses each access holds its buffer, so the mapping may be gone by now.
    assertTrue(isMapped("used") || MemoryMode.current() == MemoryMode.DEFAULT);
    assertEquals(0, inUse.windowCount());
    inUse.keepAlive();
    inUse = null;
    collectUntilUnmapped("used");
  }
}
