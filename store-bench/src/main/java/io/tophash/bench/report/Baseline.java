package io.tophash.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tophash.bench.store.StoreKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a run found out about Tophash by what it found out about ConcurrentHashMap, to compare later
 * runs with: such ratios carry over from run to run and from machine to machine better than times.
 *
 * @param environment what it ran on, by name
 * @param settings how it measured, by name
 * @param ratios the ratios
 */
public record Baseline(
    Map<String, String> environment, Map<String, String> settings, List<Ratio> ratios) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final double LEAST_NOISE = 0.1;

  /** For values that are spread like most errors: their standard deviation by this deviation. */
  private static final double DEVIATION = 1.4826;

  /**
   * The median of a store by that of ConcurrentHashMap; less is better.
   *
   * @param figure name of the figure
   * @param store name of the store
   * @param entries number of entries
   * @param ratio the one by the other
   * @param noise how far it may be off, as a part of it: two standard deviations of its parts
   */
  public record Ratio(String figure, String store, int entries, double ratio, double noise) {
    private boolean isOf(Ratio other) {
      return figure.equals(other.figure) && store.equals(other.store) && entries == other.entries;
    }
  }

  /** The outcome of a comparison, for people. */
  public record Comparison(String text, boolean worse) {}

  /** The ratios of a run. */
  public static Baseline of(Results results) {
    List<Ratio> ratios = new ArrayList<>();
    for (Results.Measurement measurement : results.measurements()) {
      if (!StoreKind.of(measurement.store()).isTophash() || measurement.values().isEmpty()) {
        continue;
      }
      base(results, measurement)
          .ifPresent(
              base -> {
                double ours = Summary.of(measurement.values()).median();
                double theirs = Summary.of(base.values()).median();
                if (ours > 0 && theirs > 0) {
                  ratios.add(
                      new Ratio(
                          measurement.figure(),
                          measurement.store(),
                          measurement.entries(),
                          ours / theirs,
                          Math.hypot(noise(measurement.values()), noise(base.values()))));
                }
              });
    }
    return new Baseline(results.environment(), results.settings(), ratios);
  }

  private static Optional<Results.Measurement> base(Results results, Results.Measurement ours) {
    return results.measurements().stream()
        .filter(each -> each.store().equals(StoreKind.CHM.id()))
        .filter(each -> each.figure().equals(ours.figure()) && each.entries() == ours.entries())
        .filter(each -> !each.values().isEmpty())
        .findFirst();
  }

  /** Two standard deviations by the median, as outliers do not change it. */
  private static double noise(List<Double> values) {
    double median = Summary.of(values).median();
    List<Double> deviations = values.stream().map(value -> Math.abs(value - median)).toList();
    return 2 * DEVIATION * Summary.of(deviations).median() / median;
  }

  /** Reads a file of ratios. */
  public static Baseline read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Baseline.class);
  }

  /** Writes a file of ratios. */
  public void write(Path file) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(this) + "\n");
  }

  /** Says what is worse than before by more than the noise of both, and what is better. */
  public Comparison compare(Baseline now) {
    List<String> worse = new ArrayList<>();
    List<String> better = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    int same = 0;
    for (Ratio before : ratios) {
      Optional<Ratio> found = now.ratios.stream().filter(before::isOf).findFirst();
      if (found.isEmpty()) {
        missing.add(name(before));
        continue;
      }
      double change = found.get().ratio / before.ratio;
      double noise = Math.max(LEAST_NOISE, before.noise + found.get().noise);
      String line =
          String.format(
              Locale.ROOT,
              "%s: %s times ConcurrentHashMap, was %s (%+.0f %%, noise %.0f %%)",
              name(before),
              Summary.format(found.get().ratio),
              Summary.format(before.ratio),
              (change - 1) * 100,
              noise * 100);
      if (change > 1 + noise) {
        worse.add(line);
      } else if (change < 1 / (1 + noise)) {
        better.add(line);
      } else {
        same++;
      }
    }
    StringBuilder text = new StringBuilder();
    section(text, "Worse than the baseline, beyond the noise", worse);
    section(text, "Better than the baseline, beyond the noise", better);
    section(text, "In the baseline, but not measured now", missing);
    text.append(
        String.format(
            Locale.ROOT, "%d worse, %d better, %d as before%n", worse.size(), better.size(), same));
    if (!environment.equals(now.environment)) {
      text.append("The baseline is from another machine or JVM: only large changes say much.\n");
    }
    return new Comparison(text.toString(), !worse.isEmpty());
  }

  private static String name(Ratio ratio) {
    String title =
        Arrays.stream(StoreKind.values())
            .filter(kind -> kind.id().equals(ratio.store))
            .map(StoreKind::title)
            .findFirst()
            .orElse(ratio.store);
    return String.format(Locale.ROOT, "%s %s, %,d entries", title, ratio.figure, ratio.entries);
  }

  private static void section(StringBuilder text, String title, List<String> lines) {
    if (!lines.isEmpty()) {
      text.append(title).append(":\n");
      lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }
}
