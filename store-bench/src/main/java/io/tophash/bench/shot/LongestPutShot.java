package io.tophash.bench.shot;

import io.tophash.bench.data.Chain;
import io.tophash.bench.store.Filler;
import io.tophash.bench.store.LongStore;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * Fills a store from empty and times each put. Pauses of the JVM and of the machine are in the
 * figures, for every store alike.
 */
final class LongestPutShot {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final int SIGNIFICANT_DIGITS = 3;

  private LongestPutShot() {}

  static void run(StoreKind kind, int entries, Path directory) throws IOException {
    Chain chain = new Chain(entries);
    Histogram nanos = new Histogram(SIGNIFICANT_DIGITS);
    Shot.warmUp(kind, entries, directory);
    Shot.delete(directory);
    Files.createDirectories(directory);
    System.gc();
    try (LongStore store = kind.make()) {
      store.open(directory, entries);
      for (int i = 0; i < entries; i++) {
        long start = System.nanoTime();
        store.put(chain.key(i), chain.value(i));
        if ((i & (Filler.BATCH - 1)) == Filler.BATCH - 1) {
          store.endBatch();
        }
        nanos.recordValue(System.nanoTime() - start);
      }
    }
    Shot.print("longestPut", nanos.getMaxValue() / NANOS_PER_MICRO);
    Shot.print("put9999", nanos.getValueAtPercentile(99.99) / NANOS_PER_MICRO);
    Shot.delete(directory);
  }
}
