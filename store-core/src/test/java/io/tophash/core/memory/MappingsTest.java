package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.errors.StoreFullException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store stops before the JVM would be aborted for want of mappings. */
@Tag("fault")
class MappingsTest {
  private static final int SHIFT = 16;

  @TempDir Path directory;

  @Test
  void aTenthIsLeftToTheJvm() {
    Path store = directory.resolve("a.tph");
    Mappings.check(58_977, 65_530, store, 1 << SHIFT);
    String message =
        assertThrows(
                StoreFullException.class, () -> Mappings.check(58_978, 65_530, store, 1 << SHIFT))
            .getMessage();
    assertTrue(message.contains("vm.max_map_count=65530"), message);
    assertTrue(message.contains("larger windows"), message);
    Mappings.check(1 << 20, Long.MAX_VALUE, store, 1 << SHIFT);
  }

  @Test
  void smallWindowsEndInAnExceptionAndTheJvmGoesOn() {
    assumeTrue(Mappings.limit() <= 1 << 17, "so many are not worth a test");
    // Sparse: it takes no space.
    try (StoreFile file = StoreFile.open(directory.resolve("a.tph"), false, Long.MAX_VALUE)) {
      MappedMemory memory = file.map(SHIFT);
      long end = (Mappings.limit() + 100) << SHIFT;
      file.ensureLength(end);
      assertThrows(StoreFullException.class, () -> file.ensureMapped(end));
      long mapped = memory.mappedBytes();
      assertTrue(mapped > end / 2, () -> "mapped=" + mapped);
      memory.putLong(mapped - 8, 0, 7);
      assertEquals(7, memory.getLong(mapped - 8, 0));
    }
  }
}
