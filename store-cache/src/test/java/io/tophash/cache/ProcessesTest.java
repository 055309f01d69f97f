package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One cache of several processes, some of which are killed. */
@Tag("crash")
@Tag("full")
@Timeout(180)
class ProcessesTest {
  @TempDir Path dir;

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void theLoadOfAKilledProcessIsTakenOver() throws Exception {
    Path path = dir.resolve("cache.tph");
    AtomicBoolean killed = new AtomicBoolean();
    AtomicBoolean early = new AtomicBoolean();
    try (TophashCache<String, String> cache = CacheChild.builder().open(path)) {
      Process child = CacheChild.start(path, "load-for-ever", "k");
      try {
        assertEquals("loading", output(child).readLine());
        assertNull(cache.getIfPresent("k"), "what is being loaded is absent");
        assertFalse(cache.asMap().containsKey("k"));
        assertEquals(0, cache.asMap().size());
        CompletableFuture<String> got =
            CompletableFuture.supplyAsync(
                () ->
                    cache.get(
                        "k",
                        key -> {
                          early.set(!killed.get());
                          return "mine";
                        }));
        // Others come and go meanwhile.
        assertEquals("other", cache.get("other", key -> "other"));
        killed.set(true);
        child.destroyForcibly().waitFor();
        assertEquals("mine", got.get(60, TimeUnit.SECONDS));
        assertFalse(early.get(), "loaded although another process did");
        assertEquals("mine", cache.getIfPresent("k"));
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void theRefreshOfAKilledProcessIsTakenOver() throws Exception {
    Path path = dir.resolve("cache.tph");
    AtomicInteger loads = new AtomicInteger();
    try (TophashCache<String, String> cache =
        CacheChild.builder()
            .refreshAfterWrite(Duration.ofMillis(1))
            .loader(key -> "new" + loads.incrementAndGet())
            .executor(Runnable::run)
            .open(path)) {
      Process child = CacheChild.start(path, "refresh-for-ever", "k");
      try {
        assertEquals("loading", output(child).readLine());
        for (int i = 0; i < 1_000; i++) {
          assertEquals("old", cache.get("k"), "who does not refresh has the old value");
        }
        assertEquals(0, loads.get(), "refreshed although another process does");
        child.destroyForcibly().waitFor();
        // One of some reads looks whether who claimed it lives.
        while (loads.get() == 0) {
          cache.get("k");
        }
        assertTrue(cache.get("k").startsWith("new"));
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void whatIsRemovedWhileAnotherProcessLoadsDoesNotComeBack() throws Exception {
    Path path = dir.resolve("cache.tph");
    try (TophashCache<String, String> cache = CacheChild.builder().open(path)) {
      Process child = CacheChild.start(path, "load-for-ever", "k");
      try {
        assertEquals("loading", output(child).readLine());
        cache.put("k", "stored");
        assertEquals("stored", cache.get("k", key -> "loaded"));
        cache.invalidate("k");
        assertEquals("loaded", cache.get("k", key -> "loaded"), "the lease is gone");
      } finally {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void eachKeyIsLoadedOnceByAllProcesses() throws Exception {
    int keys = 300;
    Path path = dir.resolve("cache.tph");
    CacheChild.builder().open(path).close();
    List<Process> children = new ArrayList<>();
    try {
      List<BufferedReader> outputs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        children.add(CacheChild.start(path, "load-each", String.valueOf(keys)));
        outputs.add(output(children.get(i)));
      }
      for (BufferedReader output : outputs) {
        assertEquals("ready", output.readLine());
      }
      for (Process child : children) {
        child.getOutputStream().write('\n');
        child.getOutputStream().flush();
      }
      Map<String, Integer> loads = new HashMap<>();
      for (BufferedReader output : outputs) {
        for (String line = output.readLine(); !line.equals("end"); line = output.readLine()) {
          assertTrue(line.startsWith("load "), line);
          loads.merge(line, 1, Integer::sum);
        }
      }
      assertEquals(keys, loads.size());
      loads.forEach((key, count) -> assertEquals(1, count, key));
      for (Process child : children) {
        child.waitFor();
      }
      try (TophashCache<String, String> cache = CacheChild.builder().open(path)) {
        assertEquals(keys, cache.statsOfAll().loadSuccessCount());
        assertEquals(6 * keys, cache.statsOfAll().requestCount());
      }
    } finally {
      for (Process child : children) {
        child.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void killsBreakNoBoundAndBringNoOlderValueBack() throws Exception {
    Path path = dir.resolve("cache.tph");
    Random random = new Random(1);
    // Of each key the version that was stored last, and that which was about to be.
    Map<String, Integer> stored = new HashMap<>();
    Map<String, Integer> pending = new HashMap<>();
    try (TophashCache<String, String> cache =
        CacheChild.builder().maxEntries(300).maxBytes(4 << 20).open(path)) {
      int version = 0;
      for (int round = 0; round < 6; round++) {
        List<Process> children = new ArrayList<>();
        List<BufferedReader> outputs = new ArrayList<>();
        try {
          for (String name : List.of("a", "b")) {
            children.add(CacheChild.start(path, "write", name, String.valueOf(version)));
            outputs.add(output(children.get(children.size() - 1)));
          }
          int lines = 500 + random.nextInt(2_000);
          for (int i = 0; i < lines; i++) {
            for (BufferedReader output : outputs) {
              version = Math.max(version, note(output.readLine(), stored, pending));
            }
            assertTrue(cache.estimatedSize() <= 300, () -> cache.estimatedSize() + " entries");
            assertTrue(cache.policy().usedBytes() <= 4 << 20);
          }
        } finally {
          for (Process child : children) {
            child.toHandle().destroyForcibly(); // leaves what it has written to be read
          }
          for (int i = 0; i < children.size(); i++) {
            drain(outputs.get(i), stored, pending);
            children.get(i).waitFor();
          }
        }
        version++;
        checkAll(cache, stored, pending);
      }
      assertTrue(cache.stats().evictionCount() > 0);
      assertTrue(cache.verify().isClean(), () -> cache.verify().toString());
    }
  }

  @Test
  void boundsThatChangeHoldForAllProcessesWhoeverIsKilled() throws Exception {
    Path path = dir.resolve("cache.tph");
    Random random = new Random(2);
    try (TophashCache<String, String> cache =
        CacheChild.builder().maxEntries(900).maxBytes(6 << 20).open(path)) {
      for (int round = 0; round < 4; round++) {
        Process writer = CacheChild.start(path, "write", "w", "0");
        Process resizer = CacheChild.start(path, "resize");
        try {
          BufferedReader written = output(writer);
          read(written, 500);
          read(output(resizer), 4 + random.nextInt(12));
          resizer.destroyForcibly().waitFor(); // in the midst of a change, nearly always
          checkBound(cache);
          for (long[] bounds : CacheChild.BOUNDS) {
            cache.resize(bounds[0], bounds[1]);
            assertEquals(bounds[0], cache.policy().maxBytes());
            assertEquals(bounds[1], cache.policy().maxEntries());
            for (int i = 0; i < 100; i++) {
              checkBound(cache);
              read(written, 2);
            }
          }
        } finally {
          writer.toHandle().destroyForcibly();
          resizer.toHandle().destroyForcibly();
          output(writer).transferTo(Writer.nullWriter());
          writer.waitFor();
          resizer.waitFor();
        }
        checkBound(cache);
        assertTrue(cache.verify().isClean(), () -> cache.verify().toString());
      }
      assertTrue(cache.stats().evictionCount() > 0);
      assertEquals(0, cache.stats().rejectedCount());
    }
  }

  private static void read(BufferedReader output, int lines) throws IOException {
    for (int i = 0; i < lines; i++) {
      assertNotNull(output.readLine());
    }
  }

  /** While nobody changes the bounds. */
  private static void checkBound(TophashCache<String, String> cache) {
    Policy policy = cache.policy();
    assertTrue(
        policy.usedBytes() <= policy.maxBytes() && policy.entries() <= policy.maxEntries(),
        policy::toString);
  }

  private static void drain(
      BufferedReader output, Map<String, Integer> stored, Map<String, Integer> pending) {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.split(" ").length == 3) {
          note(line, stored, pending);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // The last line of a killed process may be cut.
    }
  }

  private static int note(String line, Map<String, Integer> stored, Map<String, Integer> pending) {
    String[] words = line.split(" ");
    int version = Integer.parseInt(words[2]);
    (words[0].equals("put") ? pending : stored).put(words[1], version);
    return version;
  }

  private static void checkAll(
      TophashCache<String, String> cache,
      Map<String, Integer> stored,
      Map<String, Integer> pending) {
    int entries = 0;
    for (Map.Entry<String, String> entry : cache.asMap().entrySet()) {
      String key = entry.getKey();
      int version = Integer.parseInt(entry.getValue().split(":")[1]);
      assertEquals(CacheChild.value(key, version), entry.getValue());
      assertTrue(
          version == stored.getOrDefault(key, -1) || version == pending.getOrDefault(key, -1),
          () -> key + " is " + version + ", stored " + stored.get(key));
      entries++;
    }
    assertTrue(entries > 100, "entries=" + entries);
  }
}
