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
  DEPENDENT_GET_2(
      new Source("dependentGet2", Shape.LONGS, "LookupBenchmark.dependentGet", 2),
      "2 threads: get, each key from the last value",
      "ns"),
  INDEPENDENT_GET_2(
      new Source("independentGet2", Shape.LONGS, "LookupBenchmark.independentGet", 2),
      "2 threads: get, keys known beforehand",
      "ns"),
  READ_ALONE(
      new Source("besideWriter", Shape.LONGS, "BesideWriterBenchmark.readAlone", 1),
      "get by a process alone",
      "ns"),
  READ_BESIDE(
      new Source("besideWriter", Shape.LONGS, "BesideWriterBenchmark.readBeside", 1),
      "get while another process overwrites values",
      "ns"),
  FILL("fill", "fill", Shape.LONGS, "fill from empty, per entry", "ns"),
  PUT_50("put50", "longestPut", Shape.LONGS, "half of the puts while filling take at most", "µs"),
  PUT_99("put99", "longestPut", Shape.LONGS, "99 % of the puts while filling take at most", "µs"),
  PUT_9999(
      "put9999", "longestPut", Shape.LONGS, "99.99 % of the puts while filling take at most", "µs"),
  LONGEST_PUT("longestPut", "longestPut", Shape.LONGS, "longest put while filling", "µs"),
  LONGEST_OTHER(
      "longestOther", "longestPut", Shape.LONGS, "longest get or remove while filling", "µs"),
  OPEN("open", "open", Shape.LONGS, "open and first get", "ms"),
  OPEN_KILLED(
      "openKilled",
      "openKilled",
      Shape.LONGS,
      "open and first get, after the owner was killed",
      "ms"),
  SPACE("space", "space", Shape.LONGS, "file, or heap of a map on the heap, per entry", "B"),
  LIVE("live", "space", Shape.LONGS, "file without what is free in it, per entry", "B"),
  ALLOCATED("allocated", "space", Shape.LONGS, "space taken on the file system, per entry", "B"),
  HEAP("storeHeap", "space", Shape.LONGS, "heap used by a store in a file", "KiB"),
  SPACE_HINTED("spaceHinted", "hinted", Shape.LONGS, "file per entry, made with a hint", "B"),
  FILL_HINTED("fillHinted", "hinted", Shape.LONGS, "fill with a hint, per entry", "ns"),

  STRING_GET("stringGet", "RecordBenchmark", "get, value copied to a new array", "ns"),
  STRING_GET_INTO(
      "stringGetInto", "RecordBenchmark", "get, value copied to where the last one was", "ns"),
  STRING_GET_2(
      new Source("stringGet2", Shape.STRINGS, "RecordBenchmark.stringGet", 2),
      "2 threads: get, value copied to a new array",
      "ns"),
  STRING_PUT("stringPut", "RecordBenchmark", "put to a key that is there", "ns"),
  STRING_REMOVE_PUT("stringRemovePut", "RecordBenchmark", "remove and put again, both", "ns"),
  STRING_ITERATE("stringIterate", "RecordBenchmark", "iterate, per entry", "ns"),
  STRING_FILL("stringFill", "stringFill", Shape.STRINGS, "fill from empty, per entry", "ns"),
  STRING_PUT_9999(
      "stringPut9999",
      "stringLongestPut",
      Shape.STRINGS,
      "99.99 % of the puts while filling take at most",
      "µs"),
  STRING_LONGEST_PUT(
      "stringLongestPut", "stringLongestPut", Shape.STRINGS, "longest put while filling", "µs"),
  STRING_LONGEST_OTHER(
      "stringLongestOther",
      "stringLongestPut",
      Shape.STRINGS,
      "longest get or remove while filling",
      "µs"),
  STRING_SPACE(
      "stringSpace",
      "stringSpace",
      Shape.STRINGS,
      "file, or heap of a map on the heap, by bytes of keys and values",
      "×"),
  STRING_LIVE(
      "stringLive",
      "stringSpace",
      Shape.STRINGS,
      "file without what is free in it, by bytes of keys and values",
      "×"),
  STRING_ALLOCATED(
      "stringAllocated",
      "stringSpace",
      Shape.STRINGS,
      "space taken on the file system, by bytes of keys and values",
      "×"),

  GO_LOAD_MOSTLY_HITS("loadMostlyHits"),
  GO_LOAD_MOSTLY_MISSES("loadMostlyMisses"),
  GO_LOAD_OR_STORE_BALANCED("loadOrStoreBalanced"),
  GO_LOAD_OR_STORE_UNIQUE("loadOrStoreUnique"),
  GO_LOAD_OR_STORE_COLLISION("loadOrStoreCollision"),
  GO_LOAD_AND_DELETE_BALANCED("loadAndDeleteBalanced"),
  GO_LOAD_AND_DELETE_UNIQUE("loadAndDeleteUnique"),
  GO_LOAD_AND_DELETE_COLLISION("loadAndDeleteCollision"),
  GO_RANGE("range"),
  GO_ADVERSARIAL_ALLOC("adversarialAlloc"),
  GO_ADVERSARIAL_DELETE("adversarialDelete"),
  GO_DELETE_COLLISION("deleteCollision"),
  GO_SWAP_COLLISION("swapCollision"),
  GO_SWAP_MOSTLY_HITS("swapMostlyHits"),
  GO_SWAP_MOSTLY_MISSES("swapMostlyMisses"),
  GO_COMPARE_AND_SWAP_COLLISION("compareAndSwapCollision"),
  GO_COMPARE_AND_SWAP_NO_EXISTING_KEY("compareAndSwapNoExistingKey"),
  GO_COMPARE_AND_SWAP_VALUE_NOT_EQUAL("compareAndSwapValueNotEqual"),
  GO_COMPARE_AND_SWAP_MOSTLY_HITS("compareAndSwapMostlyHits"),
  GO_COMPARE_AND_SWAP_MOSTLY_MISSES("compareAndSwapMostlyMisses"),
  GO_COMPARE_AND_DELETE_COLLISION("compareAndDeleteCollision"),
  GO_COMPARE_AND_DELETE_MOSTLY_HITS("compareAndDeleteMostlyHits"),
  GO_COMPARE_AND_DELETE_MOSTLY_MISSES("compareAndDeleteMostlyMisses"),
  GO_CLEAR("clear");

  /** The workload of all figures of {@link Shape#GO_MAP}. */
  public static final String GO_WORKLOAD = "syncMap";

  /** The entries with which a figure is taken. */
  public enum Shape {
    /** Long to long. */
    LONGS,
    /** Strings of 16 characters to 100 bytes. */
    STRINGS,
    /** The few entries of Go's benchmarks of sync.Map. */
    GO_MAP
  }

  /**
   * Where a figure comes from.
   *
   * @param workload the workload that yields it
   * @param shape its entries
   * @param benchmark class and method of a JMH benchmark, or null if it is a single shot
   * @param threads how many threads the benchmark has; its time is divided by them
   */
  private record Source(String workload, Shape shape, String benchmark, int threads) {}

  private final String id;
  private final Source source;
  private final String title;
  private final String unit;

  /** A figure of a workload of longs or strings with the same name, by one thread. */
  Figure(String id, String benchmarkClass, String title, String unit) {
    this(
        id,
        new Source(
            id,
            id.startsWith("string") ? Shape.STRINGS : Shape.LONGS,
            benchmarkClass + "." + id,
            1),
        title,
        unit);
  }

  /** A figure of a single shot. */
  Figure(String id, String workload, Shape shape, String title, String unit) {
    this(id, new Source(workload, shape, null, 1), title, unit);
  }

  /** A figure of a benchmark with a name of its own, or one that other figures have, too. */
  Figure(Source source, String title, String unit) {
    this(
        source.threads == 1
            ? source.benchmark.substring(source.benchmark.indexOf('.') + 1)
            : source.workload,
        source,
        title,
        unit);
  }

  /** One of Go's benchmarks, by two threads. */
  Figure(String method) {
    this(
        method,
        new Source("syncMap", Shape.GO_MAP, "GoMapBenchmark." + method, 2),
        Character.toUpperCase(method.charAt(0)) + method.substring(1),
        "ns");
  }

  Figure(String id, Source source, String title, String unit) {
    this.id = id;
    this.source = source;
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

  /** The names of all workloads of a shape, in order. */
  public static Set<String> workloads(Shape shape) {
    return Arrays.stream(values())
        .filter(figure -> figure.shape() == shape)
        .map(Figure::workload)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The names of all workloads, in order. */
  public static Set<String> workloads() {
    return Arrays.stream(values())
        .map(Figure::workload)
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
    return source.workload;
  }

  /** Its entries. */
  public Shape shape() {
    return source.shape;
  }

  /** True if it is measured by a JMH benchmark, false if by a single shot. */
  public boolean isBenchmark() {
    return source.benchmark != null;
  }

  /** Simple name of the class, and the method, of the JMH benchmark. */
  public String benchmark() {
    return source.benchmark;
  }

  /** How many threads measure it; the time is divided by them. */
  public int threads() {
    return source.threads;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** The unit. */
  public String unit() {
    return unit;
  }

  /** True if the figure is about a walk over all entries, by whose number it is divided. */
  public boolean isPerEntry() {
    return this == ITERATE || this == STRING_ITERATE;
  }

  /** True if the figure is about space. */
  public boolean isSpace() {
    return "B".equals(unit) || "KiB".equals(unit) || "×".equals(unit);
  }
}
