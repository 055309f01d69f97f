package io.tophash.bench.report;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What is measured. Less is better in all of them. A workload yields one figure or a few. */
public enum Figure {
  DEPENDENT_GET("dependentGet", "LookupBenchmark", "get, each key from the last value", "ns"),
  INDEPENDENT_GET("independentGet", "LookupBenchmark", "get, keys known beforehand", "ns"),
  GET_ALL_32("getAll32", "LookupBenchmark", "getAll, 32 keys at once, per key", "ns"),
  GET_ALL_1024("getAll1024", "LookupBenchmark", "getAll, 1,024 keys at once, per key", "ns"),
  MISS("miss", "LookupBenchmark", "get of an absent key", "ns"),
  PUT("put", "UpdateBenchmark", "put to a key that is there", "ns"),
  REMOVE_PUT("removePut", "UpdateBenchmark", "remove and put again, both", "ns"),
  ITERATE("iterate", "IterateBenchmark", "iterate, per entry", "ns"),
  FILL("fill", null, "fill from empty, per entry", "ns"),
  PUT_9999("put9999", "longestPut", null, "99.99 % of the puts while filling take at most", "µs"),
  LONGEST_PUT("longestPut", null, "longest put while filling", "µs"),
  OPEN("open", null, "open and first get", "ms"),
  OPEN_KILLED("openKilled", null, "open and first get, after the owner was killed", "ms"),
  SPACE("space", null, "file, or heap of a map on the heap, per entry", "B"),
  ALLOCATED("allocated", "space", null, "space taken on the file system, per entry", "B"),
  SPACE_HINTED("spaceHinted", "space", null, "file per entry, made with a hint", "B"),
  FILL_HINTED("fillHinted", "space", null, "fill with a hint, per entry", "ns"),
  HEAP("storeHeap", "space", null, "heap used by a store in a file", "KiB");

  private final String id;
  private final String workload;
  private final String benchmarkClass;
  private final String title;
  private final String unit;

  Figure(String id, String benchmarkClass, String title, String unit) {
    this(id, id, benchmarkClass, title, unit);
  }

  Figure(String id, String workload, String benchmarkClass, String title, String unit) {
    this.id = id;
    this.workload = workload;
    this.benchmarkClass = benchmarkClass;
    this.title = title;
    this.unit = unit;
  }

  /**
   * The figure with a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Figure of(String id) {
    for (Figure figure : values()) {
      if (figure.id.equals(id)) {
        return figure;
      }
    }
    throw new IllegalArgumentException("unknown figure '" + id + "'");
  }

  /** The names of all workloads, in order. */
  public static Set<String> workloads() {
    return Arrays.stream(values())
        .map(figure -> figure.workload)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /**
   * Checks the name of a workload.
   *
   * @throws IllegalArgumentException if there is none; the message lists the known ones
   */
  public static String workload(String name) {
    if (!workloads().contains(name)) {
      throw new IllegalArgumentException(
          "unknown workload '" + name + "', known are: " + String.join(", ", workloads()));
    }
    return name;
  }

  /** The name in the results. */
  public String id() {
    return id;
  }

  /** The name of the workload that yields it. */
  public String workload() {
    return workload;
  }

  /** True if it is measured by a JMH benchmark, false if by a single shot. */
  public boolean isBenchmark() {
    return benchmarkClass != null;
  }

  /** The simple name of the class with the JMH benchmark, whose method is named as the figure. */
  public String benchmarkClass() {
    return benchmarkClass;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The unit. */
  public String unit() {
    return unit;
  }

  /** True if the figure is about space. */
  public boolean isSpace() {
    return "B".equals(unit) || "KiB".equals(unit);
  }
}
