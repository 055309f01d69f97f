package io.tophash.sync;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tophash.core.codec.Codecs;
import io.tophash.core.format.HeaderLayout;
import io.tophash.core.hash.KeyHash;
import io.tophash.core.testing.Effort;
import io.tophash.sync.format.HashBits;
import io.tophash.sync.segment.RecordLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The place that a replaced record has left is used again, and nobody takes one for the other. */
@Tag("fast")
@Tag("contract")
@Tag("race")
class ReplacedRecordTest {
  private static final int STEPS = Effort.of(5_000, 30_000, 1_000_000);

  @TempDir Path directory;

  private SyncStore<String, byte[]> open() {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .shards(1)
        .windowBytes(4 << 20)
        .open(directory.resolve("store"));
  }

  private static byte[] value(String key, long number, int bytes) {
    return Described.value(key, number, bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 100, 2_000, 4_000})
  void overwritesOfOneSizeNeedNoRebuildUpToSoManyTimes(int bytes) {
    int keys = 20;
    try (SyncStore<String, byte[]> store = open()) {
      for (int round = 0; round < 3; round++) {
        for (int key = 0; key < keys; key++) {
          store.set("key-" + key, value("key-" + key, round, bytes));
        }
      }
      SyncStats before = store.stats();
      for (int round = 3; round < RecordLog.MAX_REUSES; round++) {
        for (int key = 0; key < keys; key++) {
          store.set("key-" + key, value("key-" + key, round, bytes));
        }
      }
      // The very first overwrite in each block has no place to take, and appends.
      assertEquals(before.rebuilds(), store.stats().rebuilds(), 1);
      assertTrue(store.stats().usedBytes() <= before.usedBytes() + (64 << 10));
      // A slot does not come back: after so many reuses records are appended, and rebuilt.
      for (int round = 0; round < 2 * RecordLog.MAX_REUSES; round++) {
        store.set("key-0", value("key-0", round, bytes));
        assertEquals(round, Described.check("key-0", store.get("key-0")));
      }
      for (int key = 1; key < keys; key++) {
        String name = "key-" + key;
        assertEquals(RecordLog.MAX_REUSES - 1, Described.check(name, store.get(name)));
      }
      Described.verifyAtRest(store, keys);
    }
  }

  @Test
  void recordsOfAllSizesTakeEachOthersPlaces() {
    Map<String, byte[]> model = new HashMap<>();
    Random random = new Random(3);
    for (int opened = 0; opened < 5; opened++) {
      try (SyncStore<String, byte[]> store = open()) {
        for (int step = 0; step < STEPS; step++) {
          String key = "key-" + random.nextInt(60);
          byte[] value =
              value(key, step, 16 + random.nextInt(random.nextInt(20) == 0 ? 6_000 : 90));
          switch (random.nextInt(6)) {
            case 0 -> assertArrayEquals(model.remove(key), store.remove(key));
            case 1 ->
                assertArrayEquals(model.putIfAbsent(key, value), store.putIfAbsent(key, value));
            case 2 -> {
              byte[] present = model.get(key);
              if (present != null) {
                assertTrue(store.replace(key, present, value));
                model.put(key, value);
              }
            }
            case 3 -> assertArrayEquals(model.put(key, value), store.put(key, value));
            default -> {
              store.set(key, value);
              model.put(key, value);
            }
          }
        }
        model.forEach((key, value) -> assertArrayEquals(value, store.get(key)));
        Map<String, byte[]> walked = new HashMap<>();
        store.forEach(walked::put);
        assertEquals(model.keySet(), walked.keySet());
        walked.forEach((key, value) -> assertArrayEquals(model.get(key), value));
        Described.verifyAtRest(store, model.size());
      }
    }
  }

  @Test
  void aSealedSegmentIsCopiedBeforeItsSparePlaceIsTaken() {
    try (SyncStore<String, byte[]> store = open()) {
      for (int round = 0; round < 50; round++) {
        for (int key = 0; key < 30; key++) {
          store.set("key-" + key, value("key-" + key, round, 100));
        }
        store.force();
        for (int key = 0; key < 30; key++) {
          assertEquals(round, Described.check("key-" + key, store.get("key-" + key)));
        }
      }
      Described.verifyAtRest(store, 30);
    }
  }

  /** Two keys of one segment that only the comparison of their bytes tells apart. */
  private List<String> twins() throws IOException {
    open().close();
    ByteBuffer seed = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel file = FileChannel.open(directory.resolve("store"))) {
      file.read(seed, HeaderLayout.STORE_ID);
    }
    KeyHash hash = KeyHash.Factory.STANDARD_FACTORY.withSeed(seed.getLong(0));
    Map<Integer, String> seen = new HashMap<>();
    for (int i = 0; ; i++) {
      String key = "twin-" + i;
      byte[] encoded = key.getBytes(StandardCharsets.UTF_8);
      long bits = hash.ofBytes(encoded, encoded.length);
      // The same home bucket among up to four, tophash and extra bits.
      int same =
          HashBits.bucket(bits, 4) << 24 | HashBits.tophash(bits) << 16 | HashBits.extra(bits);
      String twin = seen.put(same, key);
      if (twin != null && twin.length() == key.length()) {
        return List.of(twin, key);
      }
    }
  }

  @Test
  void twinsThatTakeEachOthersPlacesAreToldApart() throws Exception {
    List<String> twins = twins();
    try (SyncStore<String, byte[]> store = open()) {
      for (String twin : twins) {
        store.set(twin, value(twin, 0, 40));
      }
      new Parallel(4)
          .worker(4 * STEPS, (random, step) -> overwrite(store, twins.get(step & 1), step))
          .background((random, step) -> find(store, twins.get(0)))
          .background((random, step) -> find(store, twins.get(1)))
          .run();
      Described.verifyAtRest(store, 2);
    }
  }

  private static void overwrite(SyncStore<String, byte[]> store, String key, int step) {
    // The long way for a change, too: it looks whether the former value is the expected one.
    byte[] value = value(key, step, 40);
    byte[] former = step % 3 == 0 ? store.put(key, value) : store.replace(key, value);
    Described.check(key, former);
  }

  private static void find(SyncStore<String, byte[]> store, String key) {
    Described.check(key, store.get(key));
    assertTrue(store.containsKey(key));
    assertNotNull(store.putIfAbsent(key, new byte[0]));
  }

  @Test
  void aWalkBesideOverwritesSeesEachKeyWithAValueOfItsOwn() throws Exception {
    int keys = 50;
    try (SyncStore<String, byte[]> store = open()) {
      for (int key = 0; key < keys; key++) {
        store.set("key-" + key, value("key-" + key, 0, 60));
      }
      Parallel parallel = new Parallel(5);
      for (int writer = 0; writer < 2; writer++) {
        parallel.worker(
            4 * STEPS,
            (random, step) -> {
              String key = "key-" + random.nextInt(keys);
              store.set(key, value(key, step, 60));
            });
      }
      parallel
          .background(
              (random, step) -> {
                int[] count = new int[1];
                store.forEach(
                    (key, value) -> {
                      Described.check(key, value);
                      count[0]++;
                    });
                assertEquals(keys, count[0]);
              })
          .run();
      Described.verifyAtRest(store, keys);
    }
  }
}
