package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.SystemLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bounds: bad ones, different ones, changed ones. */
@Tag("contract")
class CacheBoundsTest {
  @TempDir Path dir;

  private static TophashCacheBuilder<String, byte[]> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.bytes());
  }

  @Test
  void boundsThatMakeNoSenseAreRefused() {
    for (long bytes : new long[] {Long.MIN_VALUE, -1, 0, 1, (2 << 20) - 1}) {
      assertThrows(IllegalArgumentException.class, () -> builder().maxBytes(bytes));
    }
    for (long entries : new long[] {Long.MIN_VALUE, -1, 0}) {
      assertThrows(IllegalArgumentException.class, () -> builder().maxEntries(entries));
    }
    try (TophashCache<String, byte[]> cache = builder().maxBytes(4 << 20).openTemporary()) {
      assertThrows(IllegalArgumentException.class, () -> cache.resize(1 << 20, Long.MAX_VALUE));
      assertThrows(IllegalArgumentException.class, () -> cache.resize(4 << 20, 0));
      assertEquals(4 << 20, cache.policy().maxBytes());
    }
  }

  @Test
  void aValueThatIsTooLargeIsNotCachedAndCounted() {
    try (TophashCache<String, byte[]> cache = builder().maxBytes(2 << 20).openTemporary()) {
      cache.put("k", new byte[10]);
      cache.put("k", new byte[4 << 20]);
      assertNull(cache.getIfPresent("k"), "nor is the older one there");
      assertEquals(1, cache.stats().rejectedCount());
      assertEquals(
          4 << 20, cache.get("k", key -> new byte[4 << 20]).length, "who loads it gets it");
      assertNull(cache.getIfPresent("k"));
      cache.put("k", new byte[10]);
      assertNotNull(cache.getIfPresent("k"));
    }
  }

  @Test
  void theBoundOfTheFileCountsAndADifferenceIsSaid() {
    Path path = dir.resolve("cache.tph");
    try (SystemLog log = new SystemLog("io.tophash.cache");
        TophashCache<String, byte[]> first = builder().maxEntries(1_000).open(path)) {
      assertEquals(1_000, first.policy().maxEntries());
      assertEquals(List.of(), log.lines());
      try (TophashCache<String, byte[]> same = builder().maxEntries(1_000).open(path);
          TophashCache<String, byte[]> any = builder().open(path)) {
        assertEquals(same.policy(), any.policy());
        assertEquals(List.of(), log.lines());
      }
      try (TophashCache<String, byte[]> other =
          builder().maxEntries(50).maxBytes(4 << 20).open(path)) {
        assertEquals(1_000, other.policy().maxEntries());
        assertEquals(Long.MAX_VALUE, other.policy().maxBytes());
      }
      List<String> lines = log.lines();
      assertEquals(2, lines.size(), lines::toString);
      assertTrue(lines.get(0).contains("maxBytes") && lines.get(1).contains("maxEntries"));
    }
  }

  @Test
  void changedBoundsHoldForAllWhoHaveTheCacheOpen() throws Exception {
    Path path = dir.resolve("cache.tph");
    try (TophashCache<String, byte[]> cache = builder().maxBytes(16 << 20).open(path);
        TophashCache<String, byte[]> other = builder().open(path)) {
      for (int i = 0; i < 20_000; i++) {
        other.put("k" + i, new byte[1_000]);
      }
      long before = cache.estimatedSize();
      cache.resize(6 << 20, 2_000);
      assertEquals(6 << 20, other.policy().maxBytes());
      for (int i = 0; i < 5_000; i++) {
        assertTrue(other.estimatedSize() <= 2_000 && other.policy().usedBytes() <= 6 << 20);
        other.put("l" + i, new byte[1_000]);
      }
      assertTrue(Files.size(path) <= 16 << 20);
      cache.resize(16 << 20, Long.MAX_VALUE);
      for (int i = 0; i < 20_000; i++) {
        other.put("m" + i, new byte[1_000]);
      }
      assertTrue(cache.estimatedSize() > before * 9 / 10, () -> "" + cache.estimatedSize());
      assertEquals(0, cache.stats().rejectedCount());
      assertTrue(cache.verify().isClean());
    }
  }
}
