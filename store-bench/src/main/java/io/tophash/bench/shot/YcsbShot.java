package io.tophash.bench.shot;

import io.tophash.bench.data.RecordShape;
import io.tophash.bench.data.Records;
import io.tophash.bench.shot.YcsbOperations.Kind;
import io.tophash.bench.shot.YcsbOperations.Mix;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.RecordStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * A workload of YCSB on a full store: passes of the same operations. A write is done when every
 * other thread would see it. Afterwards the entries are as they were, which is checked; with one
 * thread each value that is read is checked, too.
 */
final class YcsbShot<K> {
  private static final int OPERATIONS = 1 << 18;
  private static final int WARM_UP_PASSES = 2;
  private static final int PASSES = 3;

  private final RecordShape<K> shape;
  private final int entries;
  private final RecordStore<K> store;
  private final List<YcsbOperations<K>> threads = new ArrayList<>();
  private final List<RecordStore<K>> views = new ArrayList<>();
  private final int[] versions;

  private YcsbShot(
      RecordStore<K> store, RecordShape<K> shape, int entries, Mix mix, int threadCount) {
    this.store = store;
    this.shape = shape;
    this.entries = entries;
    int count = Math.min(entries, OPERATIONS);
    this.versions = new int[entries + threadCount * count];
    for (int i = 0; i < threadCount; i++) {
      threads.add(new YcsbOperations<>(mix, shape, entries, count, i, threadCount));
      views.add(threadCount == 1 ? store : store.forThread());
    }
  }

  static <K> void run(
      StoreKind kind, RecordShape<K> shape, int entries, Path directory, Mix mix, int threads)
      throws IOException {
    if (kind.isPersistent()) {
      Files.createDirectories(directory);
    }
    try (RecordStore<K> store = kind.makeRecords(shape)) {
      store.open(directory, entries);
      if (store.isEmpty()) {
        Filler.fill(store, shape, entries);
      }
      new YcsbShot<>(store, shape, entries, mix, threads).run();
    }
  }

  private void run() {
    for (int pass = 0; pass < WARM_UP_PASSES + PASSES; pass++) {
      double nanos = pass(pass);
      if (pass >= WARM_UP_PASSES) {
        Shot.print("ycsb", nanos);
      }
    }
    restore();
  }

  private double pass(int pass) {
    int count = threads.get(0).kinds.length;
    CountDownLatch ready = new CountDownLatch(threads.size());
    List<CompletableFuture<Long>> sums = new ArrayList<>();
    long start = System.nanoTime();
    if (threads.size() == 1) {
      sums.add(CompletableFuture.completedFuture(operate(0, pass)));
    } else {
      for (int i = 0; i < threads.size(); i++) {
        int thread = i;
        sums.add(
            CompletableFuture.supplyAsync(
                () -> {
                  ready.countDown();
                  await(ready);
                  return operate(thread, pass);
                },
                task -> new Thread(task).start()));
      }
      await(ready);
      start = System.nanoTime();
    }
    long sum = sums.stream().mapToLong(CompletableFuture::join).sum();
    double nanos = (double) (System.nanoTime() - start) / (threads.size() * count);
    if (threads.size() == 1) {
      check(sum, pass);
    }
    removeInserted();
    return nanos;
  }

  private static void await(CountDownLatch ready) {
    try {
      ready.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Versions are numbers of operations; 0 is what the store was filled with. */
  private static int version(int pass, int operation) {
    return pass * OPERATIONS + operation + 1;
  }

  private long operate(int thread, int pass) {
    YcsbOperations<K> todo = threads.get(thread);
    RecordStore<K> view = views.get(thread);
    boolean alone = threads.size() == 1;
    byte[] value = new byte[shape.valueBytes()];
    long sum = 0;
    for (int i = 0; i < todo.kinds.length; i++) {
      Kind kind = todo.kinds[i];
      if (kind == Kind.READ || kind == Kind.READ_MODIFY_WRITE) {
        if (!alone) {
          view.refresh();
        }
        sum += view.get(todo.keys[i]);
      }
      if (kind != Kind.READ) {
        Records.valueInto(todo.indexes[i], version(pass, i), value);
        view.put(todo.keys[i], value);
        view.endBatch();
      }
    }
    return sum;
  }

  /** Does the same with an array, and compares. */
  private void check(long sum, int pass) {
    YcsbOperations<K> todo = threads.get(0);
    byte[] value = new byte[shape.valueBytes()];
    long expected = 0;
    for (int i = 0; i < todo.kinds.length; i++) {
      int index = todo.indexes[i];
      if (todo.kinds[i] == Kind.READ || todo.kinds[i] == Kind.READ_MODIFY_WRITE) {
        Records.valueInto(index, versions[index], value);
        expected += Records.fold(value);
      }
      if (todo.kinds[i] != Kind.READ) {
        versions[index] = version(pass, i);
      }
    }
    if (sum != expected) {
      throw new IllegalStateException(
          "the store answered with wrong values, checksum=" + sum + " expected=" + expected);
    }
  }

  private void removeInserted() {
    for (YcsbOperations<K> each : threads) {
      for (int index : each.inserted) {
        store.remove(shape.key(index));
      }
    }
    store.endBatch();
  }

  private void restore() {
    byte[] value = new byte[shape.valueBytes()];
    for (YcsbOperations<K> each : threads) {
      for (int i = 0; i < each.kinds.length; i++) {
        if (each.kinds[i] != Kind.READ && each.indexes[i] < entries) {
          Records.valueInto(each.indexes[i], 0, value);
          store.put(each.keys[i], value);
        }
      }
    }
    store.endBatch();
    long checksum = store.iterate();
    long expected = shape.checksum(entries);
    if (checksum != expected || store.size() != entries) {
      throw new IllegalStateException(
          "the entries are wrong afterwards, size="
              + store.size()
              + " entries="
              + entries
              + " checksum="
              + checksum
              + " expected="
              + expected);
    }
  }
}
