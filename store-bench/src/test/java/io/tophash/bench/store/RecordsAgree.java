package io.tophash.bench.store;

import static io.tophash.bench.store.Agreement.KEYS;
import static io.tophash.bench.store.Agreement.OPERATIONS;
import static io.tophash.bench.store.Agreement.SEED;
import static io.tophash.bench.store.Agreement.check;

import io.tophash.bench.data.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** Random operations on a store of records, against a HashMap. */
final class RecordsAgree {
  private RecordsAgree() {}

  static void run(StoreKind kind, Path directory) throws IOException {
    Path place = Files.createDirectories(directory.resolve("random-records"));
    Map<String, byte[]> model = new HashMap<>();
    RecordStore store = kind.makeRecords();
    store.open(place, KEYS);
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] value = new byte[Records.VALUE_BYTES];
    for (int i = 0; i < OPERATIONS; i++) {
      int index = random.nextInt(KEYS);
      String key = Records.key(index);
      switch (random.nextInt(4)) {
        case 0 -> {
          model.remove(key);
          store.remove(key);
        }
        case 1 -> compare(model.get(key), key, store);
        default -> {
          Records.valueInto(index, i, value);
          model.put(key, value.clone());
          store.put(key, value); // and the array is used again
        }
      }
    }
    store.endBatch();
    compare(model, store);
    if (kind.isPersistent()) {
      store.close();
      store = kind.makeRecords();
      store.open(place, KEYS);
      compare(model, store);
    }
    RecordStore here = store;
    inAnotherThread(() -> compareValues(model, here.forThread()));
    store.close();
    fill(kind, Files.createDirectories(directory.resolve("fill-records")));
  }

  private static void fill(StoreKind kind, Path place) throws IOException {
    try (RecordStore store = kind.makeRecords()) {
      store.open(place, KEYS);
      Filler.fill(store, KEYS);
      check("size", (long) KEYS, store.size());
      check("checksum", Records.checksum(KEYS), store.iterate());
    }
  }

  private static void compare(Map<String, byte[]> model, RecordStore store) {
    long sum = 0;
    for (Map.Entry<String, byte[]> entry : model.entrySet()) {
      sum += Records.fold(entry.getKey(), entry.getValue());
    }
    check("size", (long) model.size(), store.size());
    check("iterate", sum, store.iterate());
    compareValues(model, store);
  }

  private static void compareValues(Map<String, byte[]> model, RecordStore store) {
    for (int i = 0; i < KEYS; i++) {
      String key = Records.key(i);
      compare(model.get(key), key, store);
    }
  }

  private static void compare(byte[] expected, String key, RecordStore store) {
    check("has", expected != null, store.has(key));
    if (expected != null) {
      check("get", Records.fold(expected), store.get(key));
      check("getInto", Records.fold(expected), store.getInto(key));
    }
  }

  /** Runs something in another thread, and fails if it does. */
  static void inAnotherThread(Runnable task) {
    CompletableFuture.runAsync(task, command -> new Thread(command).start()).join();
  }
}
