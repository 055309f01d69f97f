package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.memory.CrashPoint;
import io.tophash.core.testing.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the JDK's flight recorder gets to see. */
@Timeout(120)
@Tag("contract")
class FlightRecorderTest {
  private static final List<String> NAMES =
      List.of("Rebuild", "Eviction", "Sweep", "LockWait", "TakeOver");

  @TempDir private Path directory;

  /** Something to do that may fail. */
  private interface Work {
    void run() throws Exception;
  }

  /** The events of this file that are recorded while the work is done. */
  private List<RecordedEvent> recorded(Path file, Work work) throws Exception {
    Path target = directory.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      NAMES.forEach(name -> recording.enable("io.tophash." + name).withoutThreshold());
      recording.start();
      work.run();
      recording.stop();
      recording.dump(target);
    }
    return RecordingFile.readAllEvents(target).stream()
        .filter(event -> event.getEventType().getName().startsWith("io.tophash."))
        .filter(event -> event.getString("store").equals(file.toAbsolutePath().toString()))
        .collect(Collectors.toList());
  }

  private static List<RecordedEvent> of(String name, List<RecordedEvent> events) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("io.tophash." + name))
        .collect(Collectors.toList());
  }

  private Path file() throws IOException {
    return directory.toRealPath().resolve("a.tph");
  }

  @Test
  void rebuildsAreRecordedAndLookupsAreNot() throws Exception {
    try (LongSyncStore store = SyncStore.longs().shards(1).open(file())) {
      List<RecordedEvent> filling =
          recorded(
              file(),
              () -> {
                for (long i = 0; i < 20_000; i++) {
                  store.put(i, i);
                }
              });
      List<RecordedEvent> rebuilds = of("Rebuild", filling);
      assertEquals(store.stats().rebuilds(), rebuilds.size());
      assertEquals(
          store.stats().splits(),
          rebuilds.stream().filter(event -> event.getString("kind").equals("split")).count());
      assertTrue(store.stats().splits() > 0);
      long before = store.stats().promotions();
      List<RecordedEvent> reading =
          recorded(
              file(),
              () -> {
                for (long i = 0; i < 20_000; i++) {
                  store.get(i);
                }
              });
      // Lookups that miss the read table have it rebuilt now and then; nothing else is recorded.
      assertEquals(store.stats().promotions() - before, reading.size(), reading::toString);
    }
  }

  private static byte[] expiring(long ms) {
    return ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(ms).array();
  }

  @Test
  void evictionsAndSweepsOfACacheAreRecorded() throws Exception {
    AtomicLong now = new AtomicLong(1_000_000);
    try (CacheStore<String, byte[]> cache =
        CacheStore.builder(Codecs.utf8(), Codecs.bytes())
            .maxEntries(500)
            .clock(now::get)
            .open(file())) {
      List<RecordedEvent> events =
          recorded(
              file(),
              () -> {
                for (int i = 0; i < 2_000; i++) {
                  cache.store().set("key" + i, expiring(2_000_000));
                }
                now.set(3_000_000);
                cache.sweep(0);
              });
      long evicted =
          of("Eviction", events).stream().mapToLong(event -> event.getLong("evicted")).sum();
      // Some may go by a rebuild for another reason.
      assertTrue(evicted > 0 && evicted <= cache.evictedCount(), () -> "evicted=" + evicted);
      assertTrue(cache.evictedCount() >= 1_500, () -> "evicted=" + cache.evictedCount());
      List<RecordedEvent> sweeps = of("Sweep", events);
      assertEquals(1, sweeps.size());
      assertEquals(cache.expiredCount(), sweeps.get(0).getLong("expired"));
    }
  }

  /** Stops in the middle of the first rebuild, and goes on or ends as its input says. */
  public static final class InARebuild implements CrashPoint.Hook {
    private boolean wasInside;

    @Override
    public void reached(String point) {
      if (point.equals("rebuild.published") && !wasInside) {
        wasInside = true;
        System.out.println("inside");
        try {
          if (System.in.read() == 'd') {
            Runtime.getRuntime().halt(7);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  static final class Writer {
    public static void main(String[] args) throws IOException {
      LongSyncStore store = SyncStore.longs().shards(1).open(Path.of(args[0]));
      for (long i = 0; ; i++) {
        store.put(i, i);
      }
    }
  }

  private ChildJvm startWriter() throws IOException {
    return ChildJvm.start(
        List.of("-Dtophash.crashHook=" + InARebuild.class.getName()), Writer.class, file());
  }

  /** True once it has seen who has the lock, and waits. */
  private static boolean isWaiting(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(
            frame ->
                frame.getClassName().endsWith(".Backoff") && frame.getMethodName().equals("idle"));
  }

  @Test
  void aWaitForTheLockOfAnotherProcessIsRecordedAndCounted() throws Exception {
    try (LongSyncStore store = SyncStore.longs().shards(1).open(file());
        ChildJvm writer = startWriter()) {
      assertEquals("inside", writer.readLine());
      Thread waiting = new Thread(() -> store.put(-1, 1));
      List<RecordedEvent> events =
          recorded(
              file(),
              () -> {
                waiting.start();
                while (!isWaiting(waiting)) {
                  assertTrue(waiting.isAlive());
                  Thread.onSpinWait();
                }
                assertTrue(writer.writeLine("go"));
                waiting.join();
              });
      List<RecordedEvent> waits = of("LockWait", events);
      assertFalse(waits.isEmpty());
      assertTrue(
          waits.get(0).getString("owner").contains(Long.toString(writer.pid())), waits::toString);
      assertTrue(store.stats().lockWaits() >= 1);
      assertTrue(store.stats().lockWaitNanos() > 0);
    }
  }

  @Test
  void aTakeOverIsRecorded() throws Exception {
    try (LongSyncStore store = SyncStore.longs().shards(1).open(file());
        ChildJvm writer = startWriter()) {
      assertEquals("inside", writer.readLine());
      assertTrue(writer.writeLine("die"));
      assertEquals(7, writer.waitForEnd());
      List<RecordedEvent> events = recorded(file(), () -> store.put(-1, 1));
      assertEquals(1, of("TakeOver", events).size());
      assertEquals(1, store.stats().takeovers());
    }
  }

  static final class WithoutARecorder {
    public static void main(String[] args) {
      Set<String> modules =
          ModuleLayer.boot().modules().stream().map(Module::getName).collect(Collectors.toSet());
      if (modules.contains("jdk.jfr")) {
        throw new IllegalStateException("the recorder is there");
      }
      try (LongSyncStore store = SyncStore.longs().shards(1).open(Path.of(args[0]))) {
        for (long i = 0; i < 20_000; i++) {
          store.put(i, i);
        }
        System.out.println(store.stats().rebuilds() > 0);
      }
    }
  }

  @Test
  void aRuntimeWithoutARecorderRunsAsWell() throws Exception {
    try (ChildJvm child =
        ChildJvm.start(
            List.of("--limit-modules", "java.base,java.logging,java.management,jdk.unsupported"),
            WithoutARecorder.class,
            file())) {
      assertEquals("true", child.readLine());
      child.assertSucceeds();
    }
  }
}
