package io.tophash.cli;

import io.tophash.core.HashStore;
import io.tophash.core.LongHashStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The second part of the demo: longs in a {@link LongHashStore} and in the maps of the JDK, in the
 * same run. An illustration: one machine, one JVM, one size.
 */
final class DemoLongs {
  private static final int WARM_UPS = 3;
  private static final int ROUNDS = 5;
  private static final long RANDOM_SEED = 7;
  // Two maps of at most this much per entry, and room to grow them.
  private static final long MAP_ENTRY_BYTES = 300;

  private final int entries;
  private final DemoReport report;
  private final long[] order;

  /**
   * @param entries how many
   * @param report takes the results
   */
  DemoLongs(int entries, DemoReport report) {
    this.entries = entries;
    this.report = report;
    this.order = new long[entries];
    for (int i = 0; i < entries; i++) {
      order[i] = key(i);
    }
    SplittableRandom random = new SplittableRandom(RANDOM_SEED);
    for (int i = entries - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      long key = order[i];
      order[i] = order[j];
      order[j] = key;
    }
  }

  // Distinct for distinct i: multiplication by an odd number, then a bijective mix.
  private static long key(long i) {
    long z = (i + 1) * 0x9E3779B97F4A7C15L;
    return z ^ z >>> 31;
  }

  /** A map under test. */
  private record Candidate(String name, double bytesPerEntry, String place, LongSupplier pass) {}

  /** Fills and measures. */
  void run(Path directory) {
    report.longsEntries = entries;
    try (LongHashStore store = HashStore.longs().open(directory.resolve("longs.tph"))) {
      for (int i = 0; i < entries; i++) {
        store.put(key(i), i);
      }
      double fileBytes = (double) store.stats().fileBytes() / entries;
      long[] values = new long[entries];
      Candidate single =
          new Candidate("LongHashStore.get", fileBytes, "in the file", () -> sum(store));
      Candidate batches =
          new Candidate(
              "LongHashStore.getAll", fileBytes, "in the file", () -> sumAll(store, values));
      long before = HeapMeter.usedBytes();
      if (Runtime.getRuntime().maxMemory() - before < entries * MAP_ENTRY_BYTES) {
        report.longsSkipped = "the heap is too small; tophash --help says how to give more";
        measure(single, batches);
        return;
      }
      Map<Long, Long> hashMap = fill(new HashMap<>());
      long between = HeapMeter.usedBytes();
      Map<Long, Long> concurrent = fill(new ConcurrentHashMap<>());
      long after = HeapMeter.usedBytes();
      measure(
          single,
          batches,
          new Candidate(
              "HashMap<Long, Long>.get",
              (double) (between - before) / entries,
              "on the heap",
              () -> sumOfHashMap(hashMap)),
          new Candidate(
              "ConcurrentHashMap<Long, Long>.get",
              (double) (after - between) / entries,
              "on the heap",
              () -> sumOfConcurrent(concurrent)));
    }
  }

  private Map<Long, Long> fill(Map<Long, Long> map) {
    for (int i = 0; i < entries; i++) {
      map.put(key(i), (long) i);
    }
    return map;
  }

  // Each map has a loop of its own, so that the compiler sees one class at each call.

  private long sum(LongHashStore store) {
    long sum = 0;
    for (long key : order) {
      sum += store.get(key);
    }
    return sum;
  }

  private long sumAll(LongHashStore store, long[] values) {
    store.getAll(order, values, -1);
    return Arrays.stream(values).sum();
  }

  private long sumOfHashMap(Map<Long, Long> map) {
    long sum = 0;
    for (long key : order) {
      sum += map.get(key);
    }
    return sum;
  }

  private long sumOfConcurrent(Map<Long, Long> map) {
    long sum = 0;
    for (long key : order) {
      sum += map.get(key);
    }
    return sum;
  }

  private void measure(Candidate... candidates) {
    long[][] nanos = new long[candidates.length][ROUNDS];
    long expected = (long) entries * (entries - 1) / 2;
    boolean ok = true;
    for (int round = -WARM_UPS; round < ROUNDS; round++) {
      for (int i = 0; i < candidates.length; i++) {
        long start = System.nanoTime();
        ok &= candidates[i].pass().getAsLong() == expected;
        nanos[i][Math.max(0, round)] = System.nanoTime() - start;
      }
    }
    for (int i = 0; i < candidates.length; i++) {
      Arrays.sort(nanos[i]);
      Candidate c = candidates[i];
      report.longs.add(
          new DemoReport.LongsRow(
              c.name(), (double) nanos[i][ROUNDS / 2] / entries, c.bytesPerEntry(), c.place()));
    }
    report.check("longs: the sum of all values is right in every round", ok, "sum=" + expected);
  }
}
