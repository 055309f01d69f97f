package io.tophash.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * A few values in short.
 *
 * @param median the middle one, or the mean of the two middle ones
 * @param min the smallest one
 * @param max the largest one
 */
public record Summary(double median, double min, double max) {
  /** Sums up at least one value. */
  public static Summary of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Summary(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** A number with about three digits. */
  public static String format(double value) {
    String pattern = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f";
    return String.format(Locale.ROOT, pattern, value);
  }

  /** The median, with the range if it is one. */
  public String text() {
    return min == max
        ? format(median)
        : format(median) + " (" + format(min) + "–" + format(max) + ")";
  }
}
