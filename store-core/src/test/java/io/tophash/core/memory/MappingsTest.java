package io.tophash.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tophash.core.errors.StoreFullException;
import io.tophash.core.testing.Effort;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

  /** The file has its number in the first read only. */
  @Test
  void theLimitIsThatOfTheKernel() throws IOException {
    Path file = Path.of("/proc/sys/vm/max_map_count");
    assumeTrue(Files.exists(file), "the system does not tell it");
    byte[] digits = new byte[100];
    try (InputStream in = Files.newInputStream(file)) {
      String number = new String(digits, 0, in.read(digits), StandardCharsets.US_ASCII);
      assertEquals(Long.parseLong(number.trim()), Mappings.limit());
    }
    long used = Mappings.used();
    assertTrue(used > 10 && used < Mappings.limit(), () -> "used=" + used);
  }

  @Test
  void smallWindowsEndInAnExceptionAndTheJvmGoesOn() {
    assumeTrue(Effort.LONG, "takes long");
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
