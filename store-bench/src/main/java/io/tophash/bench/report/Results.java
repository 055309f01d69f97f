package io.tophash.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * All that one run of the suite found out, as it is in the file of results.
 *
 * @param environment what it ran on, by name
 * @param settings how it measured, by name
 * @param flags the JVM flags of each store, by its name
 * @param tuning how each store was set up, by its name; empty in results of older suites
 * @param measurements the figures
 * @param series what makes a curve; empty in results of older suites
 * @param failures what did not work
 * @param done the steps that are in it, so that a run that was stopped can go on
 * @param jmh the results in JMH's own format
 */
public record Results(
    Map<String, String> environment,
    Map<String, String> settings,
    Map<String, String> flags,
    Map<String, String> tuning,
    List<Measurement> measurements,
    List<Series> series,
    List<Failure> failures,
    Set<String> done,
    List<JsonNode> jmh) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * The values of one figure of one store.
   *
   * @param figure name of the figure
   * @param store name of the store
   * @param entries number of entries
   * @param values one for each iteration or shot
   */
  public record Measurement(String figure, String store, int entries, List<Double> values) {}

  /**
   * The points of a curve of one store.
   *
   * @param name name of the chart
   * @param store name of the store
   * @param entries number of entries
   * @param x one coordinate of each point
   * @param y the other one
   */
  public record Series(String name, String store, int entries, List<Double> x, List<Double> y) {
    /** The chart of percentiles and latencies in microseconds. */
    public static final String CURVE = "latency";

    /** The chart of seconds and the longest latency of that time in microseconds. */
    public static final String TIME_LINE = "growth";
  }

  /**
   * A measurement that failed.
   *
   * @param workload name of the workload
   * @param store name of the store
   * @param entries number of entries
   * @param error what went wrong
   */
  public record Failure(String workload, String store, int entries, String error) {}

  /** Fills in what results of older suites do not have. */
  public Results {
    tuning = tuning == null ? new LinkedHashMap<>() : tuning;
    series = series == null ? new ArrayList<>() : series;
    done = done == null ? new LinkedHashSet<>() : done;
  }

  /** Results of nothing so far. */
  public static Results of(
      Map<String, String> environment,
      Map<String, String> settings,
      Map<String, String> flags,
      Map<String, String> tuning) {
    return new Results(
        environment,
        settings,
        flags,
        tuning,
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new LinkedHashSet<>(),
        new ArrayList<>());
  }

  /** Reads a file of results. */
  public static Results read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), Results.class);
  }

  /** All of several runs as if they were one; the first one says where they were. */
  public static Results merged(List<Results> runs) {
    Results all =
        Results.of(
            runs.get(0).environment,
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>());
    for (Results run : runs) {
      run.settings.forEach((name, value) -> all.settings.merge(name, value, Results::both));
      all.flags.putAll(run.flags);
      all.tuning.putAll(run.tuning);
      run.measurements.forEach(
          each -> all.add(Figure.of(each.figure), each.store, each.entries, each.values));
      run.series.forEach(all::add);
      all.failures.addAll(run.failures);
      all.jmh.addAll(run.jmh);
    }
    return all;
  }

  private static String both(String one, String other) {
    return one.equals(other) ? one : one + "; in another call " + other;
  }

  /** Writes the file of results; if this is cut off, the file is as it was before. */
  public void write(Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, JSON.writeValueAsString(this) + "\n");
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** True if they come from a run with the same settings, on the same machine. */
  public boolean isOf(Results other) {
    return environment.equals(other.environment)
        && settings.equals(other.settings)
        && flags.equals(other.flags)
        && tuning.equals(other.tuning);
  }

  /** Adds values to a figure. */
  public void add(Figure figure, String store, int entries, List<Double> values) {
    for (Measurement known : measurements) {
      if (isOf(known, figure, store, entries)) {
        known.values().addAll(values);
        return;
      }
    }
    measurements.add(new Measurement(figure.id(), store, entries, new ArrayList<>(values)));
  }

  /** Adds a curve; the first one of a store stays. */
  public void add(Series curve) {
    boolean known =
        series.stream()
            .anyMatch(
                each ->
                    each.name().equals(curve.name())
                        && each.store().equals(curve.store())
                        && each.entries() == curve.entries());
    if (!known) {
      series.add(curve);
    }
  }

  /** The values of a figure, or null if there is none. */
  public Summary summary(Figure figure, String store, int entries) {
    List<Double> values = values(figure, store, entries);
    return values.isEmpty() ? null : Summary.of(values);
  }

  private List<Double> values(Figure figure, String store, int entries) {
    if (!figure.parts().isEmpty()) {
      return sums(figure.parts().stream().map(part -> values(part, store, entries)).toList());
    }
    return measurements.stream()
        .filter(known -> isOf(known, figure, store, entries))
        .findFirst()
        .map(Measurement::values)
        .orElse(List.of());
  }

  /** The first values of all parts together, which were measured at once, then the second ones. */
  private static List<Double> sums(List<List<Double>> parts) {
    int count = parts.stream().mapToInt(List::size).min().orElse(0);
    return IntStream.range(0, count)
        .mapToObj(i -> parts.stream().mapToDouble(values -> values.get(i)).sum())
        .toList();
  }

  private static boolean isOf(Measurement known, Figure figure, String store, int entries) {
    return known.figure().equals(figure.id())
        && known.store().equals(store)
        && known.entries() == entries;
  }
}
