package io.tophash.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tophash.cache.TophashCache;
import io.tophash.core.Store;
import io.tophash.sync.SyncStats;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Prints what happens in a SyncStore or a cache, a line every interval. Only reads it. */
final class StatWatch {
  private static final int LINES_UNDER_HEAD = 20;
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final String HEAD =
      String.format(
          "%12s %10s %10s %10s %10s %9s %9s %10s %10s %9s  %s%n",
          "entries",
          "inserts/s",
          "stores/s",
          "removes/s",
          "rebuilds",
          "splits",
          "merges",
          "promotions",
          "misses",
          "takeovers",
          "writers: pid (attached for)");

  private final Store store;
  private final TophashCache<?, ?> cache;
  private final CacheLines lines;
  private final Writer out;
  private final boolean json;
  private final long intervalNanos;
  private final long count;

  /**
   * @param open a SyncStore or a cache
   * @param out where the lines go; flushed after each
   * @param json true for an object on each line
   * @param intervalNanos time between two lines
   * @param count how many lines at most
   */
  StatWatch(OpenStore open, Writer out, boolean json, long intervalNanos, long count) {
    this.store = open.store;
    this.cache = open.cache;
    this.lines = cache == null ? null : new CacheLines(cache);
    this.out = out;
    this.json = json;
    this.intervalNanos = intervalNanos;
    this.count = count;
  }

  /** Prints until the count is reached or the process is told to end. */
  void run() throws IOException {
    try (Interruption interruption = new Interruption()) {
      SyncStats before = (SyncStats) store.stats();
      long last = System.nanoTime();
      for (long line = 0; line < count; line++) {
        if (!sleepUntil(last + intervalNanos, interruption)) {
          return;
        }
        SyncStats stats = (SyncStats) store.stats();
        long now = System.nanoTime();
        print(line, before, stats, (now - last) / 1e9);
        out.flush();
        before = stats;
        last = now;
      }
    }
  }

  // In slices, as only an interrupt of the thread would end a longer sleep, and none comes.
  private static boolean sleepUntil(long nanoTime, Interruption interruption) {
    while (!interruption.isRequested()) {
      long left = nanoTime - System.nanoTime();
      if (left <= 0) {
        return true;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, SLICE_NANOS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  private void print(long line, SyncStats before, SyncStats stats, double seconds)
      throws IOException {
    long inserts = perSecond(stats.inserts() - before.inserts(), seconds);
    long stores = perSecond(stats.stores() - before.stores(), seconds);
    long removes = perSecond(stats.removes() - before.removes(), seconds);
    if (json) {
      JsonGenerator object = Json.lines(out);
      object.writeStartObject();
      object.writeStringField("time", Instant.now().toString());
      object.writeNumberField("entries", stats.entries());
      object.writeNumberField("insertsPerSecond", inserts);
      object.writeNumberField("storesPerSecond", stores);
      object.writeNumberField("removesPerSecond", removes);
      object.writeNumberField("fileBytes", stats.fileBytes());
      object.writeNumberField("freeBytes", stats.freeBytes());
      SyncFigures.writeJson(object, stats);
      if (cache != null) {
        CacheFigures.writeJson(object, cache);
      }
      object.writeEndObject();
      object.close();
      out.write('\n');
      return;
    }
    if (line % LINES_UNDER_HEAD == 0) {
      out.write(lines == null ? HEAD : CacheLines.HEAD);
    }
    if (lines != null) {
      out.write(lines.next(seconds));
      return;
    }
    out.write(
        String.format(
            Locale.ROOT,
            "%,12d %,10d %,10d %,10d %,10d %,9d %,9d %,10d %,10d %,9d  %s%n",
            stats.entries(),
            inserts,
            stores,
            removes,
            stats.rebuilds(),
            stats.splits(),
            stats.merges(),
            stats.promotions(),
            stats.misses(),
            stats.takeovers(),
            writers(stats)));
  }

  private static long perSecond(long difference, double seconds) {
    // A row of the process table that is used anew begins at 0 again.
    return Math.round(Math.max(0, difference) / seconds);
  }

  private static String writers(SyncStats stats) {
    if (stats.attached().isEmpty()) {
      return "none";
    }
    Instant now = Instant.now();
    return stats.attached().stream()
        .map(process -> process.pid() + " (" + SyncFigures.age(process, now) + ")")
        .collect(Collectors.joining(", "));
  }
}
