package io.tophash.bench.shot;

import io.tophash.bench.store.AnyStore;
import io.tophash.bench.store.Filler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Fills a store from empty and times each put, and now and then a get, and a removal of an entry
 * that is put again. Pauses of the JVM and of the machine are in the figures, for every store
 * alike; how long those are is told by a run without a store.
 */
final class LongestPutShot {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final int PUTS_PER_OTHER = 16;
  private static final int MOST_COLLECTIONS = 50;
  private static final long COLLECTION_NANOS = 100_000_000L;
  private static final long IDLE_NANOS = 4_000_000_000L;

  private final Histogram puts = new Histogram(SIGNIFICANT_DIGITS);
  private final Histogram others = new Histogram(SIGNIFICANT_DIGITS);
  private final SplittableRandom random = new SplittableRandom(1);
  private final Entries shape;

  private LongestPutShot(Entries shape) {
    this.shape = shape;
  }

  static void run(Entries shape, int entries, Path directory) throws IOException {
    Shot.warmUp(shape, entries, directory);
    Path beside = directory.resolveSibling(directory.getFileName() + "-timed");
    // To the full size: a JVM that has only filled a small store had longer pauses.
    new LongestPutShot(shape).grow(entries, beside);
    Shot.delete(beside);
    Shot.delete(directory);
    LongestPutShot shot = new LongestPutShot(shape);
    collect(beside);
    shot.grow(entries, directory);
    shot.print();
    Shot.delete(directory);
  }

  /**
   * Collects until no file of this directory is mapped any more: buffers are unmapped by the
   * collector, and while a large one is, nothing else can be mapped.
   */
  private static void collect(Path directory) throws IOException {
    Path maps = Path.of("/proc/self/maps");
    boolean mapped = true;
    for (int i = 0; i < MOST_COLLECTIONS && mapped; i++) {
      System.gc();
      LockSupport.parkNanos(COLLECTION_NANOS);
      mapped =
          Files.isReadable(maps)
              && Files.readAllLines(maps).stream()
                  .anyMatch(line -> line.contains(directory.toString()));
    }
  }

  private void grow(int entries, Path directory) throws IOException {
    Files.createDirectories(directory);
    try (AnyStore store = shape.make()) {
      store.open(directory, entries);
      for (int i = 0; i < entries; i++) {
        long start = System.nanoTime();
        shape.put(i);
        Filler.endBatchAfter(store, i);
        long end = System.nanoTime();
        puts.recordValue(end - start);
        if (i % PUTS_PER_OTHER == 0) {
          others(random.nextInt(i + 1));
        }
      }
    }
  }

  private void others(int index) {
    long start = System.nanoTime();
    boolean there = shape.has(index);
    long read = System.nanoTime();
    shape.remove(index);
    long removed = System.nanoTime();
    shape.put(index);
    long put = System.nanoTime();
    if (!there) {
      throw new IllegalStateException("the store lost an entry, index=" + index);
    }
    others.recordValue(read - start);
    others.recordValue(removed - read);
    puts.recordValue(put - removed);
  }

  private void print() {
    Shot.print("longestPut", puts.getMaxValue() / NANOS_PER_MICRO);
    Shot.print("put50", puts.getValueAtPercentile(50) / NANOS_PER_MICRO);
    Shot.print("put99", puts.getValueAtPercentile(99) / NANOS_PER_MICRO);
    Shot.print("put9999", puts.getValueAtPercentile(99.99) / NANOS_PER_MICRO);
    Shot.print("longestOther", others.getMaxValue() / NANOS_PER_MICRO);
  }

  /** The longest time for which this thread does not get to look at the clock. */
  static void runIdle() {
    Histogram gaps = new Histogram(SIGNIFICANT_DIGITS);
    long begin = System.nanoTime();
    long last = begin;
    while (last - begin < IDLE_NANOS) {
      long now = System.nanoTime();
      gaps.recordValue(now - last);
      last = now;
    }
    Shot.print("longestPut", gaps.getMaxValue() / NANOS_PER_MICRO);
  }
}
