package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.cache.CacheRecord.State;
import io.tophash.core.codec.Codecs;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stands in the file, be it present or not. */
@Tag("contract")
class RecordsTest {
  private final FakeClock clock = new FakeClock();

  private static Map<String, CacheRecord<String, String>> records(
      TophashCache<String, String> cache) {
    Map<String, CacheRecord<String, String>> all = new HashMap<>();
    cache.records().forEach(each -> all.put(each.key(), each));
    return all;
  }

  @Test
  void eachStateIsShownAndNothingIsRead() {
    Instant start = clock.instant();
    try (var cache =
        TophashCache.builder(Codecs.utf8(), Codecs.utf8())
            .clock(clock)
            .unmaintained()
            .staleIfError(Duration.ofMinutes(5))
            .openTemporary()) {
      cache.put("live", "1");
      cache.put("short", "2", Duration.ofMinutes(1));
      cache.put("tagged", "3", PutOptions.tag("red"));
      cache.put("again", "4", Duration.ofMinutes(1));
      cache.invalidateTag("red");
      clock.advance(Duration.ofMinutes(2));
      cache.get(
          "again",
          again -> {
            cache.get(
                "new",
                key -> {
                  Map<String, CacheRecord<String, String>> all = records(cache);
                  assertEquals(5, all.size());
                  assertEquals(State.LOADING, all.get("new").state());
                  assertNull(all.get("new").value());
                  assertEquals(State.LOADING, all.get("again").state());
                  assertEquals("4", all.get("again").value(), "kept in case that the loader fails");
                  return "5";
                });
            return "6";
          });
      Map<String, CacheRecord<String, String>> all = records(cache);
      assertEquals(new CacheRecord<>("live", "1", State.LIVE, start, null), all.get("live"));
      assertEquals(
          new CacheRecord<>("short", "2", State.EXPIRED, start, start.plus(Duration.ofMinutes(1))),
          all.get("short"));
      assertEquals(State.INVALIDATED, all.get("tagged").state());
      assertEquals("3", all.get("tagged").value());
      assertEquals(State.LIVE, all.get("again").state());
      assertEquals("6", all.get("again").value());
      assertEquals(5, cache.store().sizeLong());
      assertTrue(cache.store().verify().isClean());
    }
  }
}
