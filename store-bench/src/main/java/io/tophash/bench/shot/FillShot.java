package io.tophash.bench.shot;

import io.tophash.bench.data.Chain;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fills a store from empty: the time, the space on the heap and in the file, and a checksum. */
final class FillShot {
  private FillShot() {}

  static void run(StoreKind kind, int entries, Path directory, boolean hinted) throws IOException {
    Chain chain = new Chain(entries);
    Shot.warmUp(kind, entries, directory);
    Shot.delete(directory);
    Files.createDirectories(directory);
    long heapBefore = usedHeapBytes();
    LongStore store = kind.make();
    long start = System.nanoTime();
    if (hinted) {
      store.openHinted(directory, entries);
    } else {
      store.open(directory, entries);
    }
    Filler.fill(store, chain);
    long nanos = System.nanoTime() - start;
    Shot.print("fill", (double) nanos / entries);
    Shot.print("heapBytes", Math.max(0, usedHeapBytes() - heapBefore));
    check(store, chain);
    store.close();
    if (kind.isPersistent()) {
      Shot.print("fileBytes", store.fileBytes(directory));
      Shot.print("allocatedBytes", Shot.allocatedBytes(directory));
    }
    Reference.reachabilityFence(chain);
  }

  private static void check(LongStore store, Chain chain) {
    long checksum = store.iterate();
    if (store.size() != chain.entries() || checksum != chain.checksum()) {
      throw new IllegalStateException(
          "the store does not have what was put, size="
              + store.size()
              + " entries="
              + chain.entries()
              + " checksum="
              + checksum
              + " expected="
              + chain.checksum());
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
