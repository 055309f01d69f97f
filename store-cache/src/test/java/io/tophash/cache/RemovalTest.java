package io.tophash.cache;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.errors.IncompatibleStoreException;
import io.tophash.sync.SyncStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What removal listeners hear, and what a read-only cache and a foreign file say. */
@Tag("contract")
class RemovalTest {
  @TempDir Path dir;
  private final FakeClock clock = new FakeClock();
  private final List<String> heard = new ArrayList<>();

  private TophashCacheBuilder<String, String> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.utf8())
        .clock(clock)
        .unmaintained()
        .executor(Runnable::run)
        .removalListener((key, value, cause) -> heard.add(key + "=" + value + " " + cause));
  }

  @Test
  void eachRemovalIsHeardOnceWithItsCause() {
    try (var cache = builder().expireAfterWrite(ofSeconds(1)).openTemporary()) {
      cache.put("a", "1");
      cache.put("a", "2");
      cache.asMap().replace("a", "3");
      cache.invalidate("a");
      cache.invalidate("a");
      cache.put("b", "1");
      clock.advance(ofSeconds(1));
      cache.put("b", "2");
      clock.advance(ofSeconds(1));
      cache.cleanUp();
      cache.put("c", "1");
      cache.invalidateAll();
      assertEquals(
          List.of(
              "a=1 REPLACED",
              "a=2 REPLACED",
              "a=3 EXPLICIT",
              "b=1 EXPIRED",
              "b=2 EXPIRED",
              "c=1 EXPLICIT"),
          heard);
      assertTrue(RemovalCause.EXPIRED.wasEvicted());
      assertFalse(RemovalCause.REPLACED.wasEvicted());
    }
  }

  @Test
  void aReadOnlyCacheReadsAndLoadsButKeepsNothing() {
    Path path = dir.resolve("cache.tph");
    try (var cache = builder().expireAfterAccess(ofSeconds(10)).open(path)) {
      cache.put("a", "1");
    }
    try (var cache =
        builder()
            .expireAfterAccess(ofSeconds(10))
            .loader(key -> "loaded")
            .readOnly(true)
            .open(path)) {
      clock.advance(ofSeconds(9));
      assertEquals("1", cache.get("a"));
      assertEquals("loaded", cache.get("b"));
      assertEquals(1, cache.estimatedSize());
      assertThrows(UnsupportedOperationException.class, () -> cache.put("c", "1"));
    }
  }

  @Test
  void aPlainStoreIsNoCacheAndACacheNoPlainStore() {
    Path plain = dir.resolve("plain.tph");
    SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(plain).close();
    assertThrows(IncompatibleStoreException.class, () -> builder().open(plain));
    Path cache = dir.resolve("cache.tph");
    builder().open(cache).close();
    assertThrows(
        IncompatibleStoreException.class,
        () -> SyncStore.builder(Codecs.utf8(), Codecs.utf8()).open(cache));
  }

  @Test
  void afterItsCloseACacheSaysSo() {
    TophashCache<String, String> cache = builder().openTemporary();
    cache.close();
    cache.close();
    assertTrue(cache.isClosed());
    assertThrows(IllegalStateException.class, () -> cache.getIfPresent("a"));
    assertThrows(IllegalStateException.class, () -> cache.put("a", "1"));
    assertThrows(IllegalStateException.class, () -> cache.asMap().size());
  }
}
