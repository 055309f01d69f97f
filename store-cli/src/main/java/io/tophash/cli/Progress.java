package io.tophash.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A progress bar on standard error: one line that is written again ten times a second. */
final class Progress {
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final int BAR_CELLS = 20;

  private final PrintWriter err;
  private final boolean enabled;
  private final long totalBytes;
  private final LongSupplier clock;
  private final long startNanos;
  private long lastNanos;
  private int lastLength;

  /**
   * @param err where it is shown
   * @param enabled false to show nothing
   * @param totalBytes how many bytes there are in all, 0 if unknown
   * @param clock {@code System::nanoTime}
   */
  Progress(PrintWriter err, boolean enabled, long totalBytes, LongSupplier clock) {
    this.err = err;
    this.enabled = enabled;
    this.totalBytes = totalBytes;
    this.clock = clock;
    this.startNanos = clock.getAsLong();
    this.lastNanos = startNanos;
  }

  /** Shows how far it is, unless it was shown a moment ago. */
  void update(long entries, long bytes) {
    if (enabled) {
      long now = clock.getAsLong();
      if (now - lastNanos >= INTERVAL_NANOS) {
        lastNanos = now;
        show(line(entries, bytes, now - startNanos));
      }
    }
  }

  private void show(String line) {
    String padding = " ".repeat(Math.max(0, lastLength - line.length()));
    err.print("\r" + line + padding);
    err.flush();
    lastLength = line.length();
  }

  private String line(long entries, long bytes, long nanos) {
    double seconds = nanos / 1e9;
    String rate = String.format(Locale.ROOT, "%,d entries  %,.0f/s", entries, entries / seconds);
    if (totalBytes <= 0 || bytes <= 0) {
      return rate;
    }
    double done = Math.min(1, (double) bytes / totalBytes);
    int cells = (int) (done * BAR_CELLS);
    long left = Math.round(seconds / done - seconds);
    return String.format(
        Locale.ROOT,
        "%3.0f %% [%s%s]  %s  ETA %d:%02d",
        100 * done,
        "#".repeat(cells),
        "-".repeat(BAR_CELLS - cells),
        rate,
        left / 60,
        left % 60);
  }

  /** Wipes the line. */
  void end() {
    if (lastLength > 0) {
      err.print("\r" + " ".repeat(lastLength) + "\r");
      err.flush();
      lastLength = 0;
    }
  }
}
