package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that go together. The words of the tags here are different ones. */
@Tag("contract")
class TagsTest {
  @TempDir private Path directory;

  private final FakeClock clock = new FakeClock();

  private TophashCacheBuilder<String, String> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.utf8())
        .clock(clock)
        .executor(Runnable::run)
        .unmaintained();
  }

  /** The tag of a key is what stands before the slash; none if there is no slash. */
  private static String beforeSlash(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? null : key.substring(0, slash);
  }

  @Test
  void whatHasTheTagGoesAndWhatIsStoredLaterStays() {
    try (var cache = builder().openTemporary()) {
      cache.put("a", "1", PutOptions.tag("red"));
      cache.put("b", "2", PutOptions.tag("blue"));
      cache.put("c", "3");
      cache.invalidateTag("red");
      assertNull(cache.getIfPresent("a"));
      assertNull(cache.asMap().get("a"));
      assertEquals(Set.of("b", "c"), cache.asMap().keySet());
      assertEquals("2", cache.getIfPresent("b"));
      cache.put("a", "4", PutOptions.tag("red"));
      assertEquals("4", cache.getIfPresent("a"));
    }
  }

  @Test
  void anInvalidationIsSeenByWhoHasTheFileOpenAndByLaterOpeners() {
    Path file = directory.resolve("c.tph");
    try (var other = builder().open(file)) {
      try (var cache = builder().open(file)) {
        cache.put("a", "1", PutOptions.tag("red"));
        cache.put("b", "2", PutOptions.tag("blue"));
        cache.invalidateTag("red");
      }
      assertNull(other.getIfPresent("a"));
      assertEquals("2", other.getIfPresent("b"));
    }
    try (var cache = builder().open(file)) {
      assertNull(cache.getIfPresent("a"));
    }
  }

  @Test
  void aCopyOfTheFileKnowsWhatWasInvalidated() {
    Path copy = directory.resolve("copy.tph");
    try (var cache = builder().openTemporary()) {
      cache.put("a", "1", PutOptions.tag("red"));
      cache.invalidateTag("red");
      cache.put("b", "2", PutOptions.tag("red"));
      cache.backup(copy);
    }
    try (var other = builder().open(copy)) {
      assertNull(other.getIfPresent("a"));
      assertEquals("2", other.getIfPresent("b"));
      other.invalidateTag("red");
      assertNull(other.getIfPresent("b"));
    }
  }

  @Test
  void keysHaveTagsByAFunction() {
    try (var cache =
        builder().tags(TagsTest::beforeSlash).loader(key -> "loaded " + key).openTemporary()) {
      cache.put("red/1", "put");
      cache.asMap().putIfAbsent("red/2", "put");
      cache.asMap().compute("red/3", (key, value) -> "computed");
      cache.get("red/4");
      cache.getAll(List.of("red/5"));
      cache.put("red/6", "put", PutOptions.tag("blue"));
      cache.put("none", "put");
      cache.put("blue/1", "put");
      cache.invalidateTag("red");
      assertEquals(Set.of("red/6", "none", "blue/1"), cache.asMap().keySet());
      cache.invalidateTag("blue");
      assertEquals(Set.of("none"), cache.asMap().keySet());
    }
  }

  @Test
  void aValueWhoseTagWasInvalidatedWhileItWasLoadedIsNotKept() {
    Runnable[] whileLoading = {() -> {}};
    CacheLoader<String, String> loader =
        new CacheLoader<>() {
          @Override
          public String load(String key) {
            whileLoading[0].run();
            return "of " + key;
          }

          @Override
          public Map<String, String> loadAll(Set<? extends String> keys) {
            whileLoading[0].run();
            Map<String, String> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, "of " + key));
            loaded.put("red/extra", "of red/extra");
            loaded.put("blue/extra", "of blue/extra");
            return loaded;
          }
        };
    try (var cache = builder().tags(TagsTest::beforeSlash).loader(loader).openTemporary()) {
      whileLoading[0] = () -> cache.invalidateTag("red");
      assertEquals("of red/1", cache.get("red/1"));
      assertNull(cache.getIfPresent("red/1"));
      cache.getAll(List.of("red/2", "blue/2"));
      assertEquals(Set.of("blue/2", "blue/extra"), cache.asMap().keySet());
      whileLoading[0] = () -> {};
      cache.get("red/1");
      assertEquals("of red/1", cache.getIfPresent("red/1"));
    }
  }

  @Test
  void aRefreshKeepsTheTagAndDoesNotUndoAnInvalidation() {
    Runnable[] whileLoading = {() -> {}};
    try (var cache =
        builder()
            .loader(
                key -> {
                  whileLoading[0].run();
                  return "fresh";
                })
            .refreshAfterWrite(Duration.ofMinutes(1))
            .openTemporary()) {
      cache.put("a", "old", PutOptions.tag("red"));
      clock.advance(Duration.ofMinutes(2));
      assertEquals("old", cache.getIfPresent("a"));
      assertEquals("fresh", cache.getIfPresent("a"));
      cache.invalidateTag("red");
      assertNull(cache.getIfPresent("a"));

      cache.put("a", "old", PutOptions.tag("red"));
      clock.advance(Duration.ofMinutes(2));
      whileLoading[0] = () -> cache.invalidateTag("red");
      assertEquals("old", cache.getIfPresent("a"));
      assertNull(cache.getIfPresent("a"));
    }
  }
}
