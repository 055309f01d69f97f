package io.tophash.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A progress bar on standard error: one line that is written again ten times a second. */
final class Progress {
  private static final long INTERVAL_NANOS = 100_000_000;
  private static final int BAR_CELLS = 20;

  /** Shows nothing. */
  static final Progress NONE = new Progress(null, false, 0, 0, System::nanoTime);

  private final PrintWriter err;
  private final boolean enabled;
  private final long totalBytes;
  private final int columns;
  private final LongSupplier clock;
  private final long startNanos;
  private long lastNanos;
  private int lastLength;

  /**
   * @param err where it is shown
   * @param enabled false to show nothing
   * @param totalBytes how many bytes there are in all, 0 if unknown
   * @param columns how wide the terminal is: a longer line would stay there, and be written again
   * @param clock {@code System::nanoTime}
   */
  Progress(PrintWriter err, boolean enabled, long totalBytes, int columns, LongSupplier clock) {
    this.err = err;
    this.enabled = enabled;
    this.totalBytes = totalBytes;
    this.columns = columns;
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

  /** As much as fits: the bar goes first, then the number of entries, then what is at the end. */
  private String line(long entries, long bytes, long nanos) {
    double seconds = nanos / 1e9;
    String count = String.format(Locale.ROOT, "%,d entries", entries);
    String rate = String.format(Locale.ROOT, "%,.0f/s", entries / seconds);
    if (totalBytes <= 0 || bytes <= 0) {
      return fitting(count + "  " + rate, rate);
    }
    double done = Math.min(1, (double) bytes / totalBytes);
    int cells = (int) (done * BAR_CELLS);
    String share = String.format(Locale.ROOT, "%3.0f %%", 100 * done);
    String bar = "[" + "#".repeat(cells) + "-".repeat(BAR_CELLS - cells) + "]";
    long left = Math.round(seconds / done - seconds);
    String end = String.format(Locale.ROOT, "%s  ETA %d:%02d", rate, left / 60, left % 60);
    return fitting(
        share + " " + bar + "  " + count + "  " + end,
        share + "  " + count + "  " + end,
        share + "  " + end);
  }

  // The last column stays empty: some terminals go to the next line when it is written.
  private String fitting(String... lines) {
    for (String line : lines) {
      if (line.length() < columns) {
        return line;
      }
    }
    String shortest = lines[lines.length - 1];
    return shortest.substring(0, Math.max(0, Math.min(shortest.length(), columns - 1)));
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
