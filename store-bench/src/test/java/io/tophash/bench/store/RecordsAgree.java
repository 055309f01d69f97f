package io.tophash.bench.store;

import static io.tophash.bench.store.Agreement.KEYS;
import static io.tophash.bench.store.Agreement.OPERATIONS;
import static io.tophash.bench.store.Agreement.SEED;
import static io.tophash.bench.store.Agreement.check;

import io.tophash.bench.data.RecordShape;
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

  static <K> void run(StoreKind kind, RecordShape<K> shape, Path directory) throws IOException {
    Path place = Files.createDirectories(directory.resolve("random-records"));
    Map<K, byte[]> model = new HashMap<>();
    RecordStore<K> store = kind.makeRecords(shape);
    store.open(place, KEYS);
    SplittableRandom random = new SplittableRandom(SEED);
    byte[] value = new byte[shape.valueBytes()];
    for (int i = 0; i < OPERATIONS; i++) {
      int index = random.nextInt(KEYS);
      K key = shape.key(index);
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
    compare(shape, model, store);
    if (kind.isPersistent()) {
      store.close();
      store = kind.makeRecords(shape);
      store.open(place, KEYS);
      compare(shape, model, store);
    }
    RecordStore<K> here = store;
    inAnotherThread(() -> compareValues(shape, model, here.forThread()));
    store.close();
    fill(kind, shape, Files.createDirectories(directory.resolve("fill-records")));
  }

  private static <K> void fill(StoreKind kind, RecordShape<K> shape, Path place)
      throws IOException {
    try (RecordStore<K> store = kind.makeRecords(shape)) {
      store.open(place, KEYS);
      Filler.fill(store, shape, KEYS);
      check("size", (long) KEYS, store.size());
      check("checksum", shape.checksum(KEYS), store.iterate());
    }
  }

  private static <K> void compare(
      RecordShape<K> shape, Map<K, byte[]> model, RecordStore<K> store) {
    long sum = 0;
    for (Map.Entry<K, byte[]> entry : model.entrySet()) {
      sum += Records.fold(entry.getKey(), entry.getValue());
    }
    check("size", (long) model.size(), store.size());
    check("iterate", sum, store.iterate());
    compareValues(shape, model, store);
  }

  private static <K> void compareValues(
      RecordShape<K> shape, Map<K, byte[]> model, RecordStore<K> store) {
    for (int i = 0; i < KEYS; i++) {
      K key = shape.key(i);
      compare(model.get(key), key, store);
    }
  }

  private static <K> void compare(byte[] expected, K key, RecordStore<K> store) {
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
