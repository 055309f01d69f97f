package io.tophash.cache;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How values come into a cache that it does not have. */
@Timeout(60)
@Tag("contract")
class LoadingTest {
  private final FakeClock clock = new FakeClock();

  private TophashCacheBuilder<String, String> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.utf8())
        .clock(clock)
        .unmaintained()
        .recordStats();
  }

  /** Goes down to the end of the stack, and asks for keys on the way back. */
  private static int dive(Iterator<String> keys, TophashCache<String, String> cache) {
    int overflows = 0;
    try {
      overflows = dive(keys, cache);
    } catch (Error e) { // a class that is linked there makes another one of it
      overflows = 1;
    }
    for (int i = 0; i < 2 && keys.hasNext(); i++) {
      try {
        cache.get(keys.next());
      } catch (Error e) { // a class that is linked there makes another one of it
        overflows++;
      }
    }
    return overflows;
  }

  @Test
  void aLoadThatEndsWithTheStackIsOverForAll() throws InterruptedException {
    List<String> keys = IntStream.range(0, 400).mapToObj(i -> "key" + i).toList();
    AtomicInteger calls = new AtomicInteger();
    try (var cache = builder().loader(key -> key + calls.incrementAndGet()).openTemporary()) {
      cache.get("warm");
      int[] overflows = new int[1];
      Thread thread =
          new Thread(null, () -> overflows[0] = dive(keys.iterator(), cache), "dive", 256 << 10);
      thread.start();
      thread.join();
      assertTrue(overflows[0] > 5, () -> "overflows=" + overflows[0]);
      for (String key : keys) {
        String value = cache.get(key);
        assertTrue(value.startsWith(key));
        assertEquals(value, cache.get(key), "it is cached, and no lease is in the way");
      }
    }
  }

  @Test
  void anAbsentKeyIsLoadedOnce() {
    AtomicInteger calls = new AtomicInteger();
    try (var cache = builder().loader(key -> key + calls.incrementAndGet()).openTemporary()) {
      assertEquals("a1", cache.get("a"));
      assertEquals("a1", cache.get("a"));
      assertEquals("a1", cache.getIfPresent("a"));
      assertEquals(2, cache.stats().hitCount());
      assertEquals(1, cache.stats().missCount());
      assertEquals(1, cache.stats().loadSuccessCount());
    }
  }

  /** In some copy, the one who opens it has the count of the one who loads in the other file. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void aCopyOfTheFileHasNoLoadsUnderWay(int earlierOpens, @TempDir Path directory) {
    Path file = directory.resolve("a.tph");
    Path copy = directory.resolve("copy.tph");
    for (int i = 0; i < earlierOpens; i++) {
      builder().open(file).close();
    }
    try (var cache = builder().open(file)) {
      cache.get(
          "a",
          key -> {
            cache.backup(copy);
            return "v";
          });
      assertEquals("v", cache.getIfPresent("a"));
    }
    try (var other = builder().loadTimeout(Duration.ofDays(1)).open(copy)) {
      assertNull(other.getIfPresent("a"));
      assertEquals("w", other.get("a", key -> "w"));
      assertEquals("w", other.getIfPresent("a"));
    }
  }

  @Test
  void manyThreadsShareOneLoad() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var cache = builder().openTemporary()) {
      int threads = 8;
      CyclicBarrier start = new CyclicBarrier(threads);
      CountDownLatch asked = new CountDownLatch(threads);
      List<CompletableFuture<String>> results = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        results.add(
            supply(
                () -> {
                  start.await();
                  asked.countDown();
                  return cache.get(
                      "a",
                      key -> {
                        awaitQuietly(asked);
                        return "v" + calls.incrementAndGet();
                      });
                }));
      }
      for (CompletableFuture<String> result : results) {
        assertEquals("v1", result.get());
      }
      assertEquals(1, calls.get());
    }
  }

  @Test
  void aLoaderThatHasNothingCachesNothing() {
    try (var cache = builder().loader(key -> null).openTemporary()) {
      assertNull(cache.get("a"));
      assertEquals(0, cache.estimatedSize());
      assertEquals(1, cache.stats().loadFailureCount());
      assertEquals("x", cache.get("a", key -> "x"));
    }
  }

  @Test
  void whatALoaderThrowsReachesTheCallerAndLeavesNothingBehind() {
    IOException checked = new IOException("away");
    IllegalArgumentException unchecked = new IllegalArgumentException("no");
    try (var cache =
        builder()
            .loader(
                key -> {
                  if (key.equals("error")) {
                    throw new AssertionError("error");
                  }
                  throw key.equals("checked") ? checked : unchecked;
                })
            .openTemporary()) {
      assertSame(
          checked, assertThrows(CompletionException.class, () -> cache.get("checked")).getCause());
      assertSame(
          unchecked, assertThrows(IllegalArgumentException.class, () -> cache.get("unchecked")));
      assertThrows(AssertionError.class, () -> cache.get("error"));
      for (String key : List.of("checked", "unchecked", "error")) {
        assertEquals("now", cache.get(key, k -> "now"));
      }
    }
  }

  @Test
  void anInterruptedLoaderKeepsTheInterrupt() {
    try (var cache =
        builder()
            .loader(
                key -> {
                  throw new InterruptedException();
                })
            .openTemporary()) {
      assertThrows(CompletionException.class, () -> cache.get("a"));
      assertTrue(Thread.interrupted());
      assertEquals("now", cache.get("a", k -> "now"));
    }
  }

  @Test
  void loadersMayAskForOtherKeys() {
    try (var cache = builder().openTemporary()) {
      assertEquals("bc", cache.get("a", a -> cache.get("b", b -> "b") + cache.get("c", c -> "c")));
    }
  }

  @Test
  void aLoaderThatAsksForItsOwnKeyIsToldSo() {
    try (var cache = builder().openTemporary()) {
      assertThrows(
          IllegalStateException.class, () -> cache.get("a", a -> cache.get("a", again -> "x")));
      assertEquals("y", cache.get("a", a -> "y"));
    }
  }

  @Test
  void loadersThatWaitForEachOtherAreToldSo() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    try (var cache = builder().openTemporary()) {
      CompletableFuture<String> one = supply(() -> circle(cache, "a", "b", both));
      CompletableFuture<String> two = supply(() -> circle(cache, "b", "a", both));
      int told = 0;
      for (CompletableFuture<String> each : List.of(one, two)) {
        try {
          each.get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
          assertTrue(e.getCause() instanceof IllegalStateException, e.toString());
          told++;
        }
      }
      assertTrue(told >= 1);
    }
  }

  private static String circle(
      TophashCache<String, String> cache, String key, String other, CyclicBarrier both) {
    return cache.get(
        key,
        k -> {
          awaitQuietly(both);
          return cache.get(other, o -> "x");
        });
  }

  @Test
  void whatIsInvalidatedDuringItsLoadIsNotCached() {
    try (var cache = builder().openTemporary()) {
      String loaded =
          cache.get(
              "a",
              key -> {
                cache.invalidate("a");
                return "old";
              });
      assertEquals("old", loaded);
      assertNull(cache.getIfPresent("a"));
      cache.get(
          "a",
          key -> {
            cache.invalidateAll();
            return "old";
          });
      assertNull(cache.getIfPresent("a"));
    }
  }

  @Test
  void whatIsStoredDuringALoadStays() {
    try (var cache = builder().openTemporary()) {
      String got =
          cache.get(
              "a",
              key -> {
                cache.put("a", "newer");
                return "older";
              });
      assertEquals("newer", got);
      assertEquals("newer", cache.getIfPresent("a"));
    }
  }

  @Test
  void manyKeysAreLoadedByOneCall() {
    List<Set<String>> asked = Collections.synchronizedList(new ArrayList<>());
    CacheLoader<String, String> loader =
        new CacheLoader<>() {
          @Override
          public String load(String key) {
            throw new AssertionError("not one by one");
          }

          @Override
          public Map<String, String> loadAll(Set<? extends String> keys) {
            asked.add(Set.copyOf(keys));
            Map<String, String> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, key.equals("none") ? null : key + "!"));
            loaded.put("extra", "more");
            return loaded;
          }
        };
    try (var cache = builder().loader(loader).openTemporary()) {
      cache.put("b", "there");
      assertEquals(
          Map.of("a", "a!", "b", "there", "c", "c!"),
          cache.getAll(List.of("a", "b", "c", "none", "a")));
      assertEquals(List.of(Set.of("a", "c", "none")), asked);
      assertEquals("more", cache.getIfPresent("extra"));
      assertEquals("a!", cache.getIfPresent("a"));
      assertEquals(Map.of("x", "1"), cache.getAll(List.of("x"), keys -> Map.of("x", "1")));
      assertEquals(Map.of("x", "1"), cache.getAllPresent(List.of("x", "y")));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              cache.getAll(
                  List.of("z"),
                  keys -> {
                    throw new IllegalArgumentException("no");
                  }));
      assertEquals("again", cache.get("z", z -> "again"));
    }
  }

  @Test
  void aFailingLoaderLeavesAnExpiredValueInUse() {
    AtomicInteger fails = new AtomicInteger();
    try (var cache =
        builder()
            .expireAfterWrite(ofSeconds(10))
            .staleIfError(ofSeconds(20))
            .loader(
                key -> {
                  if (fails.get() > 0) {
                    throw new IOException("away");
                  }
                  return "v";
                })
            .openTemporary()) {
      assertEquals("v", cache.get("a"));
      fails.set(1);
      clock.advance(ofSeconds(10));
      assertNull(cache.getIfPresent("a"), "for all others it is absent");
      assertEquals("v", cache.get("a"));
      assertEquals(1, cache.stats().staleCount());
      clock.advance(ofSeconds(19));
      cache.cleanUp();
      assertEquals("v", cache.get("a"));
      clock.advance(ofSeconds(1));
      assertThrows(CompletionException.class, () -> cache.get("a"));
      cache.cleanUp();
      assertEquals(0, cache.estimatedSize());
      fails.set(0);
      assertEquals("v", cache.get("a"));
    }
  }

  @Test
  void anOldValueIsRefreshedAndServedMeanwhile() {
    AtomicInteger calls = new AtomicInteger();
    List<Runnable> tasks = new ArrayList<>();
    try (var cache =
        builder()
            .refreshAfterWrite(ofSeconds(5))
            .executor(tasks::add)
            .loader(key -> "v" + calls.incrementAndGet())
            .openTemporary()) {
      assertEquals("v1", cache.get("a"));
      clock.advance(ofSeconds(5));
      assertEquals("v1", cache.get("a"));
      assertEquals("v1", cache.get("a"));
      assertEquals(1, tasks.size(), "one refresh at a time");
      tasks.remove(0).run();
      assertEquals("v2", cache.get("a"));
      assertEquals(0, tasks.size());
    }
  }

  @Test
  void aRefreshDoesNotUndoWhatCameMeanwhile() throws Exception {
    List<Runnable> tasks = new ArrayList<>();
    try (var cache = builder().executor(tasks::add).loader(key -> "refreshed").openTemporary()) {
      cache.put("a", "1");
      CompletableFuture<String> refreshed = cache.refresh("a");
      tasks.remove(0).run();
      assertEquals("refreshed", refreshed.get());
      CompletableFuture<String> absent = cache.refresh("b");
      tasks.remove(0).run();
      assertEquals("refreshed", absent.get());
      assertEquals("refreshed", cache.getIfPresent("b"));
    }
    AtomicInteger round = new AtomicInteger();
    TophashCache<?, ?>[] self = new TophashCache<?, ?>[1];
    try (var cache =
        builder()
            .executor(Runnable::run)
            .loader(
                key -> {
                  @SuppressWarnings("unchecked")
                  TophashCache<String, String> c = (TophashCache<String, String>) self[0];
                  if (round.getAndIncrement() == 0) {
                    c.put("a", "newer");
                  } else {
                    c.invalidate("a");
                  }
                  return "older";
                })
            .openTemporary()) {
      self[0] = cache;
      cache.put("a", "1");
      assertEquals("newer", cache.refresh("a").get());
      assertEquals("newer", cache.getIfPresent("a"));
      cache.refresh("a").get();
      assertNull(cache.getIfPresent("a"));
    }
  }

  @Test
  void aRefreshThatFindsNothingRemovesAndOneThatFailsDoesNot() {
    try (var cache =
        builder()
            .executor(Runnable::run)
            .loader(
                key -> {
                  if (key.equals("fails")) {
                    throw new IOException("away");
                  }
                  return null;
                })
            .openTemporary()) {
      cache.put("gone", "1");
      cache.put("fails", "2");
      assertNull(cache.refresh("gone").join());
      assertNull(cache.getIfPresent("gone"));
      assertThrows(CompletionException.class, () -> cache.refresh("fails").join());
      assertEquals("2", cache.getIfPresent("fails"));
    }
  }

  @Test
  void withoutALoaderGetSaysSo() {
    try (var cache = builder().openTemporary()) {
      assertTrue(
          assertThrows(IllegalStateException.class, () -> cache.get("a"))
              .getMessage()
              .contains("no loader"));
    }
  }

  private static <T> CompletableFuture<T> supply(java.util.concurrent.Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(call.call());
              } catch (Throwable t) {
                result.completeExceptionally(t);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitQuietly(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
