package io.tophash.bench.store;

import static io.tophash.bench.store.Agreement.KEYS;
import static io.tophash.bench.store.Agreement.OPERATIONS;
import static io.tophash.bench.store.Agreement.SEED;
import static io.tophash.bench.store.Agreement.check;

import io.tophash.bench.data.Chain;
import io.tophash.bench.data.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Random operations on a store of longs, against a HashMap. */
final class LongsAgree {
  private LongsAgree() {}

  static void run(StoreKind kind, Path directory) throws IOException {
    Path place = Files.createDirectories(directory.resolve("random"));
    Map<Long, Long> model = new HashMap<>();
    LongStore store = kind.makeLongs();
    store.open(place, KEYS);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < OPERATIONS; i++) {
      long key = Keys.key(random.nextInt(KEYS));
      switch (random.nextInt(4)) {
        case 0 -> {
          model.remove(key);
          store.remove(key);
        }
        case 1 -> check("get", model.getOrDefault(key, Keys.MISSING), store.get(key));
        default -> {
          model.put(key, (long) i + 1);
          store.put(key, i + 1);
        }
      }
    }
    store.endBatch();
    compare(model, store);
    if (kind.isPersistent()) {
      store.close();
      store = kind.makeLongs();
      store.open(place, KEYS);
      compare(model, store);
    }
    if (kind.isForThreads()) {
      compareInAnotherThread(model, store);
    }
    store.close();
    fill(kind, Files.createDirectories(directory.resolve("fill")));
  }

  private static void fill(StoreKind kind, Path place) throws IOException {
    Chain chain = new Chain(KEYS);
    try (LongStore store = kind.makeLongs()) {
      store.openHinted(place, KEYS);
      Filler.fill(store, chain);
      check("size", (long) KEYS, store.size());
      check("checksum", chain.checksum(), store.iterate());
    }
  }

  private static void compare(Map<Long, Long> model, LongStore store) {
    long sum = 0;
    for (Map.Entry<Long, Long> entry : model.entrySet()) {
      sum += Keys.fold(entry.getKey(), entry.getValue());
    }
    check("size", (long) model.size(), store.size());
    check("iterate", sum, store.iterate());
    compareValues(model, store);
  }

  private static void compareValues(Map<Long, Long> model, LongStore store) {
    long[] keys = new long[KEYS];
    Arrays.setAll(keys, Keys::key);
    long[] values = new long[KEYS];
    store.getAll(keys, values);
    for (int i = 0; i < KEYS; i++) {
      check("getAll", model.getOrDefault(keys[i], Keys.MISSING), values[i]);
    }
  }

  private static void compareInAnotherThread(Map<Long, Long> model, LongStore store) {
    RecordsAgree.inAnotherThread(() -> compareValues(model, store.forThread()));
  }
}
