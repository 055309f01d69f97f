package io.tophash.core.alloc;

import static io.tophash.core.alloc.AllocatorFixture.NOTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.errors.CorruptStoreException;
import io.tophash.core.errors.StoreFullException;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.format.SizeClasses;
import io.tophash.core.format.SpanLayout;
import io.tophash.core.memory.MemoryMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the allocator promises for single calls. */
@Tag("fast")
@Tag("contract")
class BlockAllocatorTest {
  private static final int PAGE = SpanLayout.PAGE_BYTES;
  private static final int ONE_PAGE = 14_000; // its spans hold one block

  @TempDir Path directory;

  private AllocatorFixture newStore(int windowShift) {
    return new AllocatorFixture(directory.resolve("a"), windowShift);
  }

  private static List<Long> blocks(AllocatorFixture store) {
    List<Long> blocks = new ArrayList<>();
    store.allocator.forEachBlock(blocks::add);
    return blocks;
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 30})
  void aReferenceReachesWhatIsThereAndNothingElse(int windowShift) {
    try (AllocatorFixture store = newStore(windowShift)) {
      long block = store.allocate(1_000);
      Reach reach = store.allocator.reach();
      assertTrue(reach.holds(block, 1_000));
      long limit = store.allocator.limitBytes();
      assertTrue(reach.holds(limit - 8, 8));
      assertFalse(reach.holds(limit - 8, 9));
      assertFalse(reach.holds(limit, 0x7FFF_FFFF));
      assertFalse(reach.holds(block + 4, 8), "no whole word");
      assertFalse(reach.holds(0, 8), "the header");
      assertFalse(reach.holds(-8, 8));
      // Of the last two words that a long can name, the end would be below all limits.
      assertFalse(reach.holds(Long.MAX_VALUE - 7, 8));
      assertFalse(reach.holds(Long.MAX_VALUE - 15, 16));
      assertThrows(CorruptStoreException.class, () -> reach.check("record", Long.MAX_VALUE - 7, 8));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 20, 30})
  void aBlockOfEverySizeFitsOneWindow(int windowShift) {
    try (AllocatorFixture store = newStore(windowShift)) {
      BlockModel model = new BlockModel(store);
      for (int round = 0; round < 3; round++) {
        for (int sizeClass = 1; sizeClass < SizeClasses.count(); sizeClass++) {
          int bytes = SizeClasses.blockBytes(sizeClass);
          model.add(store.allocate(bytes), bytes);
          model.add(store.allocate(bytes + 1), bytes + 1);
        }
      }
      model.checkAll();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 20})
  void aBlockThatFitsNoWindowIsRefused(int windowShift) {
    try (AllocatorFixture store = newStore(windowShift)) {
      int pages = (1 << windowShift - 14) - 1; // all but the page table
      long fileBytes = store.file.length();
      for (long bytes : new long[] {(long) pages * PAGE + 1, 1L << 40, Long.MAX_VALUE}) {
        assertThrows(StoreFullException.class, () -> store.allocate(bytes));
        assertThrows(StoreFullException.class, () -> store.allocateZeroed(bytes));
        assertThrows(StoreFullException.class, () -> store.allocator.prepareStep(bytes));
      }
      assertEquals(fileBytes, store.file.length());
      long block = store.allocateZeroed((long) pages * PAGE);
      assertEquals((1L << windowShift) + PAGE, block);
      assertEquals((long) pages * PAGE, store.allocator.blockBytes(block));
    }
  }

  @Test
  void thePositionIsNotedBeforeTheBlockIsAllocated() {
    try (AllocatorFixture store = newStore(20)) {
      for (long bytes : new long[] {1, 100, 40_000}) {
        long block = store.allocate(bytes);
        assertEquals(block, store.memory.getLong(0, NOTE));
        store.allocator.free(block);
        if (MemoryMode.current() == MemoryMode.DEFAULT) {
          // A note that cannot be written shows what was done before it.
          assertThrows(
              IndexOutOfBoundsException.class, () -> store.allocator.allocate(bytes, 1 << 20));
          assertEquals(List.of(), blocks(store));
        }
      }
    }
  }

  @Test
  void onlyTheStartOfAnAllocatedBlockCanBeFreed() {
    try (AllocatorFixture store = newStore(20)) {
      long small = store.allocate(100);
      long large = store.allocate(50_000);
      long freed = store.allocate(100);
      store.allocator.free(freed);
      long[] wrong = {
        freed, small + 16, small + 1, small - 1, large + PAGE, large + 16, 0, PAGE, -16, 1L << 50
      };
      for (long position : wrong) {
        CorruptStoreException e =
            assertThrows(CorruptStoreException.class, () -> store.allocator.free(position));
        assertTrue(e.getMessage().contains("position=" + position), e.getMessage());
        assertFalse(store.allocator.freeIfAllocated(position));
        assertFalse(store.allocator.isAllocated(position));
        assertEquals(0, store.allocator.blockBytes(position));
      }
      assertEquals(List.of(small, large), blocks(store));
      assertEquals(112, store.allocator.blockBytes(small));
      assertEquals(4 * PAGE, store.allocator.blockBytes(large));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 20, 30})
  void anEmptyStoreIsTrimmedToItsHeaderAndPageTable(int windowShift) {
    try (AllocatorFixture store = newStore(windowShift)) {
      long empty = store.file.length();
      store.allocator.trim(0);
      assertEquals(empty, store.file.length());
      assertEquals(empty, store.allocator.limitBytes());
      store.reopen();
      long block = store.allocateZeroed(100);
      assertTrue(block >= empty, "a block lies in the header, position=" + block);
      store.allocator.free(block);
      store.allocator.trim(0);
      assertEquals(empty, store.file.length());
      assertEquals(0, store.allocator.freeBytes());
    }
  }

  @Test
  void trimGivesWholeWindowsBack() {
    try (AllocatorFixture store = newStore(16)) {
      long kept = store.allocate(20_000);
      List<Long> others = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        others.add(store.allocate(20_000));
      }
      long low = store.allocate(10);
      others.forEach(store.allocator::free);
      assertTrue(store.file.length() > 20 << 16);
      store.allocator.trim(0);
      assertEquals(List.of(kept, low), blocks(store).stream().sorted().toList());
      // Up to the end of the last span in use.
      assertEquals((low / PAGE + 1) * PAGE, store.file.length());
      store.allocator.free(low);
      store.allocator.trim(0);
      assertEquals(kept + 2 * PAGE, store.file.length());
      // What will be there again is known to be zero.
      assertEquals(kept / PAGE + 2, store.memory.getLong(0, HeaderLayout.FRESH_PAGE));
      // The windows that went come back with their tables.
      BlockModel model = new BlockModel(store);
      model.add(kept, 20_000);
      for (int i = 0; i < 30; i++) {
        long block = store.allocateZeroed(20_000);
        model.assertZero(block, 20_000);
        model.add(block, 20_000);
      }
      model.checkAll();
    }
  }

  /** Of a file that is longer than what is mapped of it. */
  @Test
  void whatWasWrittenAheadIsMappedBeforeItIsHandedOut() {
    try (AllocatorFixture store = newStore(26)) {
      int mappedOnTheWay = 0;
      while (store.allocator.limitBytes() < 12 << 20) {
        long mapped = store.memory.mappedBytes();
        while (!store.allocator.prepareStep(PAGE << 7)) {
          // Zeros, a step at a time, behind what is mapped.
        }
        mappedOnTheWay += store.file.length() > mapped ? 1 : 0;
        for (int i = 0; i < 2 << 20; i += PAGE) {
          long block = store.allocate(ONE_PAGE);
          store.memory.putLong(block, ONE_PAGE - 8, block);
          assertTrue(store.memory.mappedBytes() >= store.allocator.limitBytes());
        }
      }
      assertTrue(mappedOnTheWay > 2, "mappedOnTheWay=" + mappedOnTheWay);
    }
  }

  @Test
  void freeAllGivesEverythingBackAndMayBeRepeated() {
    try (AllocatorFixture store = newStore(16)) {
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 50; i++) {
          store.allocate(1 + 700 * i);
        }
        long limit = store.allocator.limitBytes();
        store.allocator.freeAll();
        store.allocator.freeAll();
        assertEquals(List.of(), blocks(store));
        assertEquals(limit, store.allocator.limitBytes());
        long reserved = (2 + (limit - 1) / (1 << 16)) * PAGE;
        assertEquals(limit - reserved, store.allocator.freeBytes());
      }
    }
  }

  @Test
  void aBlockThatIsZeroedAheadGrowsTheFileInSmallSteps() {
    try (AllocatorFixture store = newStore(20)) {
      int steps = 0;
      while (!store.allocator.prepareStep(600_000)) {
        steps++;
      }
      assertTrue(steps >= 5, "steps=" + steps);
      assertTrue(store.allocator.prepareStep(100), "a small block needs no preparation");
      long fileBytes = store.file.length();
      store.allocateZeroed(600_000);
      assertEquals(fileBytes, store.file.length());
      long block = store.allocate(600_000);
      store.allocator.free(block);
      assertTrue(store.allocator.hasFree(600_000));
      assertTrue(store.allocator.prepareStep(600_000), "there is a free run");
    }
  }

  @Test
  void aRunBeginsWithTheFreePagesAtTheEndOfTheFile() {
    try (AllocatorFixture store = newStore(20)) {
      long first = store.allocate(40_000);
      long limit = store.allocator.limitBytes();
      assertTrue(limit > first + 3 * PAGE, "the file grows by more than one block");
      assertEquals(first + 3 * PAGE, store.allocate(20L * PAGE));
    }
  }

  @Test
  void whatAShorterSpanLeavesOfALongerOneIsFree() {
    try (AllocatorFixture store = newStore(20)) {
      long first = store.allocate(5 * PAGE);
      store.allocator.free(first);
      assertEquals(first, store.allocate(4 * PAGE));
      assertFalse(store.allocator.isAllocated(first + 4 * PAGE));
      store.allocator.trim(0);
      assertEquals(first + 4 * PAGE, store.allocator.limitBytes());
      assertEquals(first + 4 * PAGE, store.allocate(3 * PAGE));
    }
  }

  @Test
  void aPageThatWasUsedOnceIsZeroedForItsNextUser() {
    try (AllocatorFixture store = newStore(20)) {
      BlockModel model = new BlockModel(store);
      long page = store.allocate(ONE_PAGE);
      model.add(page, ONE_PAGE);
      store.reattach(); // so that the span is not kept for the next block of its class
      model.clear();
      store.allocator.free(page);
      long block = store.allocateZeroed(3 * PAGE);
      assertEquals(page / PAGE, block / PAGE);
      model.assertZero(block, 3 * PAGE);
    }
  }

  @Test
  void aFreeRunBehindManySmallHolesIsFound() {
    try (AllocatorFixture store = newStore(30)) {
      List<Long> pages = new ArrayList<>();
      for (int i = 0; i < 12_000; i++) {
        pages.add(store.allocate(ONE_PAGE));
      }
      long large = store.allocate(3 * PAGE);
      store.allocate(ONE_PAGE);
      for (int i = 0; i < pages.size(); i += 2) {
        store.allocator.free(pages.get(i));
      }
      store.allocator.free(large);
      // Each search is bounded, so a few blocks may be placed elsewhere before it is found.
      boolean found = false;
      for (int i = 0; i < 20 && !found; i++) {
        found = store.allocate(3 * PAGE) == large;
      }
      assertTrue(found);
    }
  }

  @Test
  void aReadOnlyAttachmentChangesNothing() throws IOException {
    try (AllocatorFixture store = newStore(16)) {
      long block = store.allocate(100);
      store.memory.force(store.file.length());
      byte[] before = Files.readAllBytes(directory.resolve("a"));
      store.file.close();
      store.open(true);
      assertEquals(List.of(block), blocks(store));
      assertTrue(store.allocator.isAllocated(block));
      store.file.close();
      assertEquals(
          -1, java.util.Arrays.mismatch(before, Files.readAllBytes(directory.resolve("a"))));
    }
  }
}
