package io.tophash.core.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks come and go a hundred times over; the file does not grow with the work done. */
@Tag("contract")
@Tag("full")
class AllocatorChurnTest {
  /** Sizes of the blocks of one store, and how much of them is live. */
  enum Sizes {
    TINY(4 << 20, r -> 1 + r.nextInt(128)),
    RECORDS(32 << 20, r -> 20 + r.nextInt(2000)),
    ONE_SIZE(32 << 20, r -> 1000),
    A_BIT_OVER_A_PAGE(64 << 20, r -> 16_500 + r.nextInt(16_000)),
    LOG_UNIFORM(64 << 20, r -> 1 + r.nextInt(1 << 1 + r.nextInt(20))),
    UNIFORM(128 << 20, r -> 1 + r.nextInt(1 << 20)),
    LARGE(128 << 20, r -> (64 << 10) + r.nextInt(960 << 10)),
    SMALL_AND_LARGE(64 << 20, r -> r.nextInt(200) > 0 ? 16 + r.nextInt(300) : 900_000);

    private final int liveBytes;
    private final ToIntFunction<Random> next;

    Sizes(int liveBytes, ToIntFunction<Random> next) {
      this.liveBytes = liveBytes;
      this.next = next;
    }
  }

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "TINY,30",
    "RECORDS,30",
    "ONE_SIZE,30",
    "A_BIT_OVER_A_PAGE,30",
    "LOG_UNIFORM,30",
    "UNIFORM,30",
    "LARGE,30",
    "SMALL_AND_LARGE,30",
    "TINY,20",
    "RECORDS,20",
    "A_BIT_OVER_A_PAGE,20",
    "SMALL_AND_LARGE,20"
  })
  void theFileStaysWithinOneAndAHalfTimesTheLiveBytes(Sizes sizes, int windowShift) {
    Random random = new Random(17);
    try (AllocatorFixture store = new AllocatorFixture(directory.resolve("a"), windowShift)) {
      long empty = store.allocator.limitBytes();
      long[] positions = new long[1 << 20];
      int[] bytesOf = new int[positions.length];
      int count = 0;
      long live = 0;
      for (long allocated = 0; allocated < 100L * sizes.liveBytes; ) {
        int bytes = sizes.next.applyAsInt(random);
        while (live + bytes > sizes.liveBytes) {
          int i = random.nextInt(count);
          store.allocator.free(positions[i]);
          live -= bytesOf[i];
          positions[i] = positions[--count];
          bytesOf[i] = bytesOf[count];
        }
        positions[count] = store.allocate(bytes);
        bytesOf[count++] = bytes;
        live += bytes;
        allocated += bytes;
      }
      double ratio = (double) store.allocator.limitBytes() / sizes.liveBytes;
      assertTrue(ratio < 1.5, () -> "file bytes / live bytes = " + ratio);
      assertTrue(store.allocator.limitBytes() <= store.file.length());

      for (int i = 0; i < count; i++) {
        store.allocator.free(positions[i]);
      }
      store.allocator.trim(0);
      assertEquals(empty, store.file.length());
    }
  }
}
