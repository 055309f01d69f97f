package io.tophash.core.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An allocator whose file was left behind by a kill, or is damaged. */
@Tag("fault")
class AllocatorDamageTest {
  private static final int PAGE = SpanLayout.PAGE_BYTES;

  @TempDir Path directory;

  private Path path() {
    return directory.resolve("a");
  }

  private void extend(long bytes, byte filler) throws IOException {
    try (RandomAccessFile raw = new RandomAccessFile(path().toFile(), "rw")) {
      long from = raw.length();
      raw.setLength(bytes);
      for (long at = from; filler != 0 && at < bytes; at++) {
        raw.seek(at);
        raw.write(filler);
      }
    }
  }

  @Test
  void aSparseTailIsCutOffBeforeItCouldBeHandedOut() throws IOException {
    try (AllocatorFixture store = new AllocatorFixture(path(), 20)) {
      store.allocate(100);
      long limit = store.allocator.limitBytes();
      store.file.close();
      extend(1 << 20, (byte) 0); // as a kill between the mapping of a window and the cut leaves it
      store.open(false);
      assertEquals(limit, store.file.length());
      assertEquals(limit, Files.size(path()));
      long block = store.allocate(500_000);
      assertTrue(block + 500_000 <= Files.size(path()));
    }
  }

  @Test
  void oldBytesBehindTheLimitAreNotTakenForZeros() throws IOException {
    try (AllocatorFixture store = new AllocatorFixture(path(), 20)) {
      BlockModel model = new BlockModel(store);
      store.file.close();
      extend(Files.size(path()) + 5 * PAGE + 100, (byte) -1);
      store.open(false);
      for (int i = 0; i < 8; i++) {
        long block = store.allocateZeroed(40_000);
        model.assertZero(block, 40_000);
        model.add(block, 40_000);
      }
      model.checkAll();
    }
  }

  @Test
  void aTailStaysUnderAReadOnlyOpener() throws IOException {
    try (AllocatorFixture store = new AllocatorFixture(path(), 20)) {
      store.file.close();
      extend(300_000, (byte) 7);
      store.open(true);
      assertEquals(300_000, store.file.length());
      assertEquals(300_000, Files.size(path()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1000, 1L << 50, Long.MIN_VALUE, Long.MAX_VALUE})
  void anImpossibleLimitIsReported(long limitPages) {
    try (AllocatorFixture store = new AllocatorFixture(path(), 20)) {
      store.allocate(100);
      store.memory.putLong(0, HeaderLayout.LIMIT_PAGES, limitPages);
      CorruptStoreException e = assertThrows(CorruptStoreException.class, store::reopen);
      assertTrue(e.getMessage().contains("position=" + HeaderLayout.LIMIT_PAGES), e.getMessage());
    }
  }

  @Test
  void aLimitThatIsTooLowCutsNothingOff() throws IOException {
    try (AllocatorFixture store = new AllocatorFixture(path(), 20)) {
      store.allocate(100);
      store.allocate(300_000);
      long fileBytes = store.file.length();
      store.memory.putLong(0, HeaderLayout.LIMIT_PAGES, 3);
      assertThrows(CorruptStoreException.class, store::reopen);
      assertEquals(fileBytes, Files.size(path()));
    }
  }

  @Test
  void aFileThatWasCutIsReported() throws IOException {
    try (AllocatorFixture store = new AllocatorFixture(path(), 20)) {
      store.allocate(300_000);
      long limit = store.allocator.limitBytes();
      store.file.close();
      try (RandomAccessFile raw = new RandomAccessFile(path().toFile(), "rw")) {
        raw.setLength(limit - 1);
      }
      CorruptStoreException e = assertThrows(CorruptStoreException.class, () -> store.open(false));
      assertTrue(e.getMessage().contains("truncated"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 3, 1L << 40})
  void wrongHintsCostOnlySpeed(long wrong) {
    Random random = new Random(wrong);
    try (AllocatorFixture store = new AllocatorFixture(path(), 20)) {
      BlockModel model = new BlockModel(store);
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 200; i++) {
          int bytes = 1 + random.nextInt(60_000);
          model.add(store.allocate(bytes), bytes);
          if (random.nextInt(3) > 0) {
            store.allocator.free(model.remove(random));
          }
        }
        store.memory.putLong(0, HeaderLayout.FREE_PAGES, wrong);
        for (int word = 0; word < 80; word++) {
          store.memory.putLong(0, HeaderLayout.CLASS_COUNTS + 8 * word, wrong);
        }
        store.reattach();
      }
      while (model.size() > 0) {
        store.allocator.free(model.remove(random));
      }
      assertEquals(0, model.liveBytes());
    }
  }

  /**
   * Stops the process at the point that the system property "stopAt" names, or before the first
   * store of the trim to the word of the header that it names.
   */
  public static final class StopAt implements CrashPoint.Hook {
    static volatile boolean isTrimming;

    @Override
    public void reached(String point) {
      if (isTrimming && point.equals(System.getProperty("stopAt"))) {
        System.out.println("stopped");
        Runtime.getRuntime().halt(0);
      }
    }

    @Override
    public void storing(long position, int length, boolean release) {
      reached("word " + position);
    }
  }

  /** Fills a store with bytes that are not zero, frees all but one block, and trims it. */
  static final class Trimmer {
    public static void main(String[] args) {
      try (AllocatorFixture store = new AllocatorFixture(Path.of(args[0]), 16)) {
        BlockModel model = new BlockModel(store);
        long kept = store.allocate(20_000);
        for (int i = 0; i < 40; i++) {
          model.add(store.allocate(40_000), 40_000);
        }
        Random random = new Random(1);
        while (model.size() > 0) {
          store.allocator.free(model.remove(random));
        }
        StopAt.isTrimming = true;
        store.allocator.trim(0);
        System.out.println("trimmed, kept=" + kept);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "word " + HeaderLayout.LIMIT_PAGES,
        "trim.limit",
        "word " + HeaderLayout.FREE_PAGES,
        "trim.truncated",
        "word " + HeaderLayout.FRESH_PAGE
      })
  void aKillDuringTrimLeavesNoOldBytesWhereZerosAreExpected(String point) {
    List<String> flags =
        List.of("-Dtophash.crashHook=" + StopAt.class.getName(), "-DstopAt=" + point);
    try (ChildJvm child = ChildJvm.start(flags, Trimmer.class, path())) {
      assertEquals("stopped", child.readLine());
      child.assertSucceeds();
    }
    try (AllocatorFixture store = AllocatorFixture.existing(path(), 16)) {
      BlockModel model = new BlockModel(store);
      for (int i = 0; i < 50; i++) {
        long block = store.allocateZeroed(40_000);
        model.assertZero(block, 40_000);
        model.add(block, 40_000);
      }
    }
  }
}
