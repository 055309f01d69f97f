package io.tophash.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JMX and the flight recorder show of a cache. */
@Tag("contract")
class ManagementTest {
  private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

  @TempDir private Path directory;

  private final FakeClock clock = new FakeClock();

  private TophashCacheBuilder<String, String> builder() {
    return TophashCache.builder(Codecs.utf8(), Codecs.utf8())
        .clock(clock)
        .executor(Runnable::run)
        .unmaintained()
        .recordStats();
  }

  private static ObjectName name(String name) throws Exception {
    return new ObjectName("io.tophash:type=Cache,name=" + ObjectName.quote(name));
  }

  @Test
  void theBeanShowsTheCacheUntilItIsClosed() throws Exception {
    ObjectName name = name("orders, \"old\" *");
    try (var cache =
        builder()
            .maxEntries(100)
            .expireAfterWrite(Duration.ofMinutes(1))
            .management("orders, \"old\" *")
            .openTemporary()) {
      TophashCacheMXBean bean = JMX.newMXBeanProxy(SERVER, name, TophashCacheMXBean.class);
      cache.put("a", "1");
      cache.getIfPresent("a");
      cache.get("b", key -> "2");
      assertEquals(cache.path().toString(), bean.getFile());
      assertEquals(2, bean.getEntries());
      assertEquals(100, bean.getMaxEntries());
      assertEquals(Long.MAX_VALUE, bean.getMaxBytes());
      assertEquals(cache.policy().usedBytes(), bean.getUsedBytes());
      assertEquals(cache.storeStats().fileBytes(), bean.getFileBytes());
      assertEquals(1, bean.getProcesses());
      assertEquals(1, bean.getHits());
      assertEquals(1, bean.getMisses());
      assertEquals(0.5, bean.getHitRatio());
      assertEquals(1, bean.getLoads());
      assertEquals(0, bean.getLoadFailures());
      assertTrue(bean.getAverageLoadMillis() > 0);
      assertEquals(0, bean.getLockWaits());
      assertEquals(0, bean.getTakeOvers());
      clock.advance(Duration.ofMinutes(2));
      bean.cleanUp();
      assertEquals(2, bean.getExpirations());
      assertEquals(0.5, bean.getHitRatioOfAll(), "cleaning up has reported it");
      assertEquals(1, bean.getLoadsOfAll());
      for (int i = 0; i < 200; i++) {
        cache.put("key" + i, "value");
      }
      assertTrue(bean.getEvictions() >= 100, () -> "evictions=" + bean.getEvictions());
      assertEquals(0, bean.getRejections());
      cache.put("c", "3", PutOptions.tag("red"));
      bean.invalidateTag("red");
      assertFalse(cache.asMap().containsKey("c"));
      bean.invalidateAll();
      assertEquals(0, bean.getEntries());
    }
    assertFalse(SERVER.isRegistered(name));
  }

  @Test
  void aNameThatIsTakenIsRefusedAndLeavesNothingOpen() throws Exception {
    try (var cache = builder().management("taken").openTemporary()) {
      Path file = directory.resolve("other.tph");
      assertThrows(IllegalStateException.class, () -> builder().management("taken").open(file));
      assertTrue(SERVER.isRegistered(name("taken")));
      assertFalse(cache.isClosed());
      try (var other = builder().open(file)) {
        assertEquals(1, other.storeStats().attached().size());
      }
    }
    assertFalse(SERVER.isRegistered(name("taken")));
  }

  @Test
  void loadsAreRecordedAndHitsAreNot() throws Exception {
    Path target = directory.resolve("recording.jfr");
    String file;
    try (Recording recording = new Recording();
        var cache =
            builder()
                .loader(
                    key -> {
                      if (key.equals("bad")) {
                        throw new IllegalStateException(key);
                      }
                      return "v";
                    })
                .openTemporary()) {
      file = cache.path().toString();
      recording.enable("io.tophash.Load").withoutThreshold();
      recording.start();
      cache.get("a");
      assertThrows(IllegalStateException.class, () -> cache.get("bad"));
      cache.getAll(List.of("a", "b", "c"));
      cache.refresh("a").join();
      for (int i = 0; i < 1_000; i++) {
        cache.get("a");
      }
      recording.stop();
      recording.dump(target);
    }
    Set<String> seen =
        RecordingFile.readAllEvents(target).stream()
            .filter(event -> event.hasField("kind") && file.equals(event.getString("store")))
            .map(ManagementTest::text)
            .collect(Collectors.toSet());
    assertEquals(Set.of("load 1 false", "load 0 true", "loadAll 2 false", "reload 1 false"), seen);
  }

  private static String text(RecordedEvent event) {
    return event.getString("kind")
        + " "
        + event.getInt("values")
        + " "
        + event.getBoolean("failed");
  }
}
