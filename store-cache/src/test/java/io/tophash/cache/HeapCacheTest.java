package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache with values on the heap says what its file says. */
@Tag("contract")
class HeapCacheTest {
  @TempDir Path dir;
  private final FakeClock clock = new FakeClock();

  private TophashCacheBuilder<String, String> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.utf8())
        .clock(clock)
        .unmaintained()
        .expireAfterWrite(Duration.ofSeconds(10));
  }

  @Test
  void whatIsOnTheHeapExpiresAndIsInvalidatedLikeAllElse() {
    Path path = dir.resolve("cache.tph");
    try (TophashCache<String, String> cache = builder().heapEntries(100).open(path);
        TophashCache<String, String> other = builder().open(path)) {
      cache.put("k", "v");
      String first = cache.getIfPresent("k");
      assertSame(first, cache.getIfPresent("k"), "decoded once");
      clock.advance(Duration.ofSeconds(9));
      assertSame(first, cache.getIfPresent("k"));
      clock.advance(Duration.ofSeconds(1));
      assertNull(cache.getIfPresent("k"), "expired on the heap, too");
      other.put("k", "w");
      assertEquals("w", cache.getIfPresent("k"));
      other.invalidate("k");
      assertNull(cache.getIfPresent("k"));
      assertEquals("loaded", cache.get("k", key -> "loaded"));
      other.put("t", "tagged", PutOptions.tag("a"));
      assertEquals("tagged", cache.getIfPresent("t"));
      other.invalidateTag("a");
      assertNull(cache.getIfPresent("t"), "the tag is looked at by each hit");
      other.touch("k", Duration.ofSeconds(100));
      clock.advance(Duration.ofSeconds(50));
      assertEquals("loaded", cache.getIfPresent("k"), "the later end is seen");
      other.invalidateAll();
      assertNull(cache.getIfPresent("k"));
    }
  }

  @Test
  void arraysAreCopies() {
    try (TophashCache<String, byte[]> cache =
        TophashCache.builder(Codecs.utf8(), Codecs.bytes()).heapEntries(10).openTemporary()) {
      cache.put("k", new byte[] {1, 2});
      for (int i = 0; i < 3; i++) {
        byte[] value = cache.getIfPresent("k");
        assertArrayEquals(new byte[] {1, 2}, value);
        assertNotSame(value, cache.getIfPresent("k"));
        value[0] = 9;
      }
    }
  }

  @Test
  void aNegativeNumberIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> builder().heapEntries(-1));
  }
}
