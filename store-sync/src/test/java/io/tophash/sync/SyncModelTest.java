package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.VerifyReport;
import io.tophash.core.codec.Codecs;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.testing.Seeds;
import io.tophash.core.testing.TestHashes;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random operations against a {@link HashMap}, with few and many keys, good and bad hash functions,
 * reopening and verification in between.
 */
@Tag("fast")
@Tag("contract")
class SyncModelTest {
  private static final long MISSING = -99;

  @TempDir Path dir;

  private record Case(String name, KeyHash.Factory hashes, int shards, int keys, int steps) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("few keys", TestHashes.standard(), 1, 50, 30_000),
        new Case("many keys, one shard", TestHashes.standard(), 1, 20_000, 120_000),
        new Case("many keys", TestHashes.standard(), 64, 20_000, 120_000),
        new Case("one hash for all", TestHashes.constant(), 4, 700, 6_000),
        new Case("few low bits", TestHashes.truncated(4, 20), 4, 2_000, 20_000),
        new Case("few high bits", TestHashes.truncated(40, 3), 4, 3_000, 30_000));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void longsAgreeWithAMap(Case c) {
    Seeds.run(20, seed -> runLongs(c, new Random(seed)));
  }

  private void runLongs(Case c, Random random) {
    Map<Long, Long> model = new HashMap<>();
    Path file = dir.resolve("longs" + random.nextLong() + ".tph");
    LongSyncStore store = openLongs(c, file);
    try {
      for (int step = 0; step < c.steps; step++) {
        // The usual nil is a value like any other to the user.
        long value =
            random.nextInt(50) == 0
                ? io.tophash.sync.format.SegmentLayout.USUAL_NIL
                : random.nextInt(20);
        long key = random.nextInt(c.keys);
        stepLongs(store, model, random.nextInt(100), key, value);
        if (random.nextInt(c.steps / 4) == 0) {
          verify(store.verify(), model.size());
          store.close();
          store = openLongs(c, file);
        }
      }
      verify(store.verify(), model.size());
      assertEquals(model.size(), store.sizeLong());
      Map<Long, Long> walked = new HashMap<>();
      store.forEach((k, v) -> assertEquals(null, walked.put(k, v), "a key was delivered twice"));
      assertEquals(model, walked);
      long[] keys = model.keySet().stream().mapToLong(k -> k).toArray();
      long[] values = new long[keys.length];
      store.getAll(keys, values, -77);
      for (int i = 0; i < keys.length; i++) {
        assertEquals(model.get(keys[i]), values[i]);
      }
    } finally {
      store.close();
    }
  }

  private static void stepLongs(
      LongSyncStore store, Map<Long, Long> model, int dice, long key, long value) {
    long missing = MISSING;
    if (dice < 30) {
      assertEquals(model.getOrDefault(key, missing), store.get(key));
    } else if (dice < 60) {
      Long previous = model.put(key, value);
      assertEquals(previous == null ? missing : previous, store.put(key, value));
    } else if (dice < 75) {
      Long previous = model.remove(key);
      assertEquals(previous == null ? missing : previous, store.remove(key));
    } else if (dice < 80) {
      assertEquals(model.merge(key, value, Long::sum), store.addAndGet(key, value));
    } else if (dice < 90) {
      long expected = value + 1;
      assertEquals(model.replace(key, expected, value), store.replace(key, expected, value));
    } else if (dice < 99) {
      Long previous = model.putIfAbsent(key, value);
      assertEquals(previous == null ? missing : previous, store.putIfAbsent(key, value));
    } else if (value == 0) {
      model.clear();
      store.clear();
    }
  }

  private LongSyncStore openLongs(Case c, Path file) {
    return SyncStore.longs()
        .missingValue(MISSING)
        .hashes(c.hashes)
        .shards(c.shards)
        .windowBytes(1 << 20)
        .open(file);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void recordsAgreeWithAMap(Case c) {
    Seeds.run(20, seed -> runRecords(c, new Random(seed)));
  }

  private void runRecords(Case c, Random random) {
    Map<String, byte[]> model = new HashMap<>();
    Path file = dir.resolve("records" + random.nextLong() + ".tph");
    SyncStore<String, byte[]> store = openRecords(c, file);
    List<byte[]> some =
        Stream.of(0, 1, 7, 30, 100, 700, 4095, 4096, 9000, 70_000, 400_000)
            .map(n -> value(random, n))
            .toList();
    try {
      for (int step = 0; step < c.steps / 2; step++) {
        int roll = random.nextInt(1000);
        byte[] value =
            roll < 3 ? some.get(8 + roll % 3) : some.get(random.nextInt(roll < 100 ? 8 : 5));
        String key = "key-" + random.nextInt(c.keys);
        stepRecords(store, model, random.nextInt(100), key, value, some.get(random.nextInt(5)));
        if (random.nextInt(c.steps / 8) == 0) {
          verify(store.verify(), model.size());
          store.close();
          store = openRecords(c, file);
        }
      }
      verify(store.verify(), model.size());
      assertEquals(model.size(), store.sizeLong());
      Map<String, byte[]> walked = new HashMap<>();
      for (Map.Entry<String, byte[]> e : store.entrySet()) {
        assertEquals(null, walked.put(e.getKey(), e.getValue()), "a key was delivered twice");
      }
      assertEquals(model.keySet(), walked.keySet());
      model.forEach((k, v) -> assertArrayEquals(v, walked.get(k)));
    } finally {
      store.close();
    }
  }

  private static byte[] value(Random random, int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return value;
  }

  private static void stepRecords(
      SyncStore<String, byte[]> store,
      Map<String, byte[]> model,
      int dice,
      String key,
      byte[] value,
      byte[] other) {
    if (dice < 30) {
      assertArrayEquals(model.get(key), store.get(key));
    } else if (dice < 60) {
      assertArrayEquals(model.put(key, value), store.put(key, value));
    } else if (dice < 70) {
      assertArrayEquals(model.remove(key), store.remove(key));
    } else if (dice < 75) {
      byte[] present = model.get(key);
      boolean equal = present != null && Arrays.equals(present, other);
      assertEquals(equal, store.remove(key, other));
      if (equal) {
        model.remove(key);
      }
    } else if (dice < 85) {
      byte[] present = model.get(key);
      boolean equal = present != null && Arrays.equals(present, other);
      assertEquals(equal, store.replace(key, other, value));
      if (equal) {
        model.put(key, value);
      }
    } else if (dice < 95) {
      assertArrayEquals(model.putIfAbsent(key, value), store.putIfAbsent(key, value));
    } else if (dice < 99) {
      assertArrayEquals(model.replace(key, value), store.replace(key, value));
    } else if (value.length == 1) {
      model.clear();
      store.clear();
    }
  }

  private SyncStore<String, byte[]> openRecords(Case c, Path file) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .hashes(c.hashes)
        .shards(c.shards)
        .windowBytes(4 << 20)
        .open(file);
  }

  private static void verify(VerifyReport report, long entries) {
    assertTrue(report.isClean(), () -> report.findings().toString());
    assertEquals(entries, report.entries());
  }
}
