package io.tophash.sync;

import io.tophash.core.codec.Codecs;
import io.tophash.core.testing.Seeds;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever is inside a store while it is closed ends with {@link IllegalStateException} and nothing
 * else; the file is whole, and the next open finds nothing to settle.
 */
@Tag("fast")
@Tag("race")
class CloseDuringOperationsTest {
  @TempDir Path dir;

  private interface Use {
    void run(SyncStore<String, byte[]> store, Random random);
  }

  @Test
  void operationsEndAndTheFileIsWhole() {
    Seeds.run(5, this::closeManyTimes);
  }

  private void closeManyTimes(long seed) throws Exception {
    Random random = new Random(seed);
    Path file = dir.resolve("closed.tph");
    for (int round = 0; round < 40; round++) {
      SyncStore<String, byte[]> store = open(file);
      Parallel parallel = new Parallel(random.nextLong());
      int steps = 1 + random.nextInt(3_000);
      parallel.worker(1, (r, step) -> untilClosed(store, r, CloseDuringOperationsTest::change));
      parallel.worker(1, (r, step) -> untilClosed(store, r, CloseDuringOperationsTest::change));
      parallel.worker(1, (r, step) -> untilClosed(store, r, CloseDuringOperationsTest::look));
      parallel.worker(1, (r, step) -> untilClosed(store, r, CloseDuringOperationsTest::sweep));
      parallel.worker(
          1,
          (r, step) -> {
            for (int i = 0; i < steps; i++) {
              store.containsKey("key-" + i);
            }
            store.close();
          });
      parallel.run();
      try (SyncStore<String, byte[]> again = open(file)) {
        Described.verifyAtRest(again, again.entrySet().stream().count());
        again.forEach(Described::check);
      }
    }
  }

  private static SyncStore<String, byte[]> open(Path file) {
    return SyncStore.builder(Codecs.utf8(), Codecs.bytes())
        .shards(4)
        .windowBytes(4 << 20)
        .maxSegmentBytes(6_000)
        .open(file);
  }

  private static void untilClosed(SyncStore<String, byte[]> store, Random random, Use use) {
    try {
      while (true) {
        use.run(store, random);
      }
    } catch (IllegalStateException e) {
      if (!store.isClosed()) {
        throw e;
      }
    }
  }

  private static void change(SyncStore<String, byte[]> store, Random random) {
    String key = "key-" + random.nextInt(200);
    if (random.nextInt(3) == 0) {
      store.remove(key);
    } else {
      store.put(key, Described.value(key, 1, random.nextInt(20) == 0 ? 9_000 : 100));
    }
  }

  private static void look(SyncStore<String, byte[]> store, Random random) {
    String key = "key-" + random.nextInt(300);
    byte[] value = store.get(key);
    if (value != null) {
      Described.check(key, value);
    }
    if (random.nextInt(100) == 0) {
      store.forEach(Described::check);
    }
  }

  private static void sweep(SyncStore<String, byte[]> store, Random random) {
    switch (random.nextInt(3)) {
      case 0 -> store.stats();
      case 1 -> Described.verifyMeanwhile(store);
      default -> store.clear();
    }
  }
}
