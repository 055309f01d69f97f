package io.tophash.bench.shot;

import io.tophash.bench.store.AnyStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fills a store from empty: the time, the space on the heap and in the file, and a checksum. */
final class FillShot {
  private FillShot() {}

  static void run(StoreKind kind, Entries shape, int entries, Path directory, boolean hinted)
      throws IOException {
    Shot.warmUp(shape, entries, directory);
    Shot.delete(directory);
    Files.createDirectories(directory);
    long heapBefore = usedHeapBytes();
    AnyStore store = shape.make();
    GcWatch pauses = new GcWatch();
    long start = System.nanoTime();
    if (hinted) {
      store.openHinted(directory, entries);
    } else {
      store.open(directory, entries);
    }
    shape.fill();
    long nanos = System.nanoTime() - start;
    Shot.print("fill", (double) nanos / entries);
    pauses.print();
    ResidentMemory.print();
    Shot.print("heapBytes", Math.max(0, usedHeapBytes() - heapBefore));
    Shot.print("memoryBytes", store.memoryBytes());
    check(store, shape, entries);
    store.settle();
    if (store.liveBytes() != AnyStore.UNKNOWN) {
      Shot.print("liveBytes", store.liveBytes());
    }
    store.close();
    if (kind.isPersistent()) {
      Shot.print("fileBytes", store.fileBytes(directory));
      Shot.print("allocatedBytes", Shot.allocatedBytes(directory));
    }
    Reference.reachabilityFence(shape);
  }

  private static void check(AnyStore store, Entries shape, int entries) {
    long checksum = store.iterate(); // before the size: some stores then know it
    long expected = shape.checksum();
    if (store.size() != entries || checksum != expected) {
      throw new IllegalStateException(
          "the store does not have what was put, size="
              + store.size()
              + " entries="
              + entries
              + " checksum="
              + checksum
              + " expected="
              + expected);
    }
    Shot.print("checksum", checksum);
  }

  private static long usedHeapBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
