package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counters that several processes add to, by every method that can, while each makes other keys
 * come and go in the same segments: an update that one process lost, or made twice, shows in the
 * sum. Few shards and small windows, so that they meet.
 */
@Tag("contract")
class ProcessCountersTest {
  private static final int PROCESSES = 3;
  private static final int COUNTERS = 7;
  private static final int ROUNDS = 4000;

  /** Additions of a process to each of its counters, and of all processes together. */
  private static final long EXPECTED = (long) ROUNDS * (PROCESSES + 1);

  @TempDir Path dir;

  private static LongSyncStore longs(Path dir) {
    return SyncStore.longs().windowBytes(1 << 20).shards(2).open(dir.resolve("longs"));
  }

  private static SyncStore<String, Long> texts(Path dir) {
    return SyncStore.builder(Codecs.utf8(), Codecs.int64())
        .windowBytes(1 << 20)
        .shards(2)
        .open(dir.resolve("texts"));
  }

  @Test
  void sumsAreExact() {
    try (LongSyncStore longs = longs(dir);
        SyncStore<String, Long> texts = texts(dir)) {
      List<ChildJvm> children = new ArrayList<>();
      try {
        for (int i = 1; i <= PROCESSES; i++) {
          children.add(ChildJvm.start(Adder.class, dir, i));
        }
        children.forEach(child -> assertEquals("ready", child.readLine()));
        Adder.add(longs, texts, 0);
        children.forEach(ChildJvm::assertSucceeds);
      } finally {
        children.forEach(ChildJvm::close);
      }
      for (int counter = 0; counter < COUNTERS; counter++) {
        assertEquals(EXPECTED, longs.get(counter), "counter=" + counter);
        assertEquals(EXPECTED, texts.get("counter" + counter), "counter=" + counter);
      }
      assertEquals(COUNTERS, longs.sizeLong());
      assertEquals(COUNTERS, texts.sizeLong());
      assertTrue(longs.verify().isClean());
      assertTrue(texts.verify().isClean());
    }
  }

  /** Counter i is always added to by method i: so a failure names the method. */
  private static final class Adder {
    public static void main(String[] args) {
      Path dir = Path.of(args[0]);
      try (LongSyncStore longs = longs(dir);
          SyncStore<String, Long> texts = texts(dir)) {
        System.out.println("ready");
        add(longs, texts, Integer.parseInt(args[1]));
      }
    }

    static void add(LongSyncStore longs, SyncStore<String, Long> texts, int process) {
      for (int round = 0; round < ROUNDS; round++) {
        // Keys of this process alone: they come, and go a while later.
        long own = 1000L * 1000 * (process + 1) + round;
        longs.set(own, round);
        texts.set("other" + own, (long) round);
        for (int counter = 0; counter < COUNTERS; counter++) {
          addTo(longs, counter);
          addTo(texts, "counter" + counter, counter);
        }
        if (round >= 500) {
          remove(longs, texts, own - 500);
        }
      }
      for (long own = 1000L * 1000 * (process + 1) + ROUNDS - 500, i = 0; i < 500; i++) {
        remove(longs, texts, own + i);
      }
    }

    private static void remove(LongSyncStore longs, SyncStore<String, Long> texts, long own) {
      assertTrue(longs.delete(own));
      assertEquals(own % (1000 * 1000), texts.remove("other" + own));
    }

    private static void addTo(LongSyncStore longs, int counter) {
      SyncStore<Long, Long> boxed = longs.asMap();
      long key = counter;
      switch (counter) {
        case 0:
          longs.addAndGet(key, 1);
          break;
        case 1:
          longs.getAndAdd(key, 1);
          break;
        case 2:
          boxed.compute(key, (k, value) -> value == null ? 1 : value + 1);
          break;
        case 3:
          boxed.merge(key, 1L, Long::sum);
          break;
        case 4:
          boxed.computeIfAbsent(key, k -> 0L);
          boxed.computeIfPresent(key, (k, value) -> value + 1);
          break;
        case 5:
          // Taken out whole, and put back with one more: absent in between.
          Long taken;
          do {
            taken = boxed.remove(key);
          } while (taken == null && boxed.putIfAbsent(key, 1L) != null);
          while (taken != null && boxed.putIfAbsent(key, taken + 1) != null) {
            Long also = boxed.remove(key);
            taken += also == null ? 0 : also;
          }
          break;
        default:
          long seen;
          longs.putIfAbsent(key, 0);
          do {
            seen = longs.get(key);
          } while (!longs.replace(key, seen, seen + 1));
      }
    }

    private static void addTo(SyncStore<String, Long> texts, String key, int method) {
      switch (method) {
        case 0:
        case 1:
          texts.merge(key, 1L, Long::sum);
          break;
        case 2:
        case 3:
          texts.compute(key, (k, value) -> value == null ? 1 : value + 1);
          break;
        default:
          texts.putIfAbsent(key, 0L);
          long seen;
          do {
            seen = texts.get(key);
          } while (!texts.replace(key, seen, seen + 1));
      }
    }
  }
}
