package io.tophash.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.cache.PutOptions;
import io.tophash.cache.TophashCache;
import io.tophash.core.codec.Codecs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every command on the file of a cache. */
@Tag("contract")
class CacheCommandsTest extends CommandTest {
  /** A cache with a live entry, one that expired, and one whose tag was invalidated. */
  private Path cache() {
    Path path = path("c.tph");
    InstantSource longAgo = InstantSource.fixed(Instant.parse("2020-01-01T00:00:00Z"));
    try (TophashCache<String, String> cache =
        TophashCache.builder(Codecs.utf8(), Codecs.utf8())
            .clock(longAgo)
            .maxEntries(1_000)
            .recordStats()
            .open(path)) {
      cache.put("live", "1");
      cache.put("over", "2", Duration.ofDays(1));
      cache.put("tagged", "3", PutOptions.tag("red"));
      cache.invalidateTag("red");
      cache.getIfPresent("live");
      cache.getIfPresent("absent");
      cache.get("loaded", key -> "4");
    }
    return path;
  }

  @Test
  void putWithATimeToLiveMakesACacheAndGetSaysWhenItExpires() {
    Path path = path("new.tph");
    run("put", "--ttl", "2h", path, "k", "v").ok();
    assertEquals("v\n", run("get", path, "k").ok().out());
    Map<String, Object> json = run("get", "--json", path, "k").ok().json();
    long left = (Long) json.get("expiresInMs");
    assertTrue(left > 7_000_000 && left <= 7_200_000, json::toString);
    assertTrue(Instant.parse((String) json.get("expiresAt")).isAfter(Instant.now()));
    assertTrue((Long) json.get("ageMs") >= 0);
    assertEquals(
        true, run("put", "--json", "--ttl", "1h", path, "k", "w").ok().json().get("replaced"));
    assertEquals(false, run("put", "--json", path, "other", "x").ok().json().get("replaced"));
    assertFalse(run("get", "--json", path, "other").ok().json().containsKey("expiresInMs"));
    assertEquals("cache", run("stat", "--json", path).ok().json().get("kind"));
    run("put", "--ttl", "0s", path, "k", "v").fails(2, "--ttl");
  }

  @Test
  void otherStoresLetNothingExpire() {
    Path path = path("plain.tph");
    run("put", path, "k", "v").ok();
    run("put", "--ttl", "1h", path, "k", "w").fails(2, "--ttl needs a cache");
    run("scan", "--expired", path).fails(2, "--expired needs a cache");
    run("put", "--kind", "sync", "--ttl", "1h", path("x.tph"), "k", "v").fails(2, "--ttl needs");
    run("put", "--max-entries", "5", path("x.tph"), "k", "v").fails(2, "--max-entries");
    run("put", "--kind", "cache", "--max-bytes", "5", path("x.tph"), "k", "v")
        .fails(2, "--max-bytes");
    assertFalse(Files.exists(path("x.tph")));
    assertEquals("v\n", run("get", path, "k").ok().out());
  }

  @Test
  void whatIsOverIsAbsentAndScanExpiredShowsIt() {
    Path path = cache();
    assertEquals(1, run("get", path, "over").code());
    assertEquals(1, run("get", path, "tagged").code());
    assertEquals(Set.of("live\t1", "loaded\t4"), new HashSet<>(run("scan", path).ok().lines()));
    assertEquals(
        Set.of("over\t2", "tagged\t3"), new HashSet<>(run("scan", "--expired", path).ok().lines()));
    assertEquals(
        List.of(Map.of("key", "over")),
        run("scan", "--expired", "--keys-only", "--json", "--prefix", "o", path).ok().jsonLines());
    assertEquals(1, run("scan", "--expired", "--limit", "1", path).ok().lines().size());
  }

  @Test
  void statShowsWhatAllProcessesCounted() {
    Path path = cache();
    Map<String, Object> json = run("stat", "--json", path).ok().json();
    assertEquals("cache", json.get("kind"));
    assertEquals(1_000L, json.get("maxEntries"));
    assertFalse(json.containsKey("maxBytes"));
    assertEquals(1L, json.get("hits"));
    assertEquals(2L, json.get("misses"));
    assertEquals(1L, json.get("loads"));
    assertEquals(0L, json.get("evicted"));
    assertEquals(0L, json.get("lockWaits"));
    String text = run("stat", path).ok().out();
    assertTrue(text.contains("kind         cache, format version 1\n"), text);
    assertTrue(text.contains("1 hits, 2 misses, 33.3 % hits"), text);
    assertTrue(text.contains("entries, at most 1,000\n"), text);
    assertTrue(text.contains("used by entries, no bound\n"), text);
  }

  @Test
  void watchDrawsHowFullItIs() {
    Path path = cache();
    List<String> lines =
        run("stat", "--watch", "--interval", "0.01", "--count", "2", path).ok().lines();
    assertEquals(3, lines.size());
    assertTrue(lines.get(0).contains("of the bound"), lines::toString);
    assertTrue(lines.get(1).contains("░░░░░░░░░░   0.4%"), lines::toString);
    List<Map<String, Object>> json =
        run("stat", "--watch", "--json", "--interval", "0.01", "--count", "1", path)
            .ok()
            .jsonLines();
    assertEquals(1L, json.get(0).get("hits"));
  }

  @Test
  void aCacheIsMadeWithBoundsAndKeepsThem() {
    Path path = path("bounded.tph");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      lines.append("key").append(i).append("\tvalue\n");
    }
    run("load", "--kind", "cache", "--max-entries", "100", path, file("in.tsv", lines.toString()))
        .ok();
    Map<String, Object> json = run("stat", "--json", path).ok().json();
    assertTrue((Long) json.get("entries") <= 100, json::toString);
    assertTrue((Long) json.get("evicted") >= 400, json::toString);
  }

  @Test
  void theOtherCommandsTakeACacheAsWell() {
    Path path = cache();
    run("verify", path).ok();
    run("verify", "--deep", path).ok();
    run("checkpoint", path).ok();
    run("compact", path).ok();
    Path copy = path("copy.tph");
    run("backup", path, copy).ok();
    assertEquals("1\n", run("get", copy, "live").ok().out());
    assertEquals("cache", run("stat", "--json", copy).ok().json().get("kind"));
    Path exported = path("out.tsv");
    run("export", "-o", exported, path).ok();
    run("load", "--kind", "cache", path("again.tph"), exported).ok();
    assertEquals("4\n", run("get", path("again.tph"), "loaded").ok().out());
    run("delete", path, "live").ok();
    assertEquals(1, run("delete", path, "live").code());
    assertEquals(1, run("delete", path, "over").code());
  }

  @Test
  void aCacheIsNotRecoveredButMadeAnew() {
    Path path = cache();
    Path saved = path("saved.tph");
    run("recover", path, "--to", saved).fails(4, "a cache is not salvaged", "remove the file");
    assertFalse(Files.exists(saved));
    assertEquals("1\n", run("get", path, "live").ok().out());
  }
}
