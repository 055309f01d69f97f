package io.tophash.bench.store;

import static io.tophash.bench.store.Agreement.OPERATIONS;
import static io.tophash.bench.store.Agreement.SEED;
import static io.tophash.bench.store.Agreement.check;
import static io.tophash.bench.store.GoMap.ABSENT;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Random operations on a map of Go's benchmarks, against a HashMap. */
final class GoMapsAgree {
  private static final int KEYS = 100;
  private static final int VALUES = 3; // few, so that comparisons hit
  private static final int CLEAR_EVERY = 5_000;

  private GoMapsAgree() {}

  static void run(StoreKind kind, Path directory) throws IOException {
    Map<Long, Long> model = new HashMap<>();
    SplittableRandom random = new SplittableRandom(SEED);
    try (GoMap map = kind.makeGoMap()) {
      map.open(directory);
      for (int i = 0; i < OPERATIONS; i++) {
        step(map, model, random);
        if (i % CLEAR_EVERY == CLEAR_EVERY - 1) {
          check("range", (long) model.size(), map.range());
          check("first", true, model.containsKey(map.first()));
          map.clear();
          model.clear();
          check("first", ABSENT, map.first());
        }
      }
    }
  }

  private static void step(GoMap map, Map<Long, Long> model, SplittableRandom random) {
    long key = random.nextInt(KEYS);
    long value = random.nextInt(VALUES);
    long other = random.nextInt(VALUES);
    switch (random.nextInt(8)) {
      case 0 -> check("load", model.getOrDefault(key, ABSENT), map.load(key));
      case 1 -> {
        model.put(key, value);
        map.store(key, value);
      }
      case 2 -> check("swap", orAbsent(model.put(key, value)), map.swap(key, value));
      case 3 ->
          check(
              "loadOrStore", orAbsent(model.putIfAbsent(key, value)), map.loadOrStore(key, value));
      case 4 -> check("loadAndDelete", orAbsent(model.remove(key)), map.loadAndDelete(key));
      case 5 -> {
        model.remove(key);
        map.delete(key);
      }
      case 6 ->
          check(
              "compareAndSwap",
              model.replace(key, value, other),
              map.compareAndSwap(key, value, other));
      default ->
          check(
              "compareAndDelete",
              model.remove(key, (Object) value),
              map.compareAndDelete(key, value));
    }
  }

  private static long orAbsent(Long value) {
    return value == null ? ABSENT : value;
  }
}
