package io.tophash.bench.shot;

import io.tophash.bench.store.AnyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Requests that come at a fixed rate while a store grows from empty: most put a new entry, some get
 * an earlier one. The latency of a request counts from the time at which it was due, not from when
 * its turn came, so that a pause is in the latencies of all requests that it kept waiting.
 */
final class GrowthShot {
  /** Requests in a second. */
  static final int RATE = 250_000;

  /** One request of so many is a get. */
  static final int REQUESTS_PER_GET = 5;

  private static final long NANOS_BETWEEN = TimeUnit.SECONDS.toNanos(1) / RATE;

  /** A store that is slower than the requests may take so many times the time. */
  private static final int PATIENCE = 3;

  private static final double NANOS_PER_MICRO = 1e3;
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final int WINDOWS = 200;
  private static final double[] PERCENTILES = {
    0, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99, 99.995, 99.999, 99.9999
  };

  private final Histogram puts = new Histogram(SIGNIFICANT_DIGITS);
  private final Histogram gets = new Histogram(SIGNIFICANT_DIGITS);
  private final SplittableRandom random = new SplittableRandom(1);
  private final long[] worst = new long[WINDOWS];
  private final Entries shape;
  private final int entries;
  private final long requests;

  private GrowthShot(Entries shape, int entries) {
    this.shape = shape;
    this.entries = entries;
    // As many gets as fit between the puts of all entries.
    this.requests = entries + entries / (REQUESTS_PER_GET - 1);
  }

  static void run(Entries shape, int entries, Path directory) throws IOException {
    Shot.warmUp(shape, entries, directory);
    int few = Math.min(entries, Shot.WARM_UP_ENTRIES);
    new GrowthShot(shape, few).grow(directory.resolveSibling(directory.getFileName() + "-timed"));
    System.gc();
    GrowthShot shot = new GrowthShot(shape, entries);
    shot.grow(directory);
    shot.print();
  }

  private void grow(Path directory) throws IOException {
    Shot.delete(directory);
    Files.createDirectories(directory);
    try (AnyStore store = shape.make()) {
      store.open(directory, entries);
      long begin = System.nanoTime();
      long limit = begin + PATIENCE * requests * NANOS_BETWEEN;
      int put = 0;
      for (long i = 0; put < entries; i++) {
        long due = begin + i * NANOS_BETWEEN;
        long now = System.nanoTime();
        while (now < due) {
          Thread.onSpinWait();
          now = System.nanoTime();
        }
        if (now > limit) {
          giveUp(begin, i, now);
          break;
        }
        if (i % REQUESTS_PER_GET == REQUESTS_PER_GET - 1) {
          get(random.nextInt(put));
          record(gets, i, System.nanoTime() - due);
        } else {
          shape.put(put++);
          store.endBatch();
          record(puts, i, System.nanoTime() - due);
        }
      }
    }
    Shot.delete(directory);
  }

  private void get(int index) {
    if (!shape.has(index)) {
      throw new IllegalStateException("the store lost an entry, index=" + index);
    }
  }

  private void record(Histogram histogram, long request, long nanos) {
    histogram.recordValue(nanos);
    int window = (int) (request * WINDOWS / Math.max(requests, request + 1));
    worst[window] = Math.max(worst[window], nanos);
  }

  /** The requests that were due and never had their turn have waited at least until now. */
  private void giveUp(long begin, long from, long now) {
    for (long i = from; i < requests; i++) {
      long waited = now - (begin + i * NANOS_BETWEEN);
      record(i % REQUESTS_PER_GET == REQUESTS_PER_GET - 1 ? gets : puts, i, Math.max(0, waited));
    }
  }

  private static double micros(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
  }

  private void print() {
    Shot.print("growth50", micros(puts, 50));
    Shot.print("growth99", micros(puts, 99));
    Shot.print("growth999", micros(puts, 99.9));
    Shot.print("growth9999", micros(puts, 99.99));
    Shot.print("growthMax", puts.getMaxValue() / NANOS_PER_MICRO);
    Shot.print("growthGet9999", micros(gets, 99.99));
    Shot.print("growthGetMax", gets.getMaxValue() / NANOS_PER_MICRO);
    for (double percentile : PERCENTILES) {
      Shot.print("curveX", percentile);
      Shot.print("curveY", micros(puts, percentile));
    }
    for (int i = 0; i < WINDOWS; i++) {
      Shot.print("timeX", (double) i * requests / WINDOWS / RATE);
      Shot.print("timeY", worst[i] / NANOS_PER_MICRO);
    }
  }
}
