package io.tophash.bench.durability;

import io.tophash.core.codec.Codecs;
import io.tophash.sync.Durability;
import io.tophash.sync.SyncStats;
import io.tophash.sync.SyncStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Random overwrites and lookups of a million values of 100 bytes by two threads at full speed, in
 * one store whose level is changed in turns. Prints medians over the rounds.
 */
public final class DurabilityCosts {
  private static final int ENTRIES = 1_000_000;
  private static final int VALUE_BYTES = 100;
  private static final int THREADS = 2;
  private static final int ROUNDS = 5;
  private static final List<Durability> LEVELS =
      List.of(
          Durability.PROCESS,
          Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(1)),
          Durability.POWER_LOSS.maxLoss(Duration.ofSeconds(10)));

  private DurabilityCosts() {}

  /**
   * Measures and prints.
   *
   * @param args the directory of the store, and the seconds of each round
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path path = Files.createTempFile(Path.of(args[0]), "costs-", ".tph");
    double seconds = Double.parseDouble(args[1]);
    double[][] puts = new double[LEVELS.size()][ROUNDS];
    double[][] gets = new double[LEVELS.size()][ROUNDS];
    long[] checkpoints = new long[LEVELS.size()];
    long[] largest = new long[LEVELS.size()];
    try (SyncStore<Long, byte[]> store =
        SyncStore.builder(Codecs.int64(), Codecs.bytes()).open(path)) {
      for (long key = 0; key < ENTRIES; key++) {
        store.set(key, new byte[VALUE_BYTES]);
      }
      nanos(store, true, seconds);
      for (int round = 0; round < ROUNDS; round++) {
        for (int level = 0; level < LEVELS.size(); level++) {
          store.durability(LEVELS.get(level));
          long before = store.stats().checkpoint().count();
          puts[level][round] = nanos(store, true, seconds);
          SyncStats stats = store.stats();
          checkpoints[level] += stats.checkpoint().count() - before;
          largest[level] = Math.max(largest[level], stats.usedBytes());
          gets[level][round] = nanos(store, false, seconds / 3);
        }
      }
      store.durability(Durability.PROCESS);
    } finally {
      Files.deleteIfExists(path);
      Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".lock"));
    }
    System.out.printf(
        "%-24s %10s %10s %12s %14s%n", "level", "put ns", "get ns", "checkpoints", "MB at most");
    for (int level = 0; level < LEVELS.size(); level++) {
      System.out.printf(
          Locale.ROOT,
          "%-24s %10.0f %10.0f %12d %14.1f%n",
          LEVELS.get(level),
          median(puts[level]),
          median(gets[level]),
          checkpoints[level],
          largest[level] / 1e6);
    }
  }

  /** Time of an operation as each thread sees it. */
  private static double nanos(SyncStore<Long, byte[]> store, boolean writes, double seconds)
      throws InterruptedException {
    LongAdder operations = new LongAdder();
    Thread[] threads = new Thread[THREADS];
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    for (int t = 0; t < THREADS; t++) {
      SplittableRandom random = new SplittableRandom(start + t);
      threads[t] = new Thread(() -> operations.add(work(store, writes, random, end)));
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return (System.nanoTime() - start) * (double) THREADS / operations.sum();
  }

  private static long work(
      SyncStore<Long, byte[]> store, boolean writes, SplittableRandom random, long end) {
    byte[] value = new byte[VALUE_BYTES];
    long count = 0;
    long found = 0;
    while (System.nanoTime() < end) {
      for (int i = 0; i < 100; i++, count++) {
        long key = random.nextInt(ENTRIES);
        if (writes) {
          value[0] = (byte) count;
          store.set(key, value);
        } else {
          found += store.get(key).length;
        }
      }
    }
    if (!writes && found != count * VALUE_BYTES) {
      throw new IllegalStateException("a value is not what was stored");
    }
    return count;
  }

  private static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
