package io.tophash.cache;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When entries are there, and when they are not. */
@Tag("contract")
class ExpiryTest {
  @TempDir Path dir;
  private final FakeClock clock = new FakeClock();

  private TophashCacheBuilder<String, String> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.utf8()).clock(clock).unmaintained();
  }

  private TophashCache<String, String> open(TophashCacheBuilder<String, String> builder) {
    return builder.open(dir.resolve("cache.tph"));
  }

  @Test
  void anEntryIsThereUntilItsTimeIsOver() {
    try (var cache = open(builder().expireAfterWrite(ofSeconds(10)))) {
      cache.put("a", "1");
      clock.advance(ofMillis(9_999));
      assertEquals("1", cache.getIfPresent("a"));
      assertEquals(Optional.of(ofMillis(1)), cache.expiresIn("a"));
      clock.advance(ofMillis(1));
      assertNull(cache.getIfPresent("a"));
      assertEquals(Optional.empty(), cache.expiresIn("a"));
    }
  }

  @Test
  void anExpiredEntryIsAbsentForEveryMethod() {
    try (var cache = open(builder().expireAfterWrite(ofSeconds(1)))) {
      for (int i = 0; i < 20; i++) {
        cache.put("k" + i, "old");
      }
      clock.advance(ofSeconds(2));
      Map<String, String> map = cache.asMap();
      assertNull(map.get("k0"));
      assertEquals("x", map.getOrDefault("k0", "x"));
      assertFalse(map.containsKey("k0"));
      assertFalse(map.containsValue("old"));
      assertEquals(0, map.size());
      assertTrue(map.isEmpty());
      assertFalse(map.entrySet().iterator().hasNext());
      assertFalse(map.keySet().iterator().hasNext());
      assertTrue(map.values().isEmpty());
      assertNull(map.remove("k1"));
      assertFalse(map.remove("k2", "old"));
      assertNull(map.replace("k3", "new"));
      assertFalse(map.replace("k4", "old", "new"));
      assertNull(map.computeIfPresent("k5", (k, v) -> "new"));
      assertEquals("nullx", map.compute("k6", (k, v) -> v + "x"));
      assertEquals("m", map.merge("k7", "m", String::concat));
      assertNull(map.putIfAbsent("k8", "p"));
      assertEquals("p", map.get("k8"));
      assertNull(map.put("k9", "q"));
      assertEquals(Map.of(), cache.getAllPresent(List.of("k10", "k11")));
      assertFalse(cache.touch("k12", ofSeconds(5)));
      assertEquals(Optional.empty(), cache.age("k13"));
      assertNull(map.get("k3"));
      assertNull(map.get("k4"));
    }
  }

  @Test
  void cleaningUpRemovesTheRecordsOfExpiredEntries() {
    try (var cache = open(builder())) {
      cache.put("stays", "1");
      for (int i = 0; i < 100; i++) {
        cache.put("k" + i, "1", ofSeconds(1));
      }
      clock.advance(ofSeconds(1));
      assertEquals(101, cache.estimatedSize());
      cache.cleanUp();
      assertEquals(1, cache.estimatedSize());
      assertEquals("1", cache.getIfPresent("stays"));
    }
  }

  @Test
  void expiryGoesOnWhileTheCacheIsClosed() {
    try (var cache = open(builder())) {
      cache.put("short", "1", ofSeconds(5));
      cache.put("long", "2", ofSeconds(50));
      cache.put("for ever", "3");
    }
    clock.advance(ofSeconds(10));
    try (var cache = open(builder())) {
      assertNull(cache.getIfPresent("short"));
      assertEquals("2", cache.getIfPresent("long"));
      assertEquals(Optional.of(ofSeconds(40)), cache.expiresIn("long"));
      assertEquals(Optional.of(TophashCache.FOREVER), cache.expiresIn("for ever"));
    }
  }

  @Test
  void readingPutsTheEndOff() {
    try (var cache = open(builder().expireAfterAccess(ofSeconds(16)))) {
      cache.put("a", "1");
      for (int i = 0; i < 10; i++) {
        clock.advance(ofSeconds(10));
        assertEquals("1", cache.getIfPresent("a"));
      }
      clock.advance(ofSeconds(16));
      assertNull(cache.getIfPresent("a"));
    }
  }

  @Test
  void readingDoesNotPutTheEndOffBehindThatOfWriting() {
    try (var cache =
        open(builder().expireAfterAccess(ofSeconds(10)).expireAfterWrite(ofSeconds(25)))) {
      cache.put("a", "1");
      clock.advance(ofSeconds(9));
      assertEquals("1", cache.getIfPresent("a"));
      clock.advance(ofSeconds(9));
      assertEquals("1", cache.getIfPresent("a"));
      assertEquals(Optional.of(ofSeconds(7)), cache.expiresIn("a"));
      clock.advance(ofSeconds(7));
      assertNull(cache.getIfPresent("a"));
    }
  }

  @Test
  void aTimeOfItsOwnIsNotShortenedByReading() {
    try (var cache = open(builder().expireAfterAccess(ofSeconds(10)))) {
      cache.put("a", "1", ofSeconds(100));
      clock.advance(ofSeconds(50));
      assertEquals("1", cache.getIfPresent("a"));
      assertEquals(Optional.of(ofSeconds(50)), cache.expiresIn("a"));
    }
  }

  @Test
  void touchingSetsTheEndAnew() {
    try (var cache = open(builder().expireAfterWrite(ofSeconds(10)))) {
      cache.put("a", "1");
      assertTrue(cache.touch("a", ofSeconds(100)));
      clock.advance(ofSeconds(60));
      assertEquals("1", cache.getIfPresent("a"));
      assertTrue(cache.touch("a", ofSeconds(1)));
      clock.advance(ofSeconds(1));
      assertFalse(cache.touch("a", ofSeconds(100)));
    }
  }

  @Test
  void anExpiryDecidesForEachEntry() {
    Expiry<String, String> each =
        new Expiry<>() {
          @Override
          public Duration expireAfterCreate(String key, String value) {
            return ofSeconds(Integer.parseInt(value));
          }

          @Override
          public Duration expireAfterUpdate(String key, String value, Duration current) {
            return value.equals("keep") ? null : current.plusSeconds(1);
          }

          @Override
          public Duration expireAfterRead(String key, String value, Duration current) {
            return key.equals("read once") ? Duration.ZERO : null;
          }
        };
    try (var cache = open(builder().expiry(each))) {
      cache.put("a", "10");
      assertEquals(Optional.of(ofSeconds(10)), cache.expiresIn("a"));
      cache.put("a", "11");
      assertEquals(Optional.of(ofSeconds(11)), cache.expiresIn("a"));
      cache.put("a", "keep");
      assertEquals(Optional.of(ofSeconds(11)), cache.expiresIn("a"));
      cache.put("read once", "10");
      assertEquals("10", cache.getIfPresent("read once"));
      assertNull(cache.getIfPresent("read once"));
      cache.put("never there", "0");
      assertNull(cache.getIfPresent("never there"));
      cache.put("gone", "5");
      clock.advance(ofSeconds(6));
      cache.put("gone", "-5");
      assertEquals(0, cache.asMap().keySet().stream().filter("gone"::equals).count());
    }
  }

  @Test
  void theClockMayJump() {
    try (var cache = open(builder().expireAfterWrite(ofSeconds(10)))) {
      cache.put("a", "1");
      clock.advance(ofDays(-1));
      assertEquals("1", cache.getIfPresent("a"), "set back: it lives longer");
      cache.put("b", "2");
      clock.advance(ofDays(1));
      assertNull(cache.getIfPresent("b"), "set forward: it expires early");
      assertEquals("1", cache.getIfPresent("a"));
      clock.advance(ofSeconds(10));
      assertNull(cache.getIfPresent("a"));
    }
  }

  @Test
  void absurdDurations() {
    assertThrows(IllegalArgumentException.class, () -> builder().expireAfterWrite(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> builder().expireAfterAccess(ofMillis(-1)));
    assertThrows(IllegalArgumentException.class, () -> builder().refreshAfterWrite(ofMillis(0)));
    assertThrows(IllegalArgumentException.class, () -> builder().staleIfError(ofMillis(-5)));
    assertThrows(
        IllegalStateException.class,
        () -> open(builder().expiry((k, v) -> ofDays(1)).expireAfterWrite(ofDays(1))));
    assertThrows(
        IllegalStateException.class, () -> open(builder().refreshAfterWrite(ofSeconds(1))));
    try (var cache = open(builder().expireAfterWrite(ofSeconds(Long.MAX_VALUE)))) {
      assertThrows(IllegalArgumentException.class, () -> cache.put("a", "1", ofSeconds(0)));
      assertThrows(IllegalArgumentException.class, () -> cache.touch("a", ofSeconds(-1)));
      cache.put("a", "1");
      assertEquals(Optional.of(TophashCache.FOREVER), cache.expiresIn("a"));
      cache.put("b", "1", Duration.ofNanos(1));
      assertEquals(Optional.of(ofMillis(1)), cache.expiresIn("b"));
    }
  }
}
