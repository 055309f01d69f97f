package io.tophash.core.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.StoreFullException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random calls of the allocator, compared with a simple model. */
@Tag("fast")
@Tag("contract")
class BlockAllocatorModelTest {
  @TempDir Path directory;

  /** Log-uniform, so that every size class and large blocks of all sizes occur. */
  private static int randomBytes(Random random, int maxBytes) {
    int bits = random.nextInt(32 - Integer.numberOfLeadingZeros(maxBytes)) + 1;
    return Math.min(maxBytes, random.nextInt(1 << bits) + 1);
  }

  private static void allocate(
      AllocatorFixture fixture, BlockModel model, int bytes, boolean zero) {
    long position = zero ? fixture.allocateZeroed(bytes) : fixture.allocate(bytes);
    assertEquals(position, fixture.memory.getLong(0, AllocatorFixture.NOTE), "the note");
    if (zero) {
      model.assertZero(position, bytes);
    }
    model.add(position, bytes);
  }

  private static void free(AllocatorFixture fixture, BlockModel model, Random random) {
    long position = model.remove(random);
    if (random.nextBoolean()) {
      fixture.allocator.free(position);
    } else {
      assertTrue(fixture.allocator.freeIfAllocated(position));
      assertFalse(fixture.allocator.freeIfAllocated(position));
    }
    assertFalse(fixture.allocator.isAllocated(position));
  }

  @ParameterizedTest
  @CsvSource({"30,1048576,1", "20,900000,2", "16,49152,3", "17,100000,4", "24,1048576,5"})
  void everyBlockKeepsItsBytesUntilItIsFreed(int windowShift, int maxBytes, long seed) {
    Random random = new Random(seed);
    try (AllocatorFixture fixture = new AllocatorFixture(directory.resolve("a"), windowShift)) {
      BlockModel model = new BlockModel(fixture);
      for (int phase = 0; phase < 12; phase++) {
        int target = random.nextInt(700);
        for (int i = 0; i < 600; i++) {
          if (model.size() == 0 || random.nextInt(1000) < (model.size() < target ? 700 : 300)) {
            allocate(fixture, model, randomBytes(random, maxBytes), random.nextBoolean());
          } else {
            free(fixture, model, random);
          }
        }
        model.checkAll();
        switch (phase % 6) {
          case 0 -> fixture.reattach();
          case 1 -> fixture.allocator.trim(0);
          case 2 -> fixture.reopen();
          case 4 -> {
            fixture.allocator.freeAll();
            model.clear();
          }
          default -> {}
        }
        model.checkAll();
      }
    }
  }

  @Test
  void aFullStoreLosesNothingAndTakesBlocksAgainOnceSomeAreFreed() {
    Random random = new Random(6);
    long maxBytes = 9 << 20;
    try (AllocatorFixture fixture = new AllocatorFixture(directory.resolve("a"), 20, maxBytes)) {
      BlockModel model = new BlockModel(fixture);
      for (int round = 0; round < 30; round++) {
        boolean full = false;
        while (!full) {
          int bytes = randomBytes(random, 600_000);
          long note = fixture.memory.getLong(0, AllocatorFixture.NOTE);
          try {
            allocate(fixture, model, bytes, random.nextBoolean());
          } catch (StoreFullException e) {
            full = true;
            assertEquals(note, fixture.memory.getLong(0, AllocatorFixture.NOTE));
          }
        }
        assertTrue(fixture.file.length() <= maxBytes);
        assertTrue(model.liveBytes() > maxBytes / 3, "given up early");
        model.checkAll();
        for (int i = model.size() / 2; i > 0; i--) {
          free(fixture, model, random);
        }
        model.checkAll();
      }
    }
  }

  @Test
  void theLastPageBelowTheLimitCanBeUsed() {
    long maxBytes = 32 * 16384;
    try (AllocatorFixture fixture = new AllocatorFixture(directory.resolve("a"), 20, maxBytes)) {
      BlockModel model = new BlockModel(fixture);
      assertEquals(2, fixture.reservedPages());
      for (int i = 0; i < 10; i++) {
        allocate(fixture, model, 3 * 16384, true);
      }
      assertEquals(maxBytes, fixture.file.length());
      assertThrows(StoreFullException.class, () -> fixture.allocate(1));
      model.checkAll();
    }
  }
}
