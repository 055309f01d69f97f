package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A cache beside a simple one: a map from keys to values with their end and tag. What the cache has
 * is what the map has, unless the bound has taken it; after each operation.
 */
@Tag("contract")
class CacheModelTest {
  private static final int KEYS = 400;
  private static final int TAGS = 5;
  private static final long FOREVER = Long.MAX_VALUE;

  /** What the simple cache has of a key. */
  private record Entry(String value, long writtenAt, long end, int tag) {}

  private final FakeClock clock = new FakeClock();
  private final Map<Integer, Entry> model = new HashMap<>();
  private final Random random = new Random(5);

  @TempDir Path dir;

  private TophashCache<Integer, String> open(long bytes, long entries, int onHeap) {
    TophashCacheBuilder<Integer, String> builder =
        TophashCache.builder(Codecs.int32(), Codecs.utf8()).clock(clock).heapEntries(onHeap);
    if (bytes > 0) {
      builder.maxBytes(bytes);
    }
    return (entries > 0 ? builder.maxEntries(entries) : builder).open(dir.resolve("cache.tph"));
  }

  /**
   * Random operations.
   *
   * @param largest size of values, some of which have blocks of their own
   */
  @ParameterizedTest
  @CsvSource({"0,0,0,300", "0,0,30,6000", "0,150,0,300", "0,37,50,6000", "2097152,0,0,60000"})
  void whatItHasIsWhatTheModelHas(long bytes, long entries, int onHeap, int largest) {
    for (int opens = 0; opens < 3; opens++) {
      try (TophashCache<Integer, String> cache = open(bytes, entries, onHeap)) {
        boolean isBound = bytes + entries > 0;
        for (int i = 0; i < 4_000; i++) {
          Integer key = random.nextInt(KEYS);
          change(cache, key, largest, isBound);
          check(cache, random.nextInt(2) == 0 ? key : random.nextInt(KEYS), isBound);
          Policy policy = cache.policy();
          assertTrue(policy.entries() <= policy.maxEntries(), policy::toString);
          assertTrue(policy.usedBytes() <= policy.maxBytes(), policy::toString);
        }
        for (int key = 0; key < KEYS; key++) {
          check(cache, key, isBound);
        }
        assertEquals(isBound, cache.stats().evictionCount() > 0);
        assertTrue(cache.verify().isClean(), () -> cache.verify().toString());
      }
    }
  }

  private void change(
      TophashCache<Integer, String> cache, Integer key, int largest, boolean isBound) {
    Duration duration = Duration.ofMillis(1 + random.nextInt(400));
    long end = clock.millis() + duration.toMillis();
    switch (random.nextInt(14)) {
      case 0 -> {
        cache.invalidate(key);
        model.remove(key);
      }
      case 1 -> clock.advance(Duration.ofMillis(random.nextInt(40)));
      case 2 -> {
        boolean touched = cache.touch(key, duration);
        Entry present = present(key);
        assertTrue(present != null || !touched, () -> "touched " + key);
        assertTrue(isBound || touched == (present != null), () -> "not touched " + key);
        if (touched) {
          model.put(key, new Entry(present.value, present.writtenAt, end, present.tag));
        }
      }
      case 3 -> {
        if (random.nextInt(20) == 0) {
          int tag = random.nextInt(TAGS);
          cache.invalidateTag("tag " + tag);
          model.values().removeIf(entry -> entry.tag == tag);
        }
      }
      case 4 -> cache.cleanUp();
      case 5 -> put(cache, key, largest, PutOptions.ttl(duration), end, -1);
      case 6 -> {
        int tag = random.nextInt(TAGS);
        put(cache, key, largest, PutOptions.tag("tag " + tag), FOREVER, tag);
      }
      case 7 -> {
        int tag = random.nextInt(TAGS);
        PutOptions options = PutOptions.ttl(duration).withTag("tag " + tag);
        put(cache, key, largest, options, end, tag);
      }
      default -> put(cache, key, largest, PutOptions.none(), FOREVER, -1);
    }
  }

  private void put(
      TophashCache<Integer, String> cache,
      Integer key,
      int largest,
      PutOptions options,
      long end,
      int tag) {
    int length = random.nextInt(8) == 0 ? random.nextInt(largest) : random.nextInt(200);
    String value = random.nextInt() + "x".repeat(length);
    cache.put(key, value, options);
    model.put(key, new Entry(value, clock.millis(), end, tag));
  }

  private Entry present(Integer key) {
    Entry entry = model.get(key);
    return entry == null || entry.end <= clock.millis() ? null : entry;
  }

  private void check(TophashCache<Integer, String> cache, Integer key, boolean isBound) {
    Entry entry = present(key);
    String found = cache.getIfPresent(key);
    if (found == null) {
      assertTrue(isBound || entry == null, () -> key + " is absent");
      assertTrue(cache.expiresIn(key).isEmpty() && cache.age(key).isEmpty());
      return;
    }
    if (entry == null) {
      assertNull(found, () -> key + " is there");
    }
    assertEquals(entry.value, found);
    Duration left =
        entry.end == FOREVER ? TophashCache.FOREVER : Duration.ofMillis(entry.end - clock.millis());
    assertEquals(left, cache.expiresIn(key).orElseThrow());
    assertEquals(Duration.ofMillis(clock.millis() - entry.writtenAt), cache.age(key).orElseThrow());
  }
}
